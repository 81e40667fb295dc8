/** Class B: what a list means. Missing, empty and malformed lists never widen, narrower ones only narrow, and DMs are not groups. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dm, inRoom, namesOf, policyOf, ruled, type Rules } from "./every-network.ts";

const isIn = (decision: { effect: string } | undefined | null) => decision?.effect === "allow";

const forms: readonly unknown[] = [
  undefined,
  null,
  [],
  [""],
  [" "],
  ["*"],
  "*",
  {},
  { "*": true },
  7,
  true,
  [null],
  [["*"]],
  [7.5],
  ["**"],
  [" * "],
  ["all"],
  ["__proto__"],
];

describe.each(ruled)("on $id", (network) => {
  const { alice, stranger, room, otherRoom } = namesOf(network);
  const withBadEntry = [
    [alice, "@somebody"],
    [alice, ""],
    [alice, null],
  ];

  test('T-B2: of all forms of a list, only "*" with the open policy lets a stranger write', () => {
    for (const form of [...forms, [alice], ...withBadEntry]) {
      for (const policy of [undefined, null, "", "OPEN", "open", "pairing", "allowlist", "disabled", true]) {
        const decision = policyOf(network, { policy, allowFrom: form })?.decide(dm(network, stranger));
        const isOpen = policy === "open" && JSON.stringify(form) === '["*"]';
        expect(isIn(decision), `${String(policy)} ${JSON.stringify(form)}`).toBe(isOpen);
        // A challenge is an answer of the pairing policy alone.
        if (decision?.effect === "challenge") expect([undefined, "pairing"]).toContain(policy);
      }
    }
  });

  test("T-B2: and where a list of a room is written, only the same lets a stranger speak in it", () => {
    for (const form of [...forms.slice(1), [alice], ...withBadEntry]) {
      for (const groupPolicy of [undefined, "open", "allowlist", "disabled", "OPEN"]) {
        const decision = policyOf(network, { groupPolicy, people: form })?.decide(inRoom(network, stranger));
        const isOpen = groupPolicy === "open" && JSON.stringify(form) === '["*"]';
        expect(isIn(decision), `${String(groupPolicy)} ${JSON.stringify(form)}`).toBe(isOpen);
      }
    }
  });

  test("with no map, or a map of other rooms, no stranger and no friend is heard in a room unless rooms are open", () => {
    for (const groupPolicy of [undefined, "allowlist", "disabled"]) {
      for (const map of [null, otherRoom]) {
        const policy = policyOf(network, { groupPolicy, room: map, allowFrom: [alice], policy: "allowlist" });
        for (const sender of [alice, stranger])
          expect(isIn(policy?.decide(inRoom(network, sender)))).toBe(false);
      }
    }
  });

  test("an approval for direct messages is worth nothing in a room, under allowlist, or when switched off", () => {
    const state = { isPaired: true };
    const approved = (rules: Rules, request = dm(network, stranger)) =>
      isIn(policyOf(network, rules)?.decide(request, state));
    expect(approved({ policy: "pairing" })).toBe(network.canPair);
    for (const policy of ["allowlist", "disabled"])
      expect(approved({ policy, allowFrom: [alice] })).toBe(false);
    expect(
      approved({ policy: "pairing", groupPolicy: "allowlist", people: [alice] }, inRoom(network, stranger)),
    ).toBe(false);
    expect(approved({ policy: "pairing", room: null }, inRoom(network, stranger))).toBe(false);
    expect(approved({ policy: "pairing", room }, inRoom(network, stranger, { command: "status" }))).toBe(
      false,
    );
  });

  test("T-B3: no list that is added lets anybody in who was out", () => {
    const people = fc.subarray([alice, stranger], { minLength: 0 });
    const maybe = fc.option(people, { nil: undefined });
    const rules = fc.record({
      policy: fc.constantFrom(undefined, "pairing", "allowlist", "disabled"),
      groupPolicy: fc.constantFrom(undefined, "open", "allowlist", "disabled"),
      allowFrom: maybe,
      groupAllowFrom: maybe,
      requireMention: fc.constantFrom(undefined, true, false),
      room: fc.constantFrom(undefined, null, otherRoom, "*"),
    });
    const added = fc.record({
      key: fc.constantFrom("people" as const, "groupAllowFrom" as const),
      list: people,
    });
    fc.assert(
      fc.property(rules, added, fc.boolean(), (before, { key, list }, isPaired) => {
        // Under allowlist, groupAllowFrom is the list itself; elsewhere it is one more.
        const isFirst = key === "groupAllowFrom" && before.groupPolicy === "allowlist";
        if (isFirst || before[key as "groupAllowFrom"] !== undefined) return;
        const wide = policyOf(network, before);
        const narrow = policyOf(network, { ...before, [key]: list });
        if (wide === null || narrow === null) return;
        for (const sender of [alice, stranger]) {
          for (const request of [
            dm(network, sender),
            inRoom(network, sender),
            inRoom(network, sender, { command: "status" }),
          ]) {
            const was = isIn(wide.decide(request, { isPaired }));
            if (!was && request.command === undefined)
              expect(isIn(narrow.decide(request, { isPaired }))).toBe(false);
            // In a room that a list names, whoever it names may command: that right is what the list grants.
            if (!was && request.command !== undefined && !list.includes(sender))
              expect(isIn(narrow.decide(request, { isPaired }))).toBe(false);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
