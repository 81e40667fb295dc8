/** What must be true of the meet of decisions, for all pairs and triples of a full set of them. */
import type { Authority, Budget, Decision, DecisionCode, Effect, Obligation } from "../src/decision.ts";
import { product } from "./product.ts";

export type Meet = (first: Decision, ...rest: readonly Decision[]) => Decision;

export interface MeetLaw {
  readonly name: string;
  readonly forbids: string;
  /** `met` is the meet of all of `of`, in their order. */
  holds(met: Decision, of: readonly Decision[], meet: Meet): boolean;
}

const places = ["sandbox", "gateway", "host"] as const;
const accesses = ["none", "ro", "rw"] as const;
const scopes = ["session", "agent", "shared"] as const;
const standings = ["stranger", "listed", "owner"] as const;

function decision(effect: Effect, code: DecisionCode, ...obligations: readonly Obligation[]): Decision {
  const name = `${code} ${obligations.map((each) => JSON.stringify(each)).join(" ")}`;
  const rules = [{ path: name }];
  const trace = [{ check: "x", result: name }];
  return { effect, code, agent: "main", session: name, rules, obligations, trace, policy: "sha256:x" };
}

const counted = (profile: string, budget: Budget) =>
  ({ kind: "count-against-budget", profile, budget }) as const;
const budgets: readonly (readonly Obligation[])[] = [
  [],
  [counted("p", { turnsPerDay: 10 })],
  [counted("p", { turnsPerDay: 20, tokensPerDay: 7 })],
  [counted("q", { turnsPerDay: 10 })],
];

/** Every kind of answer, and of those that let a call run every place, access, scope and approval. */
export const representatives: readonly Decision[] = [
  decision("deny", "sender-not-listed", { kind: "stay-silent" }),
  decision("deny", "tool-not-allowed"),
  decision("deny", "mention-required", { kind: "remember-as-context" }),
  decision("deny", "budget-spent", { kind: "tell-budget-spent" }),
  decision("challenge", "pairing-required", { kind: "send-pairing-code" }),
  decision("allow", "side-event-noted", { kind: "remember-as-context" }),
  decision("allow", "tool-allowed"),
  ...standings.flatMap((authority) =>
    budgets.map((also) => decision("allow", "allowed", { kind: "start-turn", authority }, ...also)),
  ),
  ...product({ authority: ["listed", "owner"], command: ["status", "config"] } as const).map((point) =>
    decision("allow", "command-allowed", { kind: "run-command", ...point }),
  ),
  ...product({ place: places, workspaceAccess: accesses, scope: scopes, asks: [false, true] }).map(
    ({ asks, ...where }) => {
      const approval: readonly Obligation[] = asks ? [{ kind: "await-approval" }] : [];
      return decision("allow", "tool-allowed", ...approval, { kind: "run-in", ...where });
    },
  ),
];

/** Everything about a decision that must not depend on the order: whose reason is told, may. */
export function substance({ effect, obligations }: Decision): string {
  const said = obligations.map((each) => {
    const budget = each.kind === "count-against-budget" ? each.budget : {};
    const { turnsPerDay = "", tokensPerDay = "" } = budget;
    return `${Object.values({ ...each, budget: "" }).join(" ")} ${turnsPerDay} ${tokensPerDay}`;
  });
  return [effect, ...said.toSorted((a, b) => (a < b ? -1 : 1))].join(", ");
}

const only = <Kind extends Obligation["kind"]>({ obligations }: Decision, kind: Kind) =>
  obligations.filter((each): each is Extract<Obligation, { readonly kind: Kind }> => each.kind === kind);

const isUpTo = <Word>(order: readonly Word[], word: Word, most: Word): boolean =>
  order.indexOf(word) <= order.indexOf(most);

const isStanding = (one: Authority, most: Authority): boolean => isUpTo(standings, one, most);

/** Whether nothing may happen by the one that may not happen by the other. */
function isNoWider(met: Decision, other: Decision): boolean {
  if (met.effect !== "deny" && met.effect !== other.effect) return false;
  return met.obligations.every((act) => {
    switch (act.kind) {
      case "run-in":
        return only(other, "run-in").some(
          ({ place, workspaceAccess, scope }) =>
            (act.place === place || (act.place === "sandbox" && place === "host")) &&
            isUpTo(accesses, act.workspaceAccess, workspaceAccess) &&
            isUpTo(scopes, act.scope, scope),
        );
      case "start-turn":
        return only(other, "start-turn").some(({ authority }) => isStanding(act.authority, authority));
      case "run-command":
        return only(other, "run-command").some(
          ({ command, authority }) => act.command === command && isStanding(act.authority, authority),
        );
      case "remember-as-context":
      case "send-pairing-code":
      case "tell-budget-spent":
        return only(other, act.kind).length > 0;
      case "await-approval":
      case "count-against-budget":
      case "stay-silent":
        return true;
    }
  });
}

/** Whether what the one asks for before an act, the other asks for as well, and no less of it. */
function demandsAsMuch(met: Decision, other: Decision): boolean {
  if (only(other, "await-approval").length > only(met, "await-approval").length) return false;
  return only(other, "count-against-budget").every(({ profile, budget }) =>
    only(met, "count-against-budget").some(
      (bound) =>
        bound.profile === profile &&
        Object.entries(budget).every(
          ([key, most]) => (bound.budget[key as keyof Budget] ?? Infinity) <= (most as number),
        ),
    ),
  );
}

