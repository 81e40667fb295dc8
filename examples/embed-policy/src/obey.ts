/** Between a decision and its effect: what a decision asks for is done whole, or not at all. */
import type { Decision, Obligation } from "@clawd/policy";

/** What a bot can do, by the obligation that asks for it. What it leaves out, it cannot do. */
export type Acts = {
  readonly [Kind in Obligation["kind"]]?: (obligation: Extract<Obligation, { kind: Kind }>) => unknown;
};

/**
 * True when the decision allows and everything that it asks for was done, one thing after the other. One obligation that
 * the bot does not know makes the whole decision a denial: then nothing is done.
 */
export async function obey({ effect, obligations }: Decision, acts: Acts): Promise<boolean> {
  const known: Acts = { "stay-silent": () => {}, ...acts };
  if (!obligations.every(({ kind }) => Object.hasOwn(known, kind))) return false;
  for (const obligation of obligations) {
    const act = known[obligation.kind] as (one: Obligation) => unknown;
    await act(obligation);
  }
  return effect === "allow";
}
