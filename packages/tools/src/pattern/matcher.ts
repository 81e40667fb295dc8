/**
 * INVARIANT: time grows with the length of the text times the size of the pattern, never more (matcher.test.ts): all ways through
 * the pattern are followed at once, so that there is nothing to go back to. What a character leads to is remembered.
 */
import type { Assertion, PatternNode } from "./node.ts";

export interface Matcher {
  /** Whether the text holds what the pattern describes, anywhere in it. For short texts: it does not pause. */
  test(text: string): boolean;
  /** The same in pieces, for texts of any length. */
  look(text: string): Look;
}

export interface Look {
  /** Looks at about so many steps of the pattern; undefined: it is not at the end yet. */
  goOn(work: number): boolean | undefined;
  /** Steps looked at so far, and characters. */
  readonly spent: number;
}

/** Steps of a compiled pattern; more is refused, because each is looked at for each character. */
const mostSteps = 2_000;

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
    const automaton = new Automaton(steps, start);
    return {
      test: (text) => look(automaton, text).goOn(Infinity) === true,
      look: (text) => look(automaton, text),
    };
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

/** What may follow a part of the text, worked out once for each character that comes next. */
interface Situation {
  /** Steps that wait for a character, before what takes none is followed. */
  readonly steps: readonly number[];
  readonly before: Neighbour;
  /** By character of ASCII and, last, the end of the text; null: found. */
  readonly next: (Situation | null | undefined)[];
  readonly others: Map<number, Situation | null>;
}

/** What stands before: the edges of words and the start of the text depend on it. */
type Neighbour = "nothing" | "word" | "other";

const end = -1;
/** Situations that are remembered; with more, all are forgotten and worked out again. */
const mostSituations = 500;
const mostOthers = 200;

class Automaton {
  readonly #steps: readonly Step[];
  readonly #start: number;
  readonly #situations = new Map<string, Situation>();
  /** Which round a step was last seen in. */
  readonly #seen: Uint32Array;
  #round = 0;
  /** Steps looked at so far. */
  work = 0;

  constructor(steps: readonly Step[], start: number) {
    this.#steps = steps;
    this.#start = start;
    this.#seen = new Uint32Array(steps.length);
  }

  first(): Situation {
    return this.#situation([], "nothing");
  }

  /** Where this character leads; null when the pattern is found before it. */
  after(situation: Situation, codePoint: number): Situation | null {
    const isPlain = codePoint < 128;
    const index = codePoint === end ? 128 : codePoint;
    const known = isPlain ? situation.next[index] : situation.others.get(codePoint);
    if (known !== undefined) return known;
    const next = this.#workOut(situation, codePoint);
    if (isPlain) situation.next[index] = next;
    else if (situation.others.size < mostOthers) situation.others.set(codePoint, next);
    return next;
  }

  #workOut({ steps, before }: Situation, codePoint: number): Situation | null {
    this.#round++;
    const ready: number[] = [];
    for (const step of [...steps, this.#start]) if (this.#enter(step, ready, before, codePoint)) return null;
    const next = new Set<number>();
    for (const index of ready) {
      const step = this.#steps[index]!;
      if (step.kind === "character" && codePoint !== end && step.accepts(codePoint)) next.add(step.next);
    }
    const following = [...next].sort((one, other) => one - other);
    return this.#situation(following, neighbour(codePoint));
  }

  /** Follows everything that takes no character; true when the pattern is found. */
  #enter(first: number, ready: number[], before: Neighbour, after: number): boolean {
    const waiting = [first];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      this.work++;
      if (this.#seen[index] === this.#round) continue;
      this.#seen[index] = this.#round;
      const step = this.#steps[index]!;
      if (step.kind === "match") return true;
      if (step.kind === "character") ready.push(index);
      else if (step.kind === "fork") waiting.push(...step.ways);
      else if (holds(step.what, before, after)) waiting.push(step.next);
    }
    return false;
  }

  #situation(steps: readonly number[], before: Neighbour): Situation {
    const key = `${before} ${steps.join(" ")}`;
    const known = this.#situations.get(key);
    if (known !== undefined) return known;
    if (this.#situations.size >= mostSituations) this.#forget();
    const situation: Situation = { steps, before, next: Array.from({ length: 129 }), others: new Map() };
    this.#situations.set(key, situation);
    return situation;
  }

  /** Nothing that is forgotten may keep the rest alive. */
  #forget(): void {
    for (const { next, others } of this.#situations.values()) {
      next.fill(undefined);
      others.clear();
    }
    this.#situations.clear();
  }
}

/** One text being looked through. */
function look(automaton: Automaton, text: string): Look {
  const before = automaton.work;
  let situation = automaton.first();
  let position = 0;
  return {
    get spent() {
      return automaton.work - before + position;
    },
    goOn(work) {
      const last = automaton.work + work;
      // Characters whose way is known cost next to nothing, but not nothing.
      for (let left = work * 10; left > 0 && automaton.work < last; left--) {
        const codePoint = position < text.length ? text.codePointAt(position)! : end;
        const next = automaton.after(situation, codePoint);
        if (next === null) return true;
        if (codePoint === end) return false;
        situation = next;
        position += codePoint > 0xffff ? 2 : 1;
      }
      return undefined;
    },
  };
}

const isWord = remembered((codePoint) =>
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u.test(String.fromCodePoint(codePoint)),
);

function neighbour(codePoint: number): Neighbour {
  if (codePoint === end) return "nothing";
  return isWord(codePoint) ? "word" : "other";
}

function holds(what: Assertion, before: Neighbour, after: number): boolean {
  if (what === "start") return before === "nothing";
  if (what === "end") return after === end;
  const isEdge = (before === "word") !== (after !== end && isWord(after));
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
