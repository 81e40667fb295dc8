/** What several decisions about one act allow together: what every one of them allows. */
import type { Decision, Obligation, RunIn } from "./decision.ts";
import { meetObligations, placeRank } from "./meet-obligations.ts";

/**
 * The meet of decisions about the same act, for several people or under several policies: the first that does not allow
 * it decides; where all do, the stricter place, workspace access, standing and budget hold, and every other obligation of
 * any of them. It speaks of the agent and the session of the first.
 * INVARIANT: it is never wider than any of them, in whatever order they come (proof/strictest-laws.test.ts).
 */
export function strictest(first: Decision, ...rest: readonly Decision[]): Decision {
  let met = first;
  for (const next of rest) met = meet(met, next);
  return met;
}

function meet(a: Decision, b: Decision): Decision {
  const { agent, session } = a;
  if (a.effect !== "allow" || b.effect !== "allow") {
    const why = a.effect === "allow" ? b : a;
    const effect = a.effect === b.effect ? a.effect : "deny";
    return { ...why, agent, session, effect, obligations: inBoth(a.obligations, b.obligations) };
  }
  if (!isWithin(a, b) || !isWithin(b, a)) {
    // Two decisions that name no common place have none that both allow.
    const code = runIn(a) === undefined && runIn(b) === undefined ? "bad-request" : "place-not-allowed";
    return { ...b, agent, session, effect: "deny", code, obligations: [] };
  }
  const leading = rank(b) < rank(a) ? b : a;
  return { ...leading, agent, session, obligations: meetObligations([...a.obligations, ...b.obligations]) };
}

const inBoth = (a: readonly Obligation[], b: readonly Obligation[]): readonly Obligation[] =>
  a.filter(({ kind }) => b.some((other) => other.kind === kind));

const runIn = ({ obligations }: Decision): RunIn | undefined =>
  obligations.find((obligation) => obligation.kind === "run-in");

function rank(decision: Decision): number {
  const where = runIn(decision);
  return where === undefined ? 0 : placeRank[where.place];
}

/** Whether all that `a` lets happen may happen by `b` as well. */
const isWithin = (a: Decision, b: Decision): boolean =>
  a.obligations.every((each) => {
    const act = actOf(each);
    return act === null || b.obligations.some((other) => actOf(other) === act);
  });

/** What an obligation lets happen; null for one that only adds to what must be done with it. */
function actOf(obligation: Obligation): string | null {
  const { kind } = obligation;
  // What works in the gateway works nowhere else.
  if (kind === "run-in") return obligation.place === "gateway" ? "run in the gateway" : "run in the session";
  if (kind === "run-command") return `run ${obligation.command}`;
  return kind === "start-turn" || kind === "remember-as-context" ? kind : null;
}
