/** One strict schema for the whole config, put together from what the packages bring. Shapes are passed in: no provider is known here. */
import { ClawdError } from "@clawd/kernel";
import { z } from "zod";
import { withoutDefaults } from "./without-defaults.ts";

/** A zod type, named by the standard it satisfies so that a provider's settings fit as they are declared. */
export interface SchemaEntry {
  readonly "~standard": { readonly version: 1; readonly vendor: string };
}

export type SchemaShape = Readonly<Record<string, SchemaEntry>>;

export interface ProviderSchema {
  readonly network: { readonly id: string };
  /** The provider's own keys. */
  readonly settings: SchemaShape;
  /** The access rules of the network's layout. */
  readonly accessShape: SchemaShape;
}

export interface ComposeSchemaOptions {
  /** Top-level keys; each may be left out, and then has its default where its schema says one. */
  readonly sections: SchemaShape;
  readonly providers: readonly ProviderSchema[];
}

export type ComposedConfig = Readonly<Record<string, unknown>>;

/** An account id becomes part of file names and session keys. */
const accountId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, {
  error: "An account id has lower-case letters, digits, - and _, at most 32",
});

/**
 * Sections as given; each provider's key takes `enabled`, its access rules, its settings and `accounts`, whose entries take
 * the same without `accounts`. An entry of an account has no defaults: what it leaves out comes from the provider's level.
 * @throws CLAWD_CONFIG_SCHEMA when two parts claim one key or a part is no zod type: a mistake in the program.
 */
export function composeSchema({ sections, providers }: ComposeSchemaOptions): z.ZodType<ComposedConfig> {
  const shape: Record<string, z.ZodType> = { $schema: z.string().optional() };
  for (const [key, entry] of Object.entries(sections)) claim(shape, key, asZod(key, entry).optional());
  for (const { network, settings, accessShape } of providers) {
    claim(shape, network.id, providerSchema(network.id, accessShape, settings).optional());
  }
  return z.strictObject(shape);
}

function providerSchema(id: string, accessShape: SchemaShape, settings: SchemaShape): z.ZodType {
  const own: Record<string, z.ZodType> = { enabled: z.boolean().optional() };
  for (const [key, entry] of [...Object.entries(accessShape), ...Object.entries(settings)]) {
    claim(own, key, asZod(`${id}.${key}`, entry).optional(), id);
  }
  const account = Object.fromEntries(
    Object.entries(own).map(([key, entry]) => [key, withoutDefaults(entry)]),
  );
  const accounts = z.record(accountId, z.strictObject(account)).optional();
  const shape = { ...own };
  claim(shape, "accounts", accounts, id);
  return z.strictObject(shape);
}

function claim(shape: Record<string, z.ZodType>, key: string, entry: z.ZodType, owner?: string): void {
  if (Object.hasOwn(shape, key)) {
    const path = owner === undefined ? key : `${owner}.${key}`;
    throw schemaFault(`Two parts of the config claim the key ${path}.`, "Rename one of them.");
  }
  shape[key] = entry;
}

function asZod(key: string, entry: SchemaEntry): z.ZodType {
  if (entry["~standard"].vendor === "zod" && "_zod" in entry) return entry as unknown as z.ZodType;
  throw schemaFault(`The schema of ${key} is not a zod type.`, "Declare it with zod 4.");
}

function schemaFault(message: string, hint: string): ClawdError {
  return new ClawdError("CLAWD_CONFIG_SCHEMA", message, { hint });
}
