/** What a config may not say. Every case is one mistake in a config that is else accepted. */
import { describe, expect, test } from "vitest";
import { compile } from "../src/index.ts";
import { chatNetworks, issuesOf, networks, section } from "./builders.ts";

describe.each(chatNetworks)("$id", (network) => {
  const isFlat = network.layout === "groups";
  const listKey = isFlat ? `${network.id}.allowFrom` : `${network.id}.dm.allowFrom`;
  const policyKey = isFlat ? `${network.id}.dmPolicy` : `${network.id}.dm.policy`;
  const issues = (rules: Parameters<typeof section>[1]) =>
    issuesOf({ [network.id]: section(network, rules) });

  test("open requires a star, at the network and at an account", () => {
    expect(issues({ policy: "open" })).toEqual([`error open-without-star ${listKey}`]);
    expect(issues({ policy: "open", allowFrom: ["1"] })).toEqual([`error open-without-star ${listKey}`]);
    expect(issues({ more: { accounts: { work: section(network, { policy: "open" }) } } })).toHaveLength(1);
  });

  test("a star requires open", () => {
    for (const policy of [undefined, "pairing", "allowlist", "disabled"]) {
      expect(issues({ policy, allowFrom: ["*"] })).toEqual([`error star-without-open ${listKey}`]);
    }
    const accounts = { work: section(network, { policy: "allowlist" }) };
    expect(issues({ policy: "open", allowFrom: ["*"], more: { accounts } })).toEqual([
      `error star-without-open ${listKey}`,
    ]);
  });

  test.each([
    ["not-a-list", "1"],
    ["not-a-list", null],
    ["not-a-list", {}],
    ["empty-id", [""]],
    ["empty-id", [" "]],
    ["not-an-id", ["alice"]],
    ["not-an-id", ["@alice"]],
    ["not-an-id", [null]],
    ["not-an-id", [{}]],
    ["not-an-id", [["1"]]],
    ["not-an-id", ["1", "alice"]],
    ["inexact-id", [2 ** 60]],
    ["inexact-id", [1.5]],
    ["star-not-allowed", [" * "]],
    ["id-of-another-network", [network.id === "flat" ? "roomy:1" : "flat:1"]],
  ])("%s: %j", (code, allowFrom) => {
    const [issue, ...rest] = issues({ policy: "allowlist", allowFrom });
    expect(issue).toMatch(new RegExp(`^error ${code} ${listKey.replaceAll(".", "\\.")}`));
    expect(rest.filter((each) => each.startsWith("error"))).toEqual([]);
    expect(issues({ room: "77", people: allowFrom })[0]).toMatch(new RegExp(`^error ${code} `));
  });

  test("an allowlist that names nobody is legal, and warned of", () => {
    expect(issues({ policy: "allowlist", allowFrom: [] })).toEqual([`warning empty-allowlist ${listKey}`]);
    expect(issues({ policy: "allowlist" })).toEqual([`warning empty-allowlist ${listKey}`]);
  });

  test.each([null, 1, "Pairing", "everyone", ["open"], "constructor"])(
    "the policy %j is no policy",
    (policy) => {
      expect(issues({ policy })).toEqual([`error unknown-word ${policyKey}`]);
    },
  );

  test("people of a room: a star needs the open policy", () => {
    expect(issues({ room: "77", people: ["*"] })[0]).toMatch(/^error star-without-open/);
    expect(issues({ room: "77", people: ["*"], groupPolicy: "open" })).toEqual([]);
  });

  test("a network or account that is no object, a switch that is no switch", () => {
    for (const wrong of [null, 1, "on", []]) {
      expect(issuesOf({ [network.id]: wrong })).toEqual([`error not-an-object ${network.id}`]);
      expect(issuesOf({ [network.id]: { accounts: wrong } })[0]).toMatch(/^error not-an-object/);
      expect(issuesOf({ [network.id]: { accounts: { work: wrong } } })[0]).toMatch(/^error not-an-object/);
    }
    expect(issuesOf({ [network.id]: { enabled: "no" } })).toEqual([
      `error not-a-boolean ${network.id}.enabled`,
    ]);
  });

  test.each(["dm", "group", "channel", "Work", "a b", "__proto__", ""])("%j is no account", (account) => {
    const config = JSON.parse(`{"${network.id}":{"accounts":{${JSON.stringify(account)}:{}}}}`) as unknown;
    expect(issuesOf(config)[0]).toMatch(/^error bad-account-id/);
  });
});

