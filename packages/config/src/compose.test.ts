import { isClawdError } from "@clawd/kernel";
import { expect, test } from "vitest";
import { z } from "zod";
import { composeSchema, type ComposeSchemaOptions } from "./compose.ts";
import { toJsonSchema } from "./json-schema.ts";
import { withoutDefaults } from "./without-defaults.ts";

const parrot = {
  network: { id: "parrot" },
  settings: { token: z.string().optional() },
  accessShape: { dmPolicy: z.enum(["pairing", "open"]).default("pairing") },
};

function faultOf(options: ComposeSchemaOptions): unknown {
  try {
    composeSchema(options);
  } catch (thrown) {
    return isClawdError(thrown) ? thrown.code : thrown;
  }
  return undefined;
}

test("every section and provider may be left out; a section with a default has it", () => {
  const schema = composeSchema({
    sections: { a: z.strictObject({ x: z.number().default(1) }).prefault({}), b: z.strictObject({}) },
    providers: [parrot],
  });
  expect(schema.parse({})).toEqual({ a: { x: 1 } });
  expect(schema.parse({ $schema: "./schema.json", parrot: {} })).toEqual({
    $schema: "./schema.json",
    a: { x: 1 },
    parrot: { dmPolicy: "pairing" },
  });
});

test.each<[string, ComposeSchemaOptions]>([
  ["a network has the name of a section", { sections: { parrot: z.string() }, providers: [parrot] }],
  ["two networks have one name", { sections: {}, providers: [parrot, parrot] }],
  [
    "a setting has the name of an access rule",
    { sections: {}, providers: [{ ...parrot, settings: { dmPolicy: z.string() } }] },
  ],
  [
    "a setting is called enabled",
    { sections: {}, providers: [{ ...parrot, settings: { enabled: z.string() } }] },
  ],
  [
    "a setting is called accounts",
    { sections: {}, providers: [{ ...parrot, settings: { accounts: z.string() } }] },
  ],
  [
    "a schema is of another library",
    { sections: { a: { "~standard": { version: 1, vendor: "other" } } }, providers: [] },
  ],
])("a mistake in the program is a fault: %s", (_name, options) => {
  expect(faultOf(options)).toBe("CLAWD_CONFIG_SCHEMA");
});

test("a schema without defaults fills nothing in at any depth and keeps its checks", () => {
  const schema = withoutDefaults(
    z
      .strictObject({
        a: z.strictObject({ b: z.boolean().default(true), c: z.number().nullable().default(1) }).prefault({}),
        map: z.record(z.string(), z.strictObject({ d: z.number().default(2) }).optional()).default({}),
      })
      .refine((value) => value.map?.["bad"] === undefined, "No bad"),
  );
  expect(schema.parse({})).toEqual({});
  expect(schema.parse({ a: {}, map: { x: {} } })).toEqual({ a: {}, map: { x: {} } });
  expect(schema.safeParse({ map: { bad: {} } }).success).toBe(false);
  expect(schema.safeParse({ a: { e: 1 } }).success).toBe(false);
});

test("the JSON Schema describes what may be written", () => {
  const schema = composeSchema({
    sections: { odd: z.custom(() => false), n: z.number().default(5) },
    providers: [parrot],
  });
  const described = toJsonSchema(schema) as {
    properties: Record<string, { properties?: object; default?: unknown }>;
  };
  expect(described).toMatchObject({ type: "object", additionalProperties: false });
  expect(described).not.toHaveProperty("required");
  expect(Object.keys(described.properties)).toEqual(["$schema", "odd", "n", "parrot", "$include"]);
  expect(described.properties["n"]?.default).toBe(5);
  expect(Object.keys(described.properties["parrot"]?.properties ?? {})).toEqual(
    expect.arrayContaining(["enabled", "dmPolicy", "token", "accounts", "$include"]),
  );
});
