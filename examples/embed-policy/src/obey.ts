/** Between a decision and its effect: what a decision asks for is done whole, or not at all. */
import type { Decision, Obligation, Place, RunIn } from "@clawd/policy";

type Simple = Exclude<Obligation, RunIn>;

/** What a bot can do, by the obligation that asks for it. What is left out, it cannot do. */
export type Acts = {
  readonly [Kind in Simple["kind"]]?: (obligation: Extract<Simple, { kind: Kind }>) => unknown;
} & {
  /** By the place that is demanded: a bot without a sandbox names none. */
  readonly "run-in"?: { readonly [Where in Place]?: (obligation: RunIn) => unknown };
};

/**
 * True when the decision allows and all that it asks for was done, one thing after the other, an approval first. A single
 * obligation that the bot does not know makes the decision a denial: then nothing is done. An act that returns false, a
 * refused approval say, keeps the rest from being done.
 */
export async function obey({ effect, obligations }: Decision, acts: Acts): Promise<boolean> {
  const inOrder = obligations.toSorted((a, b) => rank(a) - rank(b));
  const steps = inOrder.map((obligation) => stepFor(obligation, acts));
  if (!steps.every((step) => step !== undefined)) return false;
  for (const step of steps) if ((await step()) === false) return false;
  return effect === "allow";
}

const rank = ({ kind }: Obligation): number => (kind === "await-approval" ? 0 : 1);

function stepFor(obligation: Obligation, acts: Acts): (() => unknown) | undefined {
  if (obligation.kind === "stay-silent") return () => {};
  const isRun = obligation.kind === "run-in";
  const act = isRun ? own(acts["run-in"] ?? {}, obligation.place) : own(acts, obligation.kind);
  return act && (() => act(obligation));
}

/** Never what every object inherits. */
function own(acts: object, name: string): ((obligation: Obligation) => unknown) | undefined {
  return Object.hasOwn(acts, name) ? acts[name as keyof typeof acts] : undefined;
}
