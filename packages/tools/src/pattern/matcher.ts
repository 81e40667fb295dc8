/**
 * INVARIANT: time grows with the length of the text times the size of the pattern, never more (matcher.test.ts): all ways through
 * the pattern are followed at once, so that there is nothing to go back to.
 */
import type { Assertion, PatternNode } from "./node.ts";

export interface Matcher {
  /** Whether the text holds what the pattern describes, anywhere in it. */
  test(text: string): boolean;
}

/** Steps of a compiled pattern; more is refused, because each is looked at for each character. */
export const mostSteps = 2_000;

type Step =
  | { readonly kind: "character"; readonly accepts: (codePoint: number) => boolean; next: number }
  | { readonly kind: "fork"; ways: number[] }
  | { readonly kind: "assertion"; readonly what: Assertion; next: number }
  | { readonly kind: "match" };

/** Undefined when the pattern is too large. */
export function compile(root: PatternNode): Matcher | undefined {
  const steps: Step[] = [];
  try {
    // Built from the end, so that each part knows where it leads.
    const match = add({ kind: "match" });
    const start = build(root, match);
    return { test: (text) => run(steps, start, text) };
  } catch (fault) {
    if (fault === tooLarge) return undefined;
    throw fault;
  }

  function add(step: Step): number {
    if (steps.length >= mostSteps) throw tooLarge;
    return steps.push(step) - 1;
  }

  function build(node: PatternNode, next: number): number {
    switch (node.kind) {
      case "character":
        return add({ kind: "character", accepts: remembered(node.test), next });
      case "assertion":
        return add({ kind: "assertion", what: node.what, next });
      case "sequence":
        return node.parts.reduceRight((after, part) => build(part, after), next);
      case "choice":
        return add({ kind: "fork", ways: node.parts.map((part) => build(part, next)) });
      case "repeat":
        return buildRepeat(node, next);
    }
  }

  function buildRepeat({ part, least, most }: PatternNode & { kind: "repeat" }, next: number): number {
    let after = next;
    if (most === Infinity) {
      const loop: Step = { kind: "fork", ways: [] };
      after = add(loop);
      loop.ways = [build(part, after), next];
    } else {
      for (let count = least; count < most; count++)
        after = add({ kind: "fork", ways: [build(part, after), next] });
    }
    for (let count = 0; count < least; count++) after = build(part, after);
    return after;
  }
}

const tooLarge = Symbol("too large");

function run(steps: readonly Step[], start: number, text: string): boolean {
  const seen = new Uint32Array(steps.length);
  let turn = 0;
  let now: number[] = [];
  let then: number[] = [];
  const waiting: number[] = [];

  /** Follows everything that takes no character; true when the match is reached. */
  function enter(step: number, into: number[], before: number, after: number): boolean {
    waiting.push(step);
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (seen[index] === turn) continue;
      seen[index] = turn;
      const each = steps[index]!;
      if (each.kind === "match") {
        waiting.length = 0;
        return true;
      }
      if (each.kind === "character") into.push(index);
      else if (each.kind === "fork") waiting.push(...each.ways);
      else if (holds(each.what, before, after)) waiting.push(each.next);
    }
    return false;
  }

  let before = -1;
  for (let position = 0; ;) {
    const codePoint = position < text.length ? text.codePointAt(position)! : -1;
    turn++;
    // What this character began or went on with; the pattern may begin here too.
    const ready: number[] = [];
    for (const step of now) if (enter(step, ready, before, codePoint)) return true;
    if (enter(start, ready, before, codePoint)) return true;
    if (codePoint === -1) return false;
    then = [];
    for (const index of ready) {
      const step = steps[index]!;
      if (step.kind === "character" && step.accepts(codePoint)) then.push(step.next);
    }
    now = then;
    before = codePoint;
    position += codePoint > 0xffff ? 2 : 1;
  }
}

const isWord = remembered((codePoint) =>
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u.test(String.fromCodePoint(codePoint)),
);

function holds(what: Assertion, before: number, after: number): boolean {
  if (what === "start") return before === -1;
  if (what === "end") return after === -1;
  const isEdge = (before !== -1 && isWord(before)) !== (after !== -1 && isWord(after));
  return isEdge === (what === "word");
}

/** A test that is asked once for each character of ASCII, and answers the others anew. */
function remembered(test: (codePoint: number) => boolean): (codePoint: number) => boolean {
  const known = new Int8Array(128);
  return (codePoint) => {
    if (codePoint >= 128) return test(codePoint);
    if (known[codePoint] === 0) known[codePoint] = test(codePoint) ? 1 : -1;
    return known[codePoint] === 1;
  };
}
