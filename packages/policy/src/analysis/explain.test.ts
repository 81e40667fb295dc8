import { expect, test } from "vitest";
import { aDm, aPolicy, aRoomMessage, chatNetworks, desk, flat, section } from "../../test/builders.ts";
import { compile } from "../index.ts";
import { explain } from "./explain.ts";
import { networks } from "../../test/builders.ts";

const remediesOf = (config: unknown, request: unknown, state = {}) =>
  explain(aPolicy(config), request, state).remedies.map(({ changes }) =>
    changes.map(({ text }) => text).join(" + "),
  );

test("the decision explained is the decision made, and its last step names its rule", () => {
  for (const network of chatNetworks) {
    for (const rules of [
      {},
      { room: "77" },
      { room: "77", people: ["1"] },
      { policy: "disabled" },
    ] as const) {
      const policy = aPolicy({ [network.id]: section(network, rules) });
      for (const sender of ["1", "2", null]) {
        for (const request of [aDm(network, sender), aRoomMessage(network, sender, { mentioned: false })]) {
          const { decision, lines } = explain(policy, request);
          expect(decision).toEqual(policy.decide(request));
          const inTrace = decision.trace.map(({ rule }) => rule);
          if (decision.effect !== "allow") expect(inTrace).toContainEqual(decision.rules[0]);
          expect(lines[0]).toContain(decision.rules[0]!.path);
        }
      }
    }
  }
});

test("a stranger is told the two ways in", () => {
  expect(remediesOf({}, aDm(flat, "42"))).toEqual([
    "the sender were listed in flat.allowFrom",
    "the sender were paired: clawdbot pairing approve flat <code>",
  ]);
  expect(remediesOf({ flat: { dmPolicy: "allowlist" } }, aDm(flat, "42"))).toEqual([
    "the sender were listed in flat.allowFrom",
  ]);
});

test("where one change is not enough, pairs are found", () => {
  const config = { flat: { groups: { "77": { allowFrom: ["2"] } } } };
  expect(remediesOf(config, aRoomMessage(flat, "1", { mentioned: false }))).toContain(
    'the sender were listed in flat.groups["77"].allowFrom + the message mentioned the bot',
  );
});

test("a remedy that is carried out works", () => {
  const open = { groupPolicy: "open" };
  const denied = aRoomMessage(flat, "1", { mentioned: false });
  expect(remediesOf({ flat: open }, denied)).toEqual([
    "the message mentioned the bot",
    'flat.groups["*"].requireMention were false',
    "an owner switched the chat's activation to always",
  ]);
  const policy = aPolicy({ flat: open });
  expect(policy.decide({ ...denied, mentioned: true }).effect).toBe("allow");
  expect(policy.decide(denied, { activation: "always" }).effect).toBe("allow");
  const config = { flat: { ...open, groups: { "*": { requireMention: false } } } };
  expect(aPolicy(config).decide(denied).effect).toBe("allow");
});

test("a switched-off account, a refused command and a command of owners are told how", () => {
  const off = { flat: { enabled: false, allowFrom: ["1"] } };
  expect(remediesOf(off, aDm(flat, "1"))).toEqual(["flat.enabled were true"]);
  expect(remediesOf({}, aDm(desk, "tab", { command: "config" }))).toEqual(["commands.config were true"]);
  expect(remediesOf({ flat: { allowFrom: ["1"] } }, aDm(flat, "1", { command: "verbose" }))).toEqual([
    "the sender were listed in commands.ownerAllowFrom",
  ]);
});

test("nothing makes a bot, an unknown network or a malformed request welcome", () => {
  expect(remediesOf({}, { ...aDm(flat, "1"), sender: { id: "1", isBot: true } })).toEqual([]);
  expect(remediesOf({}, { ...aDm(flat, "1"), provider: "nowhere" })).toEqual([]);
  expect(remediesOf({}, "hello")).toEqual([]);
});

test("the place in the file is said where the key is set, and only there", () => {
  const result = compile(
    { flat: { dmPolicy: "allowlist", allowFrom: ["2"] } },
    { networks, locate: (path) => ({ file: "clawdbot.json", line: path.length, column: 7 }) },
  );
  if (!result.ok) throw new Error("issues");
  const { lines, decision } = explain(result.policy, aDm(flat, "1"));
  expect(lines[0]).toContain("flat.allowFrom (clawdbot.json:2:7)");
  expect(decision.rules).toEqual([{ path: "flat.allowFrom", file: "clawdbot.json", line: 2, column: 7 }]);
  expect(decision.trace.find(({ check }) => check === "account")?.rule).toEqual({ path: "flat.enabled" });
});
