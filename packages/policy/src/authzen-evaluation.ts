/** Decisions as answers of AuthZEN 1.0. A boolean cannot carry an obligation, so it says no where one is owed. */
import type { Decision, Effect, Obligation, RuleReference } from "./decision.ts";

export interface Evaluation {
  readonly decision: boolean;
  readonly context: {
    readonly code: Decision["code"];
    readonly effect: Effect;
    readonly agent: string | null;
    readonly session: string | null;
    readonly obligations: readonly Obligation[];
    /** The obligations for which an allowed request is answered with false; present only where there are any. */
    readonly not_understood?: readonly Obligation["kind"][];
    /** The code and the rules, with their lines in the config. Not for users. */
    readonly reason_admin: { readonly en: string };
    readonly reason_user: { readonly en: string };
    readonly policy: string;
  };
}

/**
 * True only for what is allowed, and only where the one who asked keeps every obligation: those of the kinds that it
 * says it understands, and those that a plain yes means anyway: to start the turn, to run the command that was asked
 * about, to call a tool in the gateway. Whatever else is owed (a place, an approval, a budget, silence) turns the yes of
 * whoever does not know it into a no.
 */
export function evaluation(decision: Decision, understood: readonly Obligation["kind"][] = []): Evaluation {
  const { effect, code, agent, session, rules, obligations, policy } = decision;
  const owed = obligations.filter((each) => !isPlain(each) && !understood.includes(each.kind));
  const isGranted = effect === "allow" && owed.length === 0;
  return {
    decision: isGranted,
    context: {
      code,
      effect,
      agent,
      session,
      obligations,
      ...(effect === "allow" && !isGranted && { not_understood: owed.map(({ kind }) => kind) }),
      reason_admin: { en: `${code}: ${rules.map(placeOf).join(", ")}` },
      reason_user: { en: isGranted ? "Allowed." : effect === "challenge" ? "Pair first." : "Not allowed." },
      policy,
    },
  };
}

function isPlain(obligation: Obligation): boolean {
  const { kind } = obligation;
  return (
    kind === "start-turn" || kind === "run-command" || (kind === "run-in" && obligation.place === "gateway")
  );
}

function placeOf({ path, file, line, column }: RuleReference): string {
  return file === undefined ? path : `${path} (${[file, line, column].join(":")})`;
}
