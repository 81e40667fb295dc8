/** The config's JSON Schema, for editors. */
import { z } from "zod";

/** Describes what may be written: defaults may be left out, and every object may have an `$include`. */
export function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties !== false || jsonSchema.properties === undefined) return;
      jsonSchema.properties["$include"] = {
        description: "Files beside the config, merged here; the keys beside $include override them.",
        anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
      };
    },
  });
}
