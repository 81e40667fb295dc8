/** T-C2: every command × every way in × every role, against the declared table. */
import { describe, expect, test } from "vitest";
import { commandRights } from "../src/index.ts";
import { aDm, aPolicy, aRoomMessage, chatNetworks, desk, flat, section } from "./builders.ts";

const roles = { owner: "1", listed: "2", approved: "3", stranger: "4" } as const;
const ways = ["message", "command", "button"] as const;
const switches = { config: true, debug: true, restart: true };

/** Everybody gets in, by "*", by name or by approval; only rights differ. */
const everyone = {
  policy: "open",
  allowFrom: ["*", "1", "2"],
  groupPolicy: "open",
  room: "77",
  people: ["*", "1", "2"],
} as const;

describe.each(chatNetworks)("$id", (network) => {
  const commands = { ownerAllowFrom: [`${network.id}:1`], ...switches };
  const policy = aPolicy({ [network.id]: section(network, everyone), commands });

  test.each(Object.keys(commandRights))("%s", (command) => {
    const { right, name } = commandRights[command]!;
    for (const [role, sender] of Object.entries(roles)) {
      const may = role === "owner" || (right === "listed" && role === "listed");
      for (const event of ways) {
        for (const ask of [aDm, aRoomMessage]) {
          const decision = policy.decide(ask(network, sender, { event, command }), {
            isPaired: role === "approved",
          });
          const what = `${role} by ${event}`;
          expect(decision.code, what).toBe(may ? "command-allowed" : "command-not-allowed");
          if (may)
            expect(decision.obligations).toEqual([{ kind: "run-command", command: name, authority: role }]);
          else expect(decision.obligations).toEqual([{ kind: "stay-silent" }]);
        }
      }
    }
  });

  test("an approval counts for commands under pairing, in direct messages only", () => {
    const pairing = aPolicy({ [network.id]: section(network, { room: "77" }) });
    const state = { isPaired: true };
    expect(pairing.decide(aDm(network, "3", { command: "status" }), state).code).toBe("command-allowed");
    expect(pairing.decide(aRoomMessage(network, "3", { command: "status" }), state).code).toBe(
      "command-not-allowed",
    );
  });
});

test("nobody is an owner until somebody is named, and then on that network alone", () => {
  const rules = { flat: section(flat, everyone), roomy: section(chatNetworks[2]!, everyone) };
  const ask = (config: object, network = flat) =>
    aPolicy({ ...rules, ...config }).decide(aDm(network, "1", { command: "verbose" })).code;
  expect(ask({})).toBe("command-not-allowed");
  expect(ask({ commands: { ownerAllowFrom: ["roomy:1"] } })).toBe("command-not-allowed");
  expect(ask({ commands: { ownerAllowFrom: ["roomy:1"] } }, chatNetworks[2])).toBe("command-allowed");
});

test("/config, /debug and /restart are off, for owners as well, until they are switched on", () => {
  const commands = { ownerAllowFrom: ["flat:1"] };
  for (const command of ["config", "debug", "restart"]) {
    const decide = (more: object) =>
      aPolicy({ flat: section(flat, everyone), commands: { ...commands, ...more } }).decide(
        aDm(flat, "1", { command }),
      );
    expect(decide({})).toMatchObject({
      code: "command-not-allowed",
      rules: [{ path: `commands.${command}` }],
    });
    expect(decide({ [command]: true }).code).toBe("command-allowed");
    expect(aPolicy({}).decide(aDm(desk, "tab", { command })).code).toBe("command-not-allowed");
    expect(aPolicy({ commands: { [command]: true } }).decide(aDm(desk, "tab", { command })).code).toBe(
      "command-allowed",
    );
  }
});

test("commands.allowFrom narrows, per network or for all, owners included", () => {
  const decide = (allowFrom: unknown, sender: string) =>
    aPolicy({
      flat: section(flat, { policy: "open", allowFrom: ["*", "1", "2"] }),
      commands: { ownerAllowFrom: ["flat:1"], allowFrom },
    }).decide(aDm(flat, sender, { command: "status" }));
  expect(decide(undefined, "2").code).toBe("command-allowed");
  expect(decide({ flat: ["2"] }, "2").code).toBe("command-allowed");
  expect(decide({ flat: ["2"] }, "1")).toMatchObject({
    effect: "deny",
    rules: [{ path: "commands.allowFrom.flat" }],
  });
  expect(decide({ flat: ["4"] }, "4").code).toBe("command-not-allowed");
  expect(decide({ "*": ["flat:2"] }, "2").code).toBe("command-allowed");
  expect(decide({ "*": ["flat:2"], flat: [] }, "2").code).toBe("command-not-allowed");
  expect(decide({}, "2").code).toBe("command-not-allowed");
});

test("text and native commands are switched off one by one", () => {
  const decide = (commands: object, event: "message" | "command") =>
    aPolicy({ flat: { allowFrom: ["1"] }, commands }).decide(aDm(flat, "1", { event, command: "status" }));
  expect(decide({ text: false }, "message")).toMatchObject({
    effect: "deny",
    rules: [{ path: "commands.text" }],
  });
  expect(decide({ text: false }, "command").effect).toBe("allow");
  expect(decide({ native: false }, "command")).toMatchObject({
    effect: "deny",
    rules: [{ path: "commands.native" }],
  });
  expect(decide({ native: "auto" }, "command").effect).toBe("allow");
  expect(decide({ native: false }, "message").effect).toBe("allow");
});
