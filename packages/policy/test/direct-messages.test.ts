/** Four policies × what the list says × paired or not × three layouts × three accounts. */
import { describe, expect, test } from "vitest";
import type { DecisionCode } from "../src/index.ts";
import { aDm, aPolicy, chatNetworks, deaf, desk, section, type Rules } from "./builders.ts";

type Expected = DecisionCode;
const rows: readonly [policy: string | undefined, allowFrom: unknown, plain: Expected, paired: Expected][] = [
  [undefined, undefined, "pairing-required", "allowed"],
  [undefined, [], "pairing-required", "allowed"],
  [undefined, ["2"], "pairing-required", "allowed"],
  [undefined, ["1"], "allowed", "allowed"],
  ["pairing", undefined, "pairing-required", "allowed"],
  ["pairing", [], "pairing-required", "allowed"],
  ["pairing", [1], "allowed", "allowed"],
  ["allowlist", undefined, "sender-not-listed", "sender-not-listed"],
  ["allowlist", [], "sender-not-listed", "sender-not-listed"],
  ["allowlist", ["2"], "sender-not-listed", "sender-not-listed"],
  ["allowlist", [" 1 "], "allowed", "allowed"],
  ["open", ["*"], "allowed", "allowed"],
  ["open", ["*", "1"], "allowed", "allowed"],
  ["disabled", ["1"], "dm-disabled", "dm-disabled"],
  ["disabled", undefined, "dm-disabled", "dm-disabled"],
];

describe.each(chatNetworks)("$id", (network) => {
  test.each(rows)("policy %j with list %j: %s, and %s when paired", (policy, allowFrom, plain, paired) => {
    const rules = section(network, { policy, allowFrom });
    const places: readonly [string, Record<string, unknown>][] = [
      ["default", rules],
      ["work", { ...rules, accounts: { work: {} } }],
      [
        "work",
        {
          ...section(network, { policy: "disabled" }),
          accounts: { work: { ...section(network, { policy: "pairing", allowFrom: [] }), ...rules } },
        },
      ],
    ];
    for (const [account, written] of policy === undefined ? places.slice(0, 2) : places) {
      const decide = (isPaired: boolean) =>
        aPolicy({ [network.id]: written }).decide(aDm(network, "1", { account }), { isPaired });
      expect(decide(false).code).toBe(plain);
      expect(decide(true).code).toBe(paired);
    }
  });

  const policyKey = network.layout === "groups" ? `${network.id}.dmPolicy` : `${network.id}.dm.policy`;

  test("a stranger under pairing is challenged, for a message or a command and nothing else", () => {
    const policy = aPolicy({});
    expect(policy.decide(aDm(network, "1"))).toMatchObject({
      effect: "challenge",
      rules: [{ path: policyKey }],
      obligations: [{ kind: "send-pairing-code" }],
    });
    expect(policy.decide(aDm(network, "1", { event: "command", command: "status" })).effect).toBe(
      "challenge",
    );
    for (const event of ["edit", "reaction", "button", "member"] as const) {
      expect(policy.decide(aDm(network, "1", { event }))).toMatchObject({
        effect: "deny",
        code: "sender-not-listed",
        obligations: [{ kind: "stay-silent" }],
      });
    }
  });

  test("an allowed sender's side event is noted and starts nothing", () => {
    const policy = aPolicy({ [network.id]: section(network, { allowFrom: ["1"] }) });
    for (const event of ["edit", "reaction", "member"] as const) {
      expect(policy.decide(aDm(network, "1", { event }))).toMatchObject({
        effect: "allow",
        code: "side-event-noted",
        obligations: [{ kind: "remember-as-context" }],
      });
    }
  });

  test.each([
    ["own-message", { id: "1", isSelf: true }],
    ["bot-sender", { id: "1", isBot: true }],
    ["no-sender", { id: null }],
    ["no-sender", { id: "" }],
    ["shared-sender", { id: "1087" }],
  ] as const)("%s for %j, even under an open policy", (code, sender) => {
    const policy = aPolicy({ [network.id]: section(network, { policy: "open", allowFrom: ["*", "1087"] }) });
    expect(policy.decide({ ...aDm(network, "1"), sender })).toMatchObject({ effect: "deny", code });
  });

  test("a network or an account that is switched off is silent", () => {
    const rules = section(network, { allowFrom: ["1"] });
    const off = aPolicy({
      [network.id]: { ...rules, enabled: false, accounts: { work: { enabled: true } } },
    });
    const workOff = aPolicy({ [network.id]: { ...rules, accounts: { work: { enabled: false } } } });
    for (const account of ["default", "work"]) {
      expect(off.decide(aDm(network, "1", { account }))).toMatchObject({ code: "provider-disabled" });
    }
    expect(workOff.decide(aDm(network, "1"))).toMatchObject({ code: "allowed" });
    expect(workOff.decide(aDm(network, "1", { account: "work" }))).toMatchObject({
      code: "provider-disabled",
      rules: [{ path: `${network.id}.accounts.work.enabled` }],
    });
  });

  test("an account that is not set up gets no answer", () => {
    expect(aPolicy({}).decide(aDm(network, "1", { account: "work" }))).toMatchObject({
      code: "unknown-account",
      agent: null,
      session: null,
      rules: [{ path: `${network.id}.accounts` }],
    });
  });

  test("an account's own list replaces the network's, and no one else's approval counts", () => {
    const policy = aPolicy({
      [network.id]: {
        ...section(network, { policy: "allowlist", allowFrom: ["1"] }),
        accounts: { work: section(network, { allowFrom: ["2"] }) },
      },
    });
    expect(policy.decide(aDm(network, "1", { account: "work" }))).toMatchObject({
      code: "sender-not-listed",
    });
    expect(policy.decide(aDm(network, "2", { account: "work" }))).toMatchObject({ code: "allowed" });
  });
});

