/** What must be done where several decisions allow one act: all that any of them asks for, each as strict as the strictest. */
import type { Authority, Budget, Obligation, Place, SandboxScope, WorkspaceAccess } from "./decision.ts";

export function meetObligations(all: readonly Obligation[]): readonly Obligation[] {
  const met = new Map<string, Obligation>();
  for (const each of all) {
    const name = nameOf(each);
    const known = met.get(name);
    met.set(name, known === undefined ? each : stricter(known, each));
  }
  // An approval comes before what it is about.
  return [...met.values()].toSorted((a, b) => Number(isApproval(b)) - Number(isApproval(a)));
}

const isApproval = ({ kind }: Obligation): boolean => kind === "await-approval";

/** Budgets of two profiles are two obligations; of any other kind there is one. */
const nameOf = (each: Obligation): string =>
  each.kind === "count-against-budget" ? `${each.kind} ${each.profile}` : each.kind;

type Of<Kind> = Extract<Obligation, { readonly kind: Kind }>;
type Meet<Kind> = (a: Of<Kind>, b: Of<Kind>) => Of<Kind>;

const meets: { readonly [Kind in Obligation["kind"]]?: Meet<Kind> } = {
  "run-in": (a, b) => ({
    kind: a.kind,
    place: lower(placeRank, a.place, b.place),
    workspaceAccess: lower(accessRank, a.workspaceAccess, b.workspaceAccess),
    scope: lower(scopeRank, a.scope, b.scope),
  }),
  "start-turn": (a, b) => ({ ...a, authority: lower(standingRank, a.authority, b.authority) }),
  "run-command": (a, b) => ({ ...a, authority: lower(standingRank, a.authority, b.authority) }),
  "count-against-budget": (a, b) => ({ ...a, budget: tighter(a.budget, b.budget) }),
};

/** Both are of one name, so of one kind. */
function stricter(a: Obligation, b: Obligation): Obligation {
  const meet = meets[a.kind] as Meet<Obligation["kind"]> | undefined;
  return meet?.(a, b) ?? a;
}

export const placeRank: Readonly<Record<Place, number>> = { sandbox: 0, gateway: 1, host: 2 };
const accessRank: Readonly<Record<WorkspaceAccess, number>> = { none: 0, ro: 1, rw: 2 };
const scopeRank: Readonly<Record<SandboxScope, number>> = { session: 0, agent: 1, shared: 2 };
const standingRank: Readonly<Record<Authority, number>> = { stranger: 0, listed: 1, owner: 2 };

const lower = <Word extends string>(rank: Readonly<Record<Word, number>>, a: Word, b: Word): Word =>
  rank[a] <= rank[b] ? a : b;

function tighter(a: Budget, b: Budget): Budget {
  const budget: { -readonly [Key in keyof Budget]: Budget[Key] } = { ...a };
  for (const [key, bound] of Object.entries(b) as [keyof Budget, number][])
    budget[key] = Math.min(bound, budget[key] ?? bound);
  return budget;
}