const cases: readonly [string, unknown][] = [
  ["error not-an-object ", null],
  ["error not-an-object ", []],
  ["error not-an-object ", "config"],
  [
    "error star-without-open flat.groupAllowFrom",
    { flat: { groupPolicy: "allowlist", groupAllowFrom: ["*"], groups: { "*": {} } } },
  ],
  ["error star-without-open flat.groupAllowFrom", { flat: { groupAllowFrom: ["*"] } }],
  ["warning no-group-named flat.groups", { flat: { groupPolicy: "allowlist", groupAllowFrom: ["1"] } }],
  ['error duplicate-room flat.groups["flat:77"]', { flat: { groups: { "77": {}, "flat:77": {} } } }],
  ["error not-an-id flat.groups.general", { flat: { groups: { general: {} } } }],
  [
    'error not-a-topic flat.groups["77"].topics["*"]',
    { flat: { groups: { "77": { topics: { "*": {} } } } } },
  ],
  ['error not-an-object flat.groups["77"]', { flat: { groups: { "77": true } } }],
  ["warning shared-sender flat.allowFrom[0]", { flat: { allowFrom: ["1087"] } }],
  ["error pairing-impossible deaf.dmPolicy", { deaf: { dmPolicy: "pairing" } }],
  ["error star-not-allowed commands.ownerAllowFrom[0]", { commands: { ownerAllowFrom: ["*"] } }],
  ["error star-not-allowed commands.ownerAllowFrom[0]", { commands: { ownerAllowFrom: ["flat:*"] } }],
  ["error id-without-network commands.ownerAllowFrom[0]", { commands: { ownerAllowFrom: ["1"] } }],
  ["error unknown-network commands.ownerAllowFrom[0]", { commands: { ownerAllowFrom: ["nowhere:1"] } }],
  ["error not-an-id commands.ownerAllowFrom[0]", { commands: { ownerAllowFrom: ["flat:alice"] } }],
  ["error star-not-allowed commands.allowFrom.flat[0]", { commands: { allowFrom: { flat: ["*"] } } }],
  ["error unknown-network commands.allowFrom.nowhere", { commands: { allowFrom: { nowhere: ["1"] } } }],
  ['error id-without-network commands.allowFrom["*"][0]', { commands: { allowFrom: { "*": ["1"] } } }],
  ["error commands-without-access-rules commands.useAccessGroups", { commands: { useAccessGroups: false } }],
  [
    "warning owner-left-out commands.allowFrom.flat",
    { commands: { ownerAllowFrom: ["flat:1"], allowFrom: { flat: ["2"] } } },
  ],
  [
    "error unknown-agent bindings[0].agentId",
    { bindings: [{ agentId: "mian", match: { provider: "flat" } }] },
  ],
  [
    "error unknown-network bindings[0].match.provider",
    { bindings: [{ agentId: "main", match: { provider: "x" } }] },
  ],
  [
    "error unknown-account bindings[0].match.accountId",
    { bindings: [{ agentId: "main", match: { provider: "flat", accountId: "work" } }] },
  ],
  [
    "error unknown-word bindings[0].match.peer.kind",
    { bindings: [{ agentId: "main", match: { provider: "flat", peer: { kind: "direct", id: "1" } } }] },
  ],
  [
    "error not-an-id bindings[0].match.peer.id",
    { bindings: [{ agentId: "main", match: { provider: "flat", peer: { kind: "dm", id: "alice" } } }] },
  ],
  [
    "error duplicate-agent agents.list[1].id",
    { agents: { list: [{ id: "a", default: true }, { id: "a" }] } },
  ],
  ["error bad-agent-id agents.list[0].id", { agents: { list: [{ id: "Main" }] } }],
  [
    "error two-default-agents agents.list[1].default",
    {
      agents: {
        list: [
          { id: "a", default: true },
          { id: "b", default: true },
        ],
      },
    },
  ],
  ["warning no-default-agent agents.list", { agents: { list: [{ id: "a" }, { id: "b" }] } }],
  [
    "error bad-pattern messages.groupChat.mentionPatterns[0]",
    { messages: { groupChat: { mentionPatterns: ["("] } } },
  ],
  [
    "error slow-pattern agents.list[0].groupChat.mentionPatterns[0]",
    { agents: { list: [{ id: "a", groupChat: { mentionPatterns: ["(a+)+"] } }] } },
  ],
  ["error unknown-word session.dmScope", { session: { dmScope: "everyone" } }],
];

test.each(cases)("%s", (issue, config) => {
  expect(issuesOf(config)).toEqual([issue]);
});

test("every mistake is listed at once, each with its place and a way out", () => {
  const config = { flat: { dmPolicy: "open", groups: { "77": { enabled: 1 } } }, bindings: [{}] };
  const result = compile(config, {
    networks,
    locate: (path) => (path.length > 1 ? undefined : { file: "clawdbot.json", line: 3, column: 5 }),
  });
  if (result.ok) throw new Error("compiled");
  expect(result.issues.length).toBeGreaterThanOrEqual(3);
  for (const issue of result.issues) {
    expect(issue).toMatchObject({ file: "clawdbot.json", line: 3, column: 5 });
    expect(issue.message).not.toBe("");
    expect(issue.hint).not.toBe("");
  }
});

test("a network that throws at an id is an issue, not a crash", () => {
  const broken = {
    ...networks[0]!,
    canonicalSender: () => {
      throw new Error("no");
    },
  };
  const result = compile({ flat: { allowFrom: ["1"] } }, { networks: [broken] });
  expect(result).toMatchObject({ ok: false, issues: [{ code: "not-an-id" }] });
});

test("no issue repeats what was written: ids are personal data", () => {
  const secret = "+15551234567x";
  const config = {
    flat: { allowFrom: [secret], groups: { "77": { allowFrom: [secret] } } },
    commands: { ownerAllowFrom: [secret], allowFrom: { flat: [secret] } },
    bindings: [{ agentId: secret, match: { provider: secret } }],
  };
  const result = compile(config, { networks });
  if (result.ok) throw new Error("compiled");
  for (const { message, hint } of result.issues) expect(message + hint).not.toContain(secret);
});
