import { describe, expect, test } from "vitest";
import { z } from "zod";
import { flat, networks } from "../test/builders.ts";
import { compile } from "./compile.ts";
import type { AccessLayout } from "./network.ts";
import { accessShape, policySections } from "./schema.ts";

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
