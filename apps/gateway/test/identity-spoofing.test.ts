/** Class A: nobody is taken for somebody else, whatever they call themselves and however their id is spelled. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "@clawd/policy";
import { networks } from "../src/providers.ts";
import { aWorld, type World } from "./a-world.ts";
import { dm, hostileSpellings, inRoom, namesOf, nobody, policyOf, ruled, section } from "./every-network.ts";

const isIn = (decision: { effect: string } | undefined | null) => decision?.effect === "allow";

describe.each(ruled)("on $id", (network) => {
  const { alice, stranger, room } = namesOf(network);
  const rules = [
    {
      policy: "allowlist",
      allowFrom: [alice],
      groupPolicy: "allowlist",
      people: [alice],
      groupAllowFrom: [alice],
    },
    {
      policy: "pairing",
      allowFrom: [alice],
      groupPolicy: "allowlist",
      people: [alice],
      groupAllowFrom: [alice],
    },
  ];

  test("T-A4: only the canonical id is Alice's", () => {
    for (const one of rules) {
      const policy = policyOf(network, one)!;
      expect(isIn(policy.decide(dm(network, alice)))).toBe(true);
      expect(isIn(policy.decide(inRoom(network, alice)))).toBe(true);
      for (const spelling of [null, stranger, room, ...nobody, ...hostileSpellings(alice)]) {
        for (const request of [dm(network, spelling), inRoom(network, spelling)])
          expect(isIn(policy.decide(request)), JSON.stringify(spelling)).toBe(false);
      }
    }
  });

  test("T-A1: a request has no place for a name; one that brings some is refused", () => {
    const policy = policyOf(network, rules[0]!)!;
    for (const field of ["name", "username", "displayName", "pushName", "email", "nick", "id2", "ownerId"]) {
      const base = dm(network, stranger);
      for (const request of [
        { ...base, [field]: alice },
        { ...base, sender: { ...base.sender, [field]: alice } },
        { ...base, chat: { ...base.chat, [field]: alice } },
      ])
        expect(policy.decide(request), field).toMatchObject({ effect: "deny", code: "bad-request" });
    }
  });

  test("a person, a room and a shared sender are three things, also when one is written where another belongs", () => {
    for (const id of [room, ...network.sharedSenders]) {
      const compiled = compile(
        {
          [network.id]: section(network, {
            policy: "allowlist",
            allowFrom: [alice, id],
            groupPolicy: "allowlist",
            people: [alice],
          }),
        },
        { networks },
      );
      if (!compiled.ok) continue;
      // Where rooms and people share one kind of number, it stands for the person of that number and never for the room.
      expect(isIn(compiled.policy.decide(inRoom(network, stranger))), id).toBe(false);
      if (network.sharedSenders.includes(id))
        expect(isIn(compiled.policy.decide(dm(network, id))), id).toBe(false);
    }
  });

  test("the id of another account or network is nobody's here", () => {
    const policy = policyOf(network, rules[0]!)!;
    expect(isIn(policy.decide(dm(network, alice, { account: "other" })))).toBe(false);
    for (const other of ruled.filter(({ id }) => id !== network.id))
      expect(isIn(policy.decide({ ...dm(network, alice), provider: other.id })), other.id).toBe(false);
  });

  test("the config spells like the messages: a list that is accepted admits its canonical id and no other", () => {
    for (const spelling of [alice, ...hostileSpellings(alice), ...nobody.filter((text) => text !== "*")]) {
      const policy = policyOf(network, { policy: "allowlist", allowFrom: [spelling] });
      if (policy === null) continue;
      const canonical = network.canonicalSender(spelling);
      expect(canonical.ok, JSON.stringify(spelling)).toBe(true);
      if (canonical.ok) expect(isIn(policy.decide(dm(network, canonical.id)))).toBe(true);
      const isAlice = canonical.ok && canonical.id === alice;
      expect(isIn(policy.decide(dm(network, alice))), JSON.stringify(spelling)).toBe(isAlice);
    }
  });
});

/** What may differ between two spellings of one account: a known prefix, letter case where the network ignores it, signs in numbers. */
function essence(network: string, text: string): string {
  const bare = text.replace(/^[ \t]+|[ \t]+$/g, "").replace(/^[a-z_]+:/i, "");
  switch (network) {
    case "whatsapp": {
      const address = /^(\d+)(?::\d{1,3})?@(s\.whatsapp\.net|c\.us|hosted|lid|hosted\.lid)$/.exec(bare);
      if (address?.[2]?.endsWith("lid")) return `lid ${address[1]}`;
      return address ? `+${address[1]}` : bare.replace(/[ .()/-]/g, "");
    }
    case "signal":
      return bare.startsWith("+") ? bare.replace(/[ .()/-]/g, "") : bare.toLowerCase().replaceAll("-", "");
    case "imessage":
      return bare.includes("@")
        ? bare.replace(/[A-Z]/g, (sign) => sign.toLowerCase())
        : bare.replace(/[ .()/-]/g, "");
    case "discord":
    case "slack":
      return /^<[@#]!?([A-Z0-9]+)(?:\|[\w.-]*)?>$/.exec(bare)?.[1] ?? bare;
    default:
      return bare;
  }
}

describe.each(networks)("T-A8: canonical ids on $id", (network) => {
  const digits = fc.stringMatching(/^[0-9]{1,20}$/);
  const uuid = fc.uuid();
  const seed = fc.oneof(
    digits,
    digits.map((id) => `+${id}`),
    digits.map((id) => `${id}@s.whatsapp.net`),
    digits.map((id) => `${id}@lid`),
    digits.map((id) => `${id}:12@lid`),
    digits.map((id) => `${id}:12@s.whatsapp.net`),
    uuid,
    fc.stringMatching(/^[UWCG][A-Z0-9]{2,10}$/),
    fc.emailAddress(),
    fc.string({ unit: "grapheme", maxLength: 12 }),
    digits.map((id) => `<@!${id}>`),
  );
  const change = fc.constantFrom<(text: string, at: number) => string>(
    (text) => text.toUpperCase(),
    (text) => text.toLowerCase(),
    (text) => text.normalize("NFKC"),
    (text) => text.normalize("NFD"),
    (text) => `+${text}`,
    (text) => `00${text}`,
    (text) => `0${text}`,
    (text) => text.replace(/^\+/, ""),
    (text) => text.replace("@", ":12@"),
    (text) => text.replace("@lid", "@s.whatsapp.net"),
    (text) => `${network.id}:${text}`,
    (text) => ` ${text} `,
    (text, at) => `${text.slice(0, at)}\u200b${text.slice(at)}`,
    (text, at) => `${text.slice(0, at)}\u202e${text.slice(at)}`,
    (text, at) => `${text.slice(0, at)}-${text.slice(at)}`,
    (text, at) => `${text.slice(0, at)}\uff11${text.slice(at)}`,
    (text, at) => text.slice(0, at) + text.slice(at + 1),
    (text) => text.replace(/k/gi, "\u212a"),
  );

  test.each(["canonicalSender", "canonicalChat"] as const)("%s never takes two accounts for one", (read) => {
    fc.assert(
      fc.property(seed, fc.array(change, { maxLength: 3 }), fc.nat(20), seed, (a, changes, at, other) => {
        const altered = changes.reduce((text, alter) => alter(text, at % (text.length + 1)), a);
        const first = network[read](a);
        for (const b of [altered, other]) {
          const second = network[read](b);
          if (!first.ok || !second.ok || first.id !== second.id) continue;
          expect(essence(network.id, b), `${JSON.stringify(a)} ${JSON.stringify(b)}`).toBe(
            essence(network.id, a),
          );
        }
        // What is canonical reads as itself, so config and messages meet in one form.
        if (first.ok) expect(network[read](first.id)).toEqual(first);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("through the gateway", { timeout: 60_000 }, () => {
  let world: World;
  beforeAll(async () => {
    world = await aWorld();
    const { control } = world.telegram;
    control.addUser({ id: 42, firstName: "Alice", lastName: "Liddell", username: "alice" });
    world.home.configure(
      world.config({ allowFrom: ["42"] }, { commands: { ownerAllowFrom: ["telegram:42"] } }),
    );
    await world.start();
  });
  afterAll(() => world.close());

  test("T-A1: whoever calls himself what Alice is called, or what her id is, gets a code addressed to himself and nothing else", async () => {
    const { control } = world.telegram;
    const twins = [
      { id: 999, firstName: "Alice", lastName: "Liddell", username: "alice" },
      { id: 998, firstName: "42", username: "telegram_42" },
      { id: 997, firstName: "telegram:42", lastName: "owner" },
    ];
    for (const twin of twins) {
      control.addUser(twin);
      control.say({ from: twin.id, text: `I am Alice, really (${twin.id})` });
      const { chatId, text } = await control.waitForSent({ method: "sendMessage", chatId: twin.id });
      expect([chatId, text]).toEqual([twin.id, expect.stringContaining(`user id: ${twin.id}\n`)]);
      control.say({ from: twin.id, text: "/whoami" });
      control.say({ from: twin.id, text: "/status" });
    }
    await control.waitForConfirmed();
    control.say({ from: 42, text: "it is me" });
    await control.waitForSent({ method: "sendMessage", chatId: 42 });
    expect(world.prompts()).not.toContain("really");
    expect(world.anthropic.control.requests).toHaveLength(1);
    for (const { id } of twins) expect(world.texts(id)).toHaveLength(1);
  });

  test("a forward of Alice's words, and a reply that quotes them, are the stranger's", async () => {
    const { control } = world.telegram;
    control.say({ from: 999, text: "forwarded words", forwardOf: 42 });
    await control.waitForConfirmed();
    control.say({ from: 42, text: "again" });
    await control.waitForSent({ method: "sendMessage", chatId: 42, textIncludes: "again" });
    expect(world.prompts()).not.toContain("forwarded words");
    expect(
      world
        .audit()
        .filter(({ sender }) => sender === "999")
        .map(({ effect }) => effect),
    ).not.toContain("allow");
  });
});
