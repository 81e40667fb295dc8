/** What several decisions about one act allow together: what every one of them allows. */
import type {
  Authority,
  Decision,
  Obligation,
  Place,
  RunIn,
  SandboxScope,
  WorkspaceAccess,
} from "./decision.ts";

/**
 * The meet of decisions about the same act, for several people or under several policies: the first that does not allow
 * it decides; where all do, the stricter place, workspace access and standing hold, and every other obligation of any of them.
 */
export function strictest(first: Decision, ...rest: readonly Decision[]): Decision {
  let met = first;
  for (const next of rest) met = meet(met, next);
  return met;
}

function meet(a: Decision, b: Decision): Decision {
  if (a.effect !== "allow") return a;
  if (b.effect !== "allow") return b;
  const [inA, inB] = [runIn(a), runIn(b)];
  // Two decisions that name no common place have none that both allow.
  if ((inA === undefined) !== (inB === undefined) || !isComparable(inA, inB))
    return { ...b, effect: "deny", code: "place-not-allowed", obligations: [] };
  const leading = inA !== undefined && inB !== undefined && rank(inB) < rank(inA) ? b : a;
  const obligations: Obligation[] = [];
  for (const obligation of [...a.obligations, ...b.obligations]) add(obligations, obligation);
  return { ...leading, obligations };
}

const runIn = ({ obligations }: Decision): RunIn | undefined =>
  obligations.find((obligation) => obligation.kind === "run-in");

const isComparable = (a: RunIn | undefined, b: RunIn | undefined): boolean =>
  a?.place === b?.place || (a?.place !== "gateway" && b?.place !== "gateway");

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
  if (known === undefined) obligations.push(more);
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
  return a;
}
