import { expect, expectTypeOf, test } from "vitest";
import type { Facts } from "./facts.ts";
import type { Outcome } from "./outcome.ts";
import {
  sendChecks,
  sendDomain,
  sessionChecks,
  sessionDomain,
  toolChecks,
  toolDomain,
} from "./tool-facts.ts";
import type { RightsFacts, SendFacts, SessionFacts, ToolFacts } from "./tool-facts.ts";
import type { RunOutcome } from "./tool-outcome.ts";

/** A boolean or a closed union of words; `string` and `number` are neither. */
type IsFinite<Field> = [Field] extends [boolean | string] ? (string extends Field ? false : true) : false;
type Unbounded<Record> = Record extends unknown
  ? { [Field in keyof Record]: IsFinite<Record[Field]> extends true ? never : Field }[keyof Record]
  : never;

test("every fact is a boolean or a closed word, so the core's domain is finite", () => {
  expectTypeOf<Unbounded<Facts>>().toEqualTypeOf<never>();
  expectTypeOf<Unbounded<ToolFacts>>().toEqualTypeOf<never>();
  expectTypeOf<Unbounded<SendFacts>>().toEqualTypeOf<never>();
  expectTypeOf<Unbounded<SessionFacts>>().toEqualTypeOf<never>();
  expectTypeOf<Unbounded<RightsFacts>>().toEqualTypeOf<never>();
});

test("the check itself can fail", () => {
  expectTypeOf<Unbounded<{ id: string; count: number; isPaired: boolean }>>().toEqualTypeOf<"id" | "count">();
});

test("no outcome carries an identifier", () => {
  expectTypeOf<Unbounded<Omit<Outcome, "rules" | "depth">>>().toEqualTypeOf<never>();
  expectTypeOf<Unbounded<Omit<RunOutcome<"call">, "depth">>>().toEqualTypeOf<never>();
});

test("the checks are all fields of their domain, in its order", () => {
  expect(toolChecks).toEqual(Object.keys(toolDomain));
  expect(sendChecks).toEqual(Object.keys(sendDomain));
  expect(sessionChecks).toEqual(Object.keys(sessionDomain));
});