/** Whether decisions let one and the same thing happen. */
function isOneAct(all: readonly Decision[]): boolean {
  const acts = all.map((each) => {
    const [where] = only(each, "run-in");
    const [command] = only(each, "run-command");
    const kinds = each.obligations.map(({ kind }) => kind);
    return [
      where === undefined ? "nowhere" : where.place === "gateway" ? "gateway" : "session",
      command?.command,
      kinds.includes("start-turn"),
      kinds.includes("remember-as-context"),
    ].join(" ");
  });
  return new Set(acts).size === 1;
}

export const meetLaws: readonly MeetLaw[] = [
  {
    name: "never-wider-than-any",
    forbids:
      "a merged turn that runs with the rights of one of its senders (Clawdbot 2026.1.10, collect and steer)",
    holds: (met, of) => of.every((each) => isNoWider(met, each)),
  },
  {
    name: "deny-overrides",
    forbids: "a denial that a later permission takes back",
    holds: (met, of) => of.every(({ effect }) => effect === "allow") || met.effect !== "allow",
  },
  {
    name: "every-demand-holds",
    forbids: "an approval that one of several people is spared because another is",
    holds: (met, of) => met.effect !== "allow" || of.every((each) => demandsAsMuch(met, each)),
  },
  {
    name: "nothing-is-demanded-that-nobody-demanded",
    forbids: "questions and counts that come from nowhere",
    holds: (met, of) =>
      met.obligations.every(({ kind }) =>
        of.some(({ obligations }) => obligations.some((each) => each.kind === kind)),
      ),
  },
  {
    name: "what-all-allow-is-allowed",
    forbids: "several people who may do together nothing that each of them may",
    holds: (met, of) =>
      !isOneAct(of) || !of.every(({ effect }) => effect === "allow") || met.effect === "allow",
  },
  {
    name: "what-all-answer-is-answered",
    forbids: "a pairing code, or words kept as context, that every decision grants and the meet does not",
    holds: (met, of) => {
      const [first, ...rest] = of;
      if (of.some(({ effect }) => effect !== first!.effect)) return true;
      const isAlike = rest.every((each) => substance(each) === substance(first!));
      return !isAlike || substance(met) === substance(first!);
    },
  },
  {
    name: "approval-comes-first",
    forbids: "a call that runs before the question about it",
    holds: ({ obligations }) => obligations.findIndex(({ kind }) => kind === "await-approval") <= 0,
  },
  {
    name: "other-acts-are-refused",
    forbids: "permissions for two things, read as one for both",
    holds: (met, of) => isOneAct(of) || met.effect !== "allow",
  },
  {
    name: "idempotent",
    forbids: "a decision that changes when it is made twice",
    holds: (met, of, meet) =>
      substance(meet(met, met)) === substance(met) && meet(met, ...of).effect === met.effect,
  },
  {
    name: "commutative",
    forbids: "rights that depend on who wrote first",
    holds: (met, of, meet) => {
      const [first, ...rest] = of.toReversed();
      return substance(meet(first!, ...rest)) === substance(met);
    },
  },
  {
    name: "associative",
    forbids: "rights that depend on which messages were taken together",
    holds: (met, [first, ...rest], meet) =>
      rest.length === 0 || substance(meet(first!, meet(rest[0]!, ...rest.slice(1)))) === substance(met),
  },
  {
    name: "one-of-them-says-why",
    forbids: "a reason that no decision gave",
    holds: (met, of) => {
      const why = of.find(({ rules }) => rules === met.rules);
      const isSaid = why !== undefined && why.trace === met.trace;
      const first = of.find(({ effect }) => effect !== "allow");
      if (first !== undefined) return isSaid && why === first && met.code === first.code;
      return isSaid && (met.effect !== "allow" || met.code === why.code);
    },
  },
  {
    name: "the-strictest-place-says-why",
    forbids: "a call in the sandbox that is explained by the rule of somebody on the host",
    holds: (met, of) => {
      const [where] = only(met, "run-in");
      const why = of.find(({ rules }) => rules === met.rules);
      return where === undefined || why === undefined || only(why, "run-in")[0]?.place === where.place;
    },
  },
  {
    name: "no-common-place-is-said",
    forbids: "a refusal under another name",
    holds: (met, of) => {
      if (met.effect === "allow" || of.some(({ effect }) => effect !== "allow")) return true;
      const where = of.map((each) => only(each, "run-in")[0]?.place);
      const kinds = new Set(where.map((place) => (place === "gateway" ? place : place && "session")));
      return of.length > 2 || met.code === (kinds.size > 1 ? "place-not-allowed" : "bad-request");
    },
  },
  {
    name: "it-is-the-firsts-own",
    forbids: "a call of one session that is recorded in another's",
    holds: (met, [first]) => met.session === first!.session && met.agent === first!.agent,
  },
];

/** Every pair and every triple; calls back for each law that does not hold, until that returns false. */
export function everyMeet(
  meet: Meet,
  report: (law: MeetLaw, of: readonly Decision[]) => boolean | void,
): number {
  let meets = 0;
  const all = representatives;
  const judge = (of: readonly Decision[], laws: readonly MeetLaw[]): boolean => {
    meets++;
    const [first, ...rest] = of;
    const met = meet(first!, ...rest);
    for (const law of laws) if (!law.holds(met, of, meet) && report(law, of) === false) return false;
    return true;
  };
  for (const a of all) for (const b of all) if (!judge([a, b], meetLaws)) return meets;
  const ofThree = meetLaws.filter(({ name }) => name === "associative" || name === "never-wider-than-any");
  for (const a of all) for (const b of all) for (const c of all) if (!judge([a, b, c], ofThree)) return meets;
  return meets;
}
