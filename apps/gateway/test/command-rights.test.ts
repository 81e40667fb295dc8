/** Class C: every command × every way in × every role equals the declared table, however the command is written. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandRights } from "@clawd/policy";
import type { AuditRecord } from "@clawd/store";
import { networks } from "../src/providers.ts";
import { aWorld, decisions, sayOnWebchat, type World } from "./a-world.ts";
import { dm, inRoom, namesOf, policyOf, ruled } from "./every-network.ts";
import { clawdbot } from "./harness.ts";

const switches = { config: true, debug: true, restart: true };
const names = Object.keys(commandRights);
const ways = ["message", "command", "button"] as const;

describe.each(ruled)("T-C2 on $id", (network) => {
  const { alice, stranger } = namesOf(network);
  const roles = ["owner", "listed", "paired", "stranger", "everybody"] as const;

  test.each(names)("/%s", (command) => {
    const { right, name } = commandRights[command]!;
    for (const role of roles) {
      const isListed = role === "owner" || role === "listed";
      const rules = {
        ...(role === "everybody"
          ? { policy: "open", allowFrom: ["*"] }
          : { policy: "pairing", allowFrom: isListed ? [alice] : [stranger] }),
        ...(isListed ? { people: [alice] } : {}),
      };
      const owners = role === "owner" ? [`${network.id}:${alice}`] : [];
      const policy = policyOf(network, rules, { commands: { ownerAllowFrom: owners, ...switches } })!;
      for (const [place, request] of Object.entries({
        dm: dm(network, alice),
        room: inRoom(network, alice),
      })) {
        const isKnown = isListed || (role === "paired" && place === "dm");
        const may = right === "owner" ? role === "owner" : isKnown;
        for (const event of ways) {
          const decision = policy.decide({ ...request, event, command }, { isPaired: role === "paired" });
          const what = `${role} in ${place} by ${event}`;
          expect(decision.effect === "allow", what).toBe(may);
          const run = decision.obligations.filter(({ kind }) => kind === "run-command");
          expect(run, what).toEqual(
            may
              ? [{ kind: "run-command", command: name, authority: role === "owner" ? "owner" : "listed" }]
              : [],
          );
          // What is no command for its sender is no text for the model either.
          expect(
            decision.obligations.map(({ kind }) => kind),
            what,
          ).not.toContain("start-turn");
        }
      }
    }
  });

  test("T-C5: a switch behind __proto__ switches nothing on", () => {
    const commands = JSON.parse(
      `{"ownerAllowFrom":["${network.id}:${alice}"],"__proto__":{"config":true}}`,
    ) as object;
    const policy = policyOf(network, { policy: "allowlist", allowFrom: [alice] }, { commands });
    const decision = policy?.decide(dm(network, alice, { command: "config" }));
    expect(decision?.code ?? "command-not-allowed").toBe("command-not-allowed");
  });

  test("T-C5: names that every object has are no commands: a text is a text, a native command is refused", () => {
    const policy = policyOf(
      network,
      { policy: "allowlist", allowFrom: [alice] },
      { commands: { ownerAllowFrom: [`${network.id}:${alice}`] } },
    )!;
    for (const command of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]) {
      expect(policy.decide(dm(network, alice, { command })).obligations).toMatchObject([
        { kind: "start-turn" },
      ]);
      expect(policy.decide(dm(network, alice, { command, event: "command" })).code).toBe("command-unknown");
    }
    for (const commands of [
      { ownerAllowFrom: ["*"] },
      { ownerAllowFrom: [stranger] },
      { ownerAllowFrom: ["__proto__:1"] },
    ])
      expect(policyOf(network, {}, { commands }), JSON.stringify(commands)).toBeNull();
  });
});

describe("through the gateway", { timeout: 60_000 }, () => {
  let world: World;
  const group = -1_002_000_000_222;
  const people = { owner: 41, listed: 42, paired: 44, stranger: 666 } as const;
  type Role = keyof typeof people;
  const said = new Map<
    string,
    { readonly role: Role; readonly place: "dm" | "group"; readonly text: string }
  >();

  const say = (role: Role, place: "dm" | "group", text: string, more: object = {}) => {
    const { update } = world.telegram.control.say({
      from: people[role],
      ...(place === "group" ? { chat: group } : {}),
      text,
      ...more,
    });
    said.set(`update:${update!.update_id}`, { role, place, text });
  };
  const eventOf = ({ detail }: AuditRecord) => (detail as { eventId?: string; stage?: string } | null) ?? {};
  async function settled(): Promise<readonly AuditRecord[]> {
    await world.telegram.control.waitForConfirmed();
    await decisions(world, said.size);
    return world.audit();
  }

  beforeAll(async () => {
    world = await aWorld();
    const { control } = world.telegram;
    for (const [role, id] of Object.entries(people)) control.addUser({ id, firstName: role, started: true });
    control.addSupergroup({ id: group, title: "Room", members: Object.values(people) });
    control.setReadsAllGroupMessages(true);
    world.home.configure(
      world.config(
        { allowFrom: ["41", "42"], groups: { [group]: {} } },
        { commands: { ownerAllowFrom: ["telegram:41"], ...switches } },
      ),
    );
    expect((await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", "44"])).code).toBe(0);
    await world.start();
  }, 60_000);
  afterAll(() => world.close());

  test("T-C2: every command as text, by every role, in a direct message and in a group", async () => {
    for (const name of names)
      for (const role of Object.keys(people) as Role[])
        for (const place of ["dm", "group"] as const) say(role, place, `/${name} x`);
    const records = await settled();
    const runs = records.filter(({ kind }) => kind === "command-run");
    let expectedRuns = 0;
    for (const record of records.filter((one) => eventOf(one).stage === "received")) {
      const { role, place, text } = said.get(eventOf(record).eventId ?? "")!;
      const { right } = commandRights[text.slice(1, -2)]!;
      const isKnown = role === "owner" || role === "listed" || (role === "paired" && place === "dm");
      const may = right === "owner" ? role === "owner" : isKnown;
      if (may) expectedRuns++;
      const refusal = role === "stranger" && place === "dm" ? "pairing-required" : "command-not-allowed";
      expect(record.code, `${role} in ${place}: ${text}`).toBe(may ? "command-allowed" : refusal);
    }
    expect(runs).toHaveLength(expectedRuns);
    expect(runs.filter(({ sender }) => sender === "666")).toEqual([]);
    expect(world.anthropic.control.requests).toEqual([]);
  });

  /** Ways to write a command that mean it. */
  const same = [
    "/config set x",
    "/Config set x",
    "/CONFIG",
    "  /config",
    "\u200b/config",
    "\u202e/config x",
    "/config@clawd_test_bot x",
    "/config: x",
    "\n/config",
  ];
  /** Ways to write something that looks like one and is ordinary text, with the writer's own rights. */
  const text = [
    "/\u200bconfig set x",
    "/con\u200bfig",
    "/ config",
    "//config",
    "please /config set x",
    "> /config",
    "\uff0fconfig",
    "/c\u043enfig",
    "/config@other_bot x",
    "`/config`",
  ];

  test("T-C3: no way to write an owner's command runs it for others, and every way that means it is decided alike", async () => {
    const from = world.audit().at(-1)!.seq;
    const before = said.size;
    for (const one of [...same, ...text])
      for (const role of ["listed", "paired", "owner"] as const) say(role, "dm", one);
    const { message } = world.telegram.control.say({ from: 41, text: "/config from the owner" });
    said.set("extra", { role: "owner", place: "dm", text: "/config" });
    world.telegram.control.say({ from: 42, text: "do it" });
    said.set("extra2", { role: "listed", place: "dm", text: "do it" });
    expect(message.message_id).toBeGreaterThan(0);
    const records = (await settled()).filter(({ seq }) => seq > from);
    expect(said.size).toBe(before + 3 * (same.length + text.length) + 2);
    for (const record of records.filter((one) => eventOf(one).stage === "received")) {
      const one = said.get(eventOf(record).eventId ?? "");
      if (one === undefined) continue;
      const means = same.includes(one.text);
      const expected = !means ? "allowed" : one.role === "owner" ? "command-allowed" : "command-not-allowed";
      // Addressed to another bot, it is nobody's command here.
      expect(record.code, `${one.role}: ${JSON.stringify(one.text)}`).toBe(expected);
    }
    const runs = records.filter(({ kind }) => kind === "command-run");
    expect(new Set(runs.map(({ sender }) => sender))).toEqual(new Set(["41"]));
  });

  test("T-C3: by HTTP a command is the command, for whoever holds the gateway's token", async () => {
    const from = world.audit().at(-1)!.seq;
    for (const [index, name] of names.entries())
      expect((await sayOnWebchat(world.gateway, `c-${index}`, `/${name} x`)).status).toBe(200);
    const records = world.audit().filter(({ seq, provider }) => seq > from && provider === "webchat");
    const codes = records.filter(({ kind }) => kind === "access-decision").map(({ code }) => code);
    expect(codes).toEqual(names.map(() => "command-allowed"));
    const runs = records.filter(({ kind }) => kind === "command-run").map(({ code }) => code);
    expect(runs).toEqual(names.map((name) => commandRights[name]!.name));
  });

  test("networks whose senders hold the token are the only ones without rules", () => {
    expect(networks.filter(({ layout }) => layout === "operator").map(({ id }) => id)).toEqual(["webchat"]);
  });
});
