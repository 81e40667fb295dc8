import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { flat, networks } from "../test/builders.ts";
import { everyKey } from "../test/every-key.ts";
import { compile } from "./compile.ts";
import type { AccessLayout } from "./network.ts";
import { accessShape, policyJsonSchema, policySections } from "./schema.ts";

const top = z.strictObject(policySections);
const access = (layout: AccessLayout) => z.strictObject(accessShape(layout));

const full: Readonly<Record<AccessLayout, unknown>> = {
  groups: {
    enabled: true,
    dmPolicy: "open",
    allowFrom: ["*", 42],
    groupPolicy: "open",
    groupAllowFrom: ["42"],
    groups: {
      "*": { requireMention: true },
      "-1001": {
        requireMention: false,
        enabled: true,
        allowFrom: [1],
        topics: { "7": { requireMention: true, enabled: false, allowFrom: [] } },
      },
    },
  },
  guilds: {
    groupPolicy: "allowlist",
    dm: { enabled: true, policy: "pairing", allowFrom: ["1"], groupEnabled: false, groupChannels: ["5"] },
    guilds: {
      "9": {
        requireMention: true,
        users: ["1"],
        channels: { "*": { allow: true, enabled: true, requireMention: false, users: [] } },
      },
    },
  },
  channels: {
    groupPolicy: "disabled",
    dm: {},
    channels: { C1: { enabled: true, allow: true, requireMention: true, users: ["U1"] } },
  },
  operator: { enabled: false },
};

describe.each(["groups", "guilds", "channels", "operator"] as const)("%s", (layout) => {
  test("takes every key of its layout and gives it back as written, with nothing added", () => {
    expect(access(layout).parse(full[layout])).toEqual(full[layout]);
    expect(access(layout).parse({})).toEqual({});
  });

  test("refuses keys that are misspelt or belong elsewhere", () => {
    for (const key of ["dmpolicy", "allowForm", "groupPolciy", "channel"]) {
      expect(access(layout).safeParse({ [key]: "open" }).success).toBe(false);
    }
  });
});

test("misspelt keys are refused at every depth", () => {
  const wrong: readonly [AccessLayout, unknown][] = [
    ["groups", { groups: { "*": { requiremention: true } } }],
    ["groups", { groups: { "*": { topics: { "1": { users: [] } } } } }],
    ["guilds", { dm: { dmPolicy: "open" } }],
    ["guilds", { guilds: { "9": { enabled: false } } }],
    ["guilds", { guilds: { "9": { channels: { "1": { allowFrom: [] } } } } }],
    ["channels", { channels: { C1: { user: [] } } }],
  ];
  for (const [layout, value] of wrong) expect(access(layout).safeParse(value).success).toBe(false);
});

const profiles = [
  { agents: { list: [{ id: "personal", workspace: "~/clawd-personal", sandbox: { mode: "off" } }] } },
  {
    agents: {
      list: [
        {
          id: "family",
          workspace: "~/clawd-family",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "ro" },
          tools: { allow: ["read"], deny: ["write", "edit", "bash", "process", "browser"] },
        },
      ],
    },
  },
  {
    agents: {
      list: [
        {
          id: "public",
          workspace: "~/clawd-public",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" },
          tools: {
            allow: [
              "sessions_list",
              "sessions_history",
              "sessions_send",
              "sessions_spawn",
              "session_status",
              "gateway",
            ],
            deny: [
              "read",
              "write",
              "edit",
              "bash",
              "process",
              "browser",
              "canvas",
              "nodes",
              "cron",
              "gateway",
              "image",
            ],
          },
        },
      ],
    },
  },
  { agents: { list: [{ id: "main", groupChat: { mentionPatterns: ["@clawd", "@mybot"] } }] } },
];

test.each(profiles)("a profile of the security document parses and compiles: %j", (config) => {
  expect(top.parse(config)).toEqual(config);
  expect(compile(config, { networks })).toMatchObject({ ok: true, warnings: [] });
});

test("the examples for pairing and for mentions in groups parse and compile", () => {
  for (const section of [{ dmPolicy: "pairing" }, { groups: { "*": { requireMention: true } } }]) {
    expect(access(flat.layout).parse(section)).toEqual(section);
    expect(compile({ flat: section }, { networks })).toMatchObject({ ok: true, warnings: [] });
  }
});

