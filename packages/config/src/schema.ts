export { composeSchema } from "./compose.ts";
export type {
  ComposedConfig,
  ComposeSchemaOptions,
  ProviderSchema,
  SchemaEntry,
  SchemaShape,
} from "./compose.ts";
export { toJsonSchema } from "./json-schema.ts";
