/** Classes A, B and C of the published faults of such systems, put to every layout. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, type Decision } from "../src/index.ts";
import { aDm, aPolicy, aRoomMessage, chatNetworks, flat, networks, section, type Rules } from "./builders.ts";

const grants = ({ effect }: Decision) => effect === "allow";

describe.each(chatNetworks)("$id", (network) => {
  const decide = (rules: Rules, request: unknown, state = {}) => {
    const result = compile({ [network.id]: section(network, rules) }, { networks });
    return result.ok ? result.policy.decide(request, state) : null;
  };

  test("T-A1, T-A4: only the exact id is the listed person", () => {
    const impostors = [
      "",
      " ",
      "anonymous",
      "11",
      "+1",
      "1 ",
      "１",
      "1\u200B",
      "01",
      `${network.id}:1`,
      "*",
      "null",
    ];
    for (const sender of [null, ...impostors]) {
      for (const policy of ["allowlist", "pairing"]) {
        const decision = decide({ policy, allowFrom: ["1"] }, aDm(network, sender));
        expect(decision && grants(decision), JSON.stringify(sender)).toBe(false);
      }
    }
    expect(decide({ policy: "allowlist", allowFrom: ["1"] }, aDm(network, "1"))?.effect).toBe("allow");
  });

  test("T-A1: names are no part of a request", () => {
    const request = { ...aDm(network, "999"), sender: { id: "999", username: "alice", name: "alice" } };
    expect(decide({ allowFrom: ["1"] }, request)).toMatchObject({ effect: "deny", code: "bad-request" });
  });

  test("a person, a group and a channel of one number are three things", () => {
    const rules: Rules = { room: "77", people: ["2"], policy: "allowlist", allowFrom: ["77"] };
    expect(decide(rules, aDm(network, "2"))?.effect).toBe("deny");
    expect(decide(rules, aRoomMessage(network, "77"))?.effect).toBe("deny");
  });

  test("an id of one network is nobody on another", () => {
    const policy = aPolicy(
      Object.fromEntries(
        chatNetworks.map((each) => [each.id, section(each, each === network ? { allowFrom: ["1"] } : {})]),
      ),
    );
    for (const other of chatNetworks) expect(grants(policy.decide(aDm(other, "1")))).toBe(other === network);
  });

  const forms: readonly unknown[] = [
    undefined,
    null,
    [],
    [""],
    [" "],
    ["*"],
    "*",
    "1",
    {},
    7,
    true,
    ["2"],
    ["2", "@x"],
    [null],
    [["*"]],
    [{ "*": true }],
  ];

  test("T-B2: no form of a list but the star with the open policy admits a stranger to a direct message", () => {
    for (const allowFrom of forms) {
      for (const policy of [undefined, "pairing", "allowlist", "open", "disabled"]) {
        const decision = decide({ policy, allowFrom }, aDm(network, "1"));
        const isStar = policy === "open" && JSON.stringify(allowFrom) === '["*"]';
        expect(decision !== null && grants(decision), `${policy} ${JSON.stringify(allowFrom)}`).toBe(isStar);
      }
    }
  });

  test("T-B2: nor, where a list is written, to a group", () => {
    const strangersWelcome = (policy: unknown, form: unknown) =>
      form === undefined ? policy !== "allowlist" : policy === "open" && JSON.stringify(form) === '["*"]';
    for (const form of forms) {
      for (const groupPolicy of [undefined, "open", "allowlist"]) {
        const decision = decide(
          { room: "77", groupPolicy, people: form, groupAllowFrom: ["3"] },
          aRoomMessage(network, "1"),
        );
        const isAsked = network.layout === "groups" && groupPolicy !== "open";
        // A room network's allowlist names the room, and its people where it names any.
        const isRooms = network.layout !== "groups" && form === undefined;
        const expected = !isAsked && (isRooms || strangersWelcome(groupPolicy, form));
        expect(decision !== null && grants(decision), `${groupPolicy} ${JSON.stringify(form)}`).toBe(
          expected,
        );
      }
    }
  });

  test("T-B3: a list that is added never lets anybody in who was out", () => {
    const people = fc.subarray(["1", "2", "3"]);
    const policy = fc.constantFrom(undefined, "open", "allowlist");
    fc.assert(
      fc.property(
        policy,
        fc.option(people, { nil: undefined }),
        fc.option(people, { nil: undefined }),
        people,
        (groupPolicy, groupAllowFrom, allowFrom, added) => {
          for (const sender of ["1", "2", "3", "4"]) {
            const before: Rules = { room: "77", groupPolicy, groupAllowFrom, allowFrom };
            const after = decide({ ...before, people: added }, aRoomMessage(network, sender))!;
            if (grants(after)) expect(decide(before, aRoomMessage(network, sender))!.effect).toBe("allow");
          }
        },
      ),
    );
  });

  test("T-B5: every kind of event of a stranger ends where a message of theirs does", () => {
    for (const event of ["message", "command", "edit", "reaction", "button", "member"] as const) {
      for (const [rules, request] of [
        [{ policy: "allowlist", allowFrom: ["2"] }, aDm(network, "1", { event })],
        [{ room: "77", people: ["2"] }, aRoomMessage(network, "1", { event })],
        [{}, aRoomMessage(network, "1", { event })],
      ] as const) {
        const decision = decide(rules, request)!;
        const message = decide(rules, { ...request, event: "message" })!;
        expect([decision.effect, decision.code, decision.obligations]).toEqual([
          message.effect,
          message.code,
          [{ kind: "stay-silent" }],
        ]);
      }
    }
  });

  test("an approval never satisfies a group, nor a group a direct message", () => {
    expect(
      decide({ room: "77", groupPolicy: "allowlist", people: ["2"] }, aRoomMessage(network, "1"), {
        isPaired: true,
      })?.effect,
    ).toBe("deny");
    expect(decide({ room: "77", people: ["1"], groupAllowFrom: ["1"] }, aDm(network, "1"))?.effect).toBe(
      "challenge",
    );
    expect(
      decide({ policy: "allowlist", allowFrom: ["2"] }, aDm(network, "1"), { isPaired: true })?.effect,
    ).toBe("deny");
  });

  test("a wildcard sender has no command, in a direct message or a group", () => {
    const rules: Rules = { policy: "open", allowFrom: ["*"], groupPolicy: "open", room: "77", people: ["*"] };
    for (const ask of [aDm, aRoomMessage]) {
      expect(decide(rules, ask(network, "1", { command: "status" }))?.code).toBe("command-not-allowed");
    }
  });

  test("T-C3: a command in any disguise is that command", () => {
    for (const command of ["config", "Config", "/Config", " config", "\u200Bconfig"]) {
      expect(decide({ allowFrom: ["1"] }, aDm(network, "1", { command }))?.code).toBe("command-not-allowed");
    }
  });

  test.each([
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "x".repeat(4096),
    "\uD800",
    "\u202E77",
    "77\u200B",
  ])("T-C5: %j is the name of nothing", (name) => {
    const policy = aPolicy({ [network.id]: section(network, { room: "77", allowFrom: ["1"] }) });
    expect(policy.decide({ ...aDm(network, "1"), provider: name }).code).toBe("unknown-provider");
    expect(policy.decide(aDm(network, "1", { account: name })).code).toBe("unknown-account");
    expect(policy.decide(aDm(network, name)).effect).toBe("challenge");
    const request = aRoomMessage(network, "1");
    expect(policy.decide({ ...request, chat: { ...request.chat, id: name } }).code).toBe("group-not-listed");
    expect(policy.decide({ ...request, chat: { ...request.chat, kind: name } }).code).toBe("bad-request");
  });

  test("own properties only: a map that inherits a key does not have it", () => {
    const config = JSON.parse(
      `{"${network.id}":{"__proto__":{"dmPolicy":"open","dm":{"policy":"open","allowFrom":["*"]},"allowFrom":["*"]}}}`,
    ) as unknown;
    expect(aPolicy(config).decide(aDm(network, "1")).effect).toBe("challenge");
  });
});

test("the hash is of the config, not of how it was written", () => {
  const hash = (config: unknown) => aPolicy(config).hash;
  expect(hash({ flat: { dmPolicy: "pairing" }, a: 1 })).toBe(hash({ a: 1, flat: { dmPolicy: "pairing" } }));
  expect(hash({ flat: { dmPolicy: "pairing" } })).not.toBe(hash({ flat: { dmPolicy: "disabled" } }));
  expect(hash({})).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(aPolicy({}).decide(aDm(flat, "1")).policy).toBe(hash({}));
});

test("a config changed after compiling changes nothing", () => {
  const config = { flat: { dmPolicy: "allowlist", allowFrom: ["1"] } };
  const policy = aPolicy(config);
  config.flat.allowFrom.push("2");
  config.flat.dmPolicy = "open";
  expect(policy.decide(aDm(flat, "2")).effect).toBe("deny");
});

test("compile gives a policy or issues for any JSON value", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom("flat", "guilded", "commands", "agents", "bindings", "session", "messages"),
      (value, key) => {
        for (const config of [
          value,
          { [key]: value },
          { [key]: { dm: value, groups: value, guilds: value, list: value, accounts: value } },
        ]) {
          expect(typeof compile(config, { networks }).ok).toBe("boolean");
        }
      },
    ),
  );
});