test("what would switch the access rules off is refused with the reason", () => {
  const result = top.safeParse({ commands: { useAccessGroups: false } });
  expect(result.error?.issues[0]?.message).toMatch(/access rules/);
});

test("the policy's own sections take what they define and nothing else", () => {
  const config = {
    commands: {
      ownerAllowFrom: ["flat:1"],
      allowFrom: { "*": ["flat:1"] },
      text: true,
      native: "auto",
      restart: true,
      config: false,
      debug: false,
      useAccessGroups: true,
    },
    bindings: [
      {
        agentId: "main",
        match: { provider: "flat", accountId: "*", peer: { kind: "dm", id: "1" }, guildId: "9", teamId: "5" },
      },
    ],
    session: { dmScope: "main" },
    messages: { groupChat: { mentionPatterns: ["@bot"] } },
    agents: {
      defaults: { model: "x/y", sandbox: { mode: "non-main" } },
      list: [{ id: "main", default: true, name: "M", identity: { name: "M", emoji: "🦞" } }],
    },
  };
  expect(top.parse(config)).toEqual(config);
  expect(compile(config, { networks }).ok).toBe(true);
  for (const key of Object.keys(config))
    expect(top.safeParse({ [key]: { surprise: 1 } }).success).toBe(false);
});

describe("the JSON Schema", () => {
  const schema = policyJsonSchema({ networks });
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  const accepts = (config: unknown) => validate(JSON.parse(JSON.stringify(config)));

  test("accepts the examples of the security document", () => {
    for (const config of profiles) expect(accepts(config), JSON.stringify(validate.errors)).toBe(true);
    for (const section of [{ dmPolicy: "pairing" }, { groups: { "*": { requireMention: true } } }])
      expect(accepts({ $schema: "./policy.schema.json", flat: section })).toBe(true);
  });

  test("knows every key, and everyKey writes every one of them", () => {
    expect(accepts(everyKey), JSON.stringify(validate.errors)).toBe(true);
    expect(compile(everyKey, { networks })).toMatchObject({ ok: true, warnings: [] });
    expect(unwritten(schema as JsonSchema, [everyKey])).toEqual(["deaf"]);
  });

  test("refuses a key that is misspelt, at every depth", () => {
    for (const path of placesOf(everyKey)) {
      const config = structuredClone(everyKey);
      at(config, path)["surprise"] = "surprise";
      expect(accepts(config), path.join(".")).toBe(false);
    }
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The keys of a schema that none of the values writes. */
function unwritten(
  { properties = {}, additionalProperties, items, anyOf = [] }: JsonSchema,
  values: readonly unknown[],
): readonly string[] {
  const lists = values.filter((value) => Array.isArray(value));
  const records = values.filter(
    (value): value is Record<string, unknown> =>
      typeof value === "object" && value !== null && !Array.isArray(value),
  );
  const own = Object.entries(properties).flatMap(([key, next]) => {
    const written = records.filter((record) => Object.hasOwn(record, key)).map((record) => record[key]);
    return written.length === 0 ? [key] : unwritten(next, written).map((rest) => `${key}.${rest}`);
  });
  const others =
    typeof additionalProperties === "object"
      ? unwritten(additionalProperties, records.flatMap(Object.values))
      : [];
  const inLists = items === undefined ? [] : unwritten(items, lists.flat());
  return [...own, ...others, ...inLists, ...anyOf.flatMap((next) => unwritten(next, values))];
}

/** Where records with keys of their own stand: not those whose keys are ids, names or models. */
function placesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.entries(value).flatMap(([key, next]) => placesOf(next, [...path, key]));
  const last = path.at(-1) ?? "";
  const holdsIds =
    /^(groups|topics|guilds|channels|toolsBySender|accounts|byProvider|profiles|allowFrom)$/.test(last);
  return Array.isArray(value) || holdsIds ? below : [path, ...below];
}

function at(value: unknown, path: readonly string[]): Record<string, unknown> {
  let found = value as Record<string, unknown>;
  for (const key of path) found = found[key] as Record<string, unknown>;
  return found;
}
