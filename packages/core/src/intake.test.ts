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
