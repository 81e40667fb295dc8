import { expect, test } from "vitest";
import type { Decision, Obligation } from "@clawd/policy";
import { memoryStore } from "@clawd/store/testing";
import { fakeClock } from "@clawd/kernel/testing";
import { anEvent } from "@clawd/provider-kit/testing";
import { actsOn, takeIn } from "./intake.ts";

const decision = (
  effect: Decision["effect"],
  ...obligations: readonly { readonly kind: string }[]
): Decision => ({
  effect,
  code: "allowed",
  agent: "main",
  session: "agent:main:main",
  rules: [{ path: "x" }],
  obligations: obligations as readonly Obligation[],
  trace: [],
  policy: "sha256:0",
});

test("an effect needs both the permission and an obligation that names it", () => {
  expect(actsOn(decision("allow", { kind: "start-turn" }))).toBe(true);
  expect(actsOn(decision("allow", { kind: "run-command" }))).toBe(true);
  expect(actsOn(decision("allow"))).toBe(false);
  expect(actsOn(decision("allow", { kind: "remember-as-context" }))).toBe(false);
});

test.each(["deny", "challenge"] as const)("%s has no effect, whatever it obliges to", (effect) => {
  expect(actsOn(decision(effect, { kind: "start-turn" }))).toBe(false);
});

test("an unknown effect or obligation is a denial", () => {
  expect(actsOn(decision("permit" as never, { kind: "start-turn" }))).toBe(false);
  expect(actsOn(decision("allow", { kind: "start-turn" }, { kind: "ask-somebody-first" }))).toBe(false);
});

test("of each provider's account in a batch the note is kept", () => {
  const clock = fakeClock();
  const kept: string[] = [];
  const events = [
    anEvent({ provider: "a", eventId: "1" }),
    anEvent({ provider: "b", eventId: "2" }),
    anEvent({ provider: "a", eventId: "3" }),
    anEvent({ provider: "a", account: "work", eventId: "4" }),
  ];
  takeIn(events, {
    clock,
    store: memoryStore({ clock }),
    judge: () => decision("deny"),
    remember: () => {},
    challenge: () => true,
    tellSpent: () => {},
    keepNote: ({ provider, account }) => kept.push(`${provider}:${account}`),
  });
  expect(kept).toEqual(["a:default", "b:default", "a:work"]);
});

test("what a stranger sends without end is counted, not kept line by line; what starts something always is a line", async () => {
  const clock = fakeClock();
  const store = memoryStore({ clock });
  const flood = (from: number, to: number, effect: "allow" | "deny" | "challenge", sender: string) => {
    for (let index = from; index < to; index++)
      takeIn([anEvent({ eventId: `${effect}-${index}`, sender: { ...anEvent().sender, id: sender } })], {
        clock,
        store,
        judge: () => decision(effect, ...(effect === "allow" ? [{ kind: "start-turn" }] : [])),
        remember: () => {},
        challenge: () => true,
        tellSpent: () => {},
        keepNote: () => {},
      });
  };
  flood(0, 500, "deny", "66");
  flood(500, 700, "challenge", "66");
  flood(0, 30, "allow", "42");
  const records = () => [...store.audit.list()];
  expect(records()).toHaveLength(10 + 10 + 30);
  await clock.advance(60_000);
  // A delivery that comes again is none.
  flood(0, 500, "deny", "66");
  store.refusals.settle();
  const repeated = records().flatMap(({ detail }) => (detail as { repeated?: number }).repeated ?? []);
  expect(repeated).toEqual([490, 190]);
});