test("dm.enabled: false switches direct messages off where the key exists", () => {
  for (const network of chatNetworks.slice(1)) {
    const rules = { dm: { enabled: false, allowFrom: ["1"] } };
    expect(aPolicy({ [network.id]: rules }).decide(aDm(network, "1"))).toMatchObject({
      code: "dm-disabled",
      rules: [{ path: `${network.id}.dm.enabled` }],
    });
  }
});

test("a network that cannot deliver a code does not pair", () => {
  expect(aPolicy({}).decide(aDm(deaf, "1"))).toMatchObject({ effect: "deny", code: "sender-not-listed" });
});

test("a network of no known name gets no answer", () => {
  const request = { ...aDm(deaf, "1"), provider: "__proto__" };
  expect(aPolicy({}).decide(request)).toMatchObject({ code: "unknown-provider", agent: null, session: null });
});

test("who holds the gateway's token is the owner", () => {
  const decision = aPolicy({}).decide(aDm(desk, "tab-1"));
  expect(decision).toMatchObject({
    code: "allowed",
    session: "agent:main:main",
    rules: [{ path: "gateway.auth.token" }],
    obligations: [{ kind: "start-turn", authority: "owner" }],
  });
});

describe("sessions", () => {
  const rules: Rules = { policy: "open", allowFrom: ["*"] };
  const flat = chatNetworks[0]!;
  const session = (config: object, sender: string, account = "default") =>
    aPolicy({
      flat: { ...section(flat, rules), accounts: { work: {} } },
      commands: { ownerAllowFrom: ["flat:1"] },
      ...config,
    }).decide(aDm(flat, sender, { account })).session;

  test("the owner's is main, everybody else's their own, on each account", () => {
    expect(session({}, "1")).toBe("agent:main:main");
    expect(session({}, "2")).toBe("agent:main:flat:dm:2");
    expect(session({}, "2", "work")).toBe("agent:main:flat:work:dm:2");
  });

  test("dmScope shares them when it is spelled out", () => {
    expect(session({ session: { dmScope: "main" } }, "2", "work")).toBe("agent:main:main");
    expect(session({ session: { dmScope: "per-channel-peer" } }, "2", "work")).toBe("agent:main:flat:dm:2");
  });
});
