import type { Domain } from "./domain.ts";

/** A law of one of the cores: what must be true of every answer, and the public fault that it forbids. */
export interface Law<Facts, Outcome> {
  readonly name: string;
  readonly forbids: string;
  /** `ask` is the core under test, for laws that compare two records of facts. */
  holds(facts: Facts, outcome: Outcome, ask: Core<Facts, Outcome>): boolean;
}

export type Core<Facts, Outcome> = (facts: Facts) => Outcome;

type Word = string | boolean;

/** The answer if one fact were another. The record is changed for as long as the question takes. */
export function asIf<Facts, Outcome>(
  facts: Facts,
  field: keyof Facts,
  word: Word,
  ask: Core<Facts, Outcome>,
): Outcome {
  const record = facts as Record<keyof Facts, unknown>;
  const kept = record[field];
  record[field] = word;
  const outcome = ask(facts);
  record[field] = kept;
  return outcome;
}

/** For each fact, its words from narrower to wider, as steps: the order need not be total. */
export type Steps<Facts> = {
  readonly [Field in keyof Facts]?: readonly (readonly [Facts[Field], Facts[Field]])[];
};

/**
 * No record one step narrower has a wider answer. Seen from the narrower record, so that only those need a look whose answer
 * is wider than none.
 */
export function narrows<Facts extends object, Outcome extends { readonly effect: string }>(
  steps: Steps<Facts>,
  isNoWider: (narrower: Outcome, wider: Outcome) => boolean,
): Law<Facts, Outcome>["holds"] {
  const flat = Object.entries(steps) as [keyof Facts, readonly (readonly [Word, Word])[]][];
  return (facts, outcome, ask) =>
    outcome.effect === "deny" ||
    flat.every(([field, pairs]) =>
      pairs.every(
        ([narrower, wider]) =>
          facts[field] !== narrower || isNoWider(outcome, asIf(facts, field, wider, ask)),
      ),
    );
}

/** Facts that have one trace have one outcome: whatever comes after the trace may be anything. */
export function traceSuffices<Facts extends object, Outcome extends { readonly depth: number }>(
  domain: Domain,
): Law<Facts, Outcome>["holds"] {
  const fields = Object.keys(domain) as (keyof Facts & string)[];
  const first = fields.map((field) => domain[field]![0]!);
  const other = {} as Record<keyof Facts, unknown>;
  return (facts, outcome, ask) => {
    if (outcome.depth === fields.length) return true;
    for (let at = 0; at < fields.length; at++) {
      const field = fields[at]!;
      other[field] = at < outcome.depth ? facts[field] : first[at];
    }
    return ask(other as Facts) === outcome;
  };
}
