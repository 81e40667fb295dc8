/** What several decisions about one act allow together: what every one of them allows. */
import type {
  Authority,
  Budget,
  Decision,
  Obligation,
  Place,
  RunIn,
  SandboxScope,
  WorkspaceAccess,
} from "./decision.ts";

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
  const [inA, inB] = [runIn(a), runIn(b)];
  const code = hasCommonPlace(inA, inB) ? "bad-request" : "place-not-allowed";
  if (!isWithin(a, b) || !isWithin(b, a))
    return { ...b, agent, session, effect: "deny", code, obligations: [] };
  const leading = inA !== undefined && inB !== undefined && rank(inB) < rank(inA) ? b : a;
  const obligations: Obligation[] = [];
  for (const obligation of [...a.obligations, ...b.obligations]) add(obligations, obligation);
  return { ...leading, agent, session, obligations };
}

const inBoth = (a: readonly Obligation[], b: readonly Obligation[]): readonly Obligation[] =>
  a.filter(({ kind }) => b.some((other) => other.kind === kind));

const runIn = ({ obligations }: Decision): RunIn | undefined =>
  obligations.find((obligation) => obligation.kind === "run-in");

/** What lets something happen. Every other obligation only adds to what must be done with it. */
const acts: ReadonlySet<Obligation["kind"]> = new Set([
  "start-turn",
  "run-command",
  "remember-as-context",
  "send-pairing-code",
  "run-in",
]);

/** Whether all that `a` lets happen may happen, somewhere, by `b` as well. */
const isWithin = (a: Decision, b: Decision): boolean =>
  a.obligations.every((act) => !acts.has(act.kind) || b.obligations.some((other) => isSameAct(act, other)));

function isSameAct(a: Obligation, b: Obligation): boolean {
  if (a.kind === "run-in" && b.kind === "run-in") return hasCommonPlace(a, b);
  if (a.kind === "run-command" && b.kind === "run-command") return a.command === b.command;
  return a.kind === b.kind;
}

/** What works in the gateway works nowhere else. */
const hasCommonPlace = (a: RunIn | undefined, b: RunIn | undefined): boolean =>
  (a?.place === "gateway") === (b?.place === "gateway") && (a === undefined) === (b === undefined);

const strictPlaces: readonly Place[] = ["sandbox", "gateway", "host"];
const strictAccess: readonly WorkspaceAccess[] = ["none", "ro", "rw"];
const strictScopes: readonly SandboxScope[] = ["session", "agent", "shared"];
const strictStanding: readonly Authority[] = ["stranger", "listed", "owner"];

const rank = ({ place }: RunIn): number => strictPlaces.indexOf(place);

const lower = <Word>(order: readonly Word[], a: Word, b: Word): Word =>
  order.indexOf(a) <= order.indexOf(b) ? a : b;

/** Adds the obligation, or makes the one of its kind as strict as both. */
function add(obligations: Obligation[], more: Obligation): void {
  const at = obligations.findIndex((known) => known.kind === more.kind && isSame(known, more));
  const known = obligations[at];
  // An approval comes before what it is about.
  if (known === undefined && more.kind === "await-approval") obligations.unshift(more);
  else if (known === undefined) obligations.push(more);
  else obligations[at] = both(known, more);
}

const isSame = (a: Obligation, b: Obligation): boolean =>
  a.kind !== "count-against-budget" || (b.kind === a.kind && a.profile === b.profile);

function both(a: Obligation, b: Obligation): Obligation {
  if (a.kind === "run-in" && b.kind === "run-in")
    return {
      kind: "run-in",
      place: lower(strictPlaces, a.place, b.place),
      workspaceAccess: lower(strictAccess, a.workspaceAccess, b.workspaceAccess),
      scope: lower(strictScopes, a.scope, b.scope),
    };
  if (a.kind === "start-turn" && b.kind === "start-turn")
    return { kind: "start-turn", authority: lower(strictStanding, a.authority, b.authority) };
  if (a.kind === "run-command" && b.kind === "run-command")
    return { ...a, authority: lower(strictStanding, a.authority, b.authority) };
  if (a.kind === "count-against-budget" && b.kind === "count-against-budget")
    return { ...a, budget: tighter(a.budget, b.budget) };
  return a;
}

function tighter(a: Budget, b: Budget): Budget {
  const budget: { -readonly [Key in keyof Budget]: Budget[Key] } = { ...a };
  for (const [key, bound] of Object.entries(b) as [keyof Budget, number][])
    budget[key] = Math.min(bound, budget[key] ?? bound);
  return budget;
}
