/**
 * Where somebody can write: the chats that the rules of some policies tell apart, each set of chats once. Requests that
 * differ in the chat alone are decided alike wherever their chats are of one spot (proof/analysis.test.ts).
 * Chats are taken as networks have them: a direct message has no room, only channels have threads with ids of their own, no
 * such thread has topics, and an id that the config names as a room is not the id of a thread.
 */
import type { AccountPlan, Plan, Scope } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { ChatReference } from "../request.ts";
import { scopeOf, seatOf } from "../view.ts";
import { asQuestion } from "./as-question.ts";
import { chatAt, coordinatesOf, placeAt, weight, widened, type Coordinates } from "./chat-coordinates.ts";
import { chatsNamed, sorted } from "./named-ids.ts";
import { numbering } from "./numbering.ts";
import { placeText } from "./place-text.ts";
import type { ChatPlace } from "./types.ts";

export interface SpotSide {
  readonly plan: Plan;
  readonly account: AccountPlan;
  readonly scope: Scope;
}

export interface Spot {
  readonly network: string;
  readonly account: string;
  /** The page of whoever holds the gateway's token, for all policies that have it. */
  readonly isOperator: boolean;
  /** One of its chats. In a direct message the id is to be the sender's. */
  readonly chat: ChatReference;
  /** All of its chats, each place with one of them. */
  readonly chats: { readonly chat: ChatReference; readonly place: ChatPlace }[];
  /** One for each policy; null where the policy has no such account. */
  readonly sides: readonly (SpotSide | null)[];
}

export interface Spots {
  readonly all: readonly Spot[];
  /** Undefined for a network or an account that no policy has, and for a chat that no network has. */
  find(provider: string, account: string, chat: ChatReference): Spot | undefined;
}

export function spotsOf(plans: readonly Plan[]): Spots {
  const networks = sorted(plans.flatMap(({ networks: map }) => [...map.keys()]));
  const byAccount = new Map<string, AccountSpots>();
  for (const network of networks) {
    const known = plans.map(({ networks: map }) => map.get(network)?.accounts ?? new Map());
    for (const account of sorted(known.flatMap((map) => [...map.keys()])))
      byAccount.set(`${network} ${account}`, spotsAt(plans, network, account));
  }
  return {
    all: [...byAccount.values()].flatMap(({ spots }) => [...spots.values()]),
    find(provider, account, chat) {
      const at = byAccount.get(`${provider} ${account}`);
      return at?.spots.get(at.keyOf(asQuestion(provider, account, chat)));
    },
  };
}

interface AccountSpots {
  readonly spots: ReadonlyMap<string, Spot>;
  /** Equal for chats of one spot. */
  keyOf(question: Question): string;
}

function spotsAt(plans: readonly Plan[], network: string, account: string): AccountSpots {
  const accounts = plans.map((plan) => plan.networks.get(network)?.accounts.get(account) ?? null);
  const ids = chatsNamed(accounts);
  const keyOf = keysFor(accounts, ids.teams);
  const spots = new Map<string, Spot>();
  const isOperator = accounts.every((each) => each === null || each.operator !== null);
  const add = (chat: ChatReference, place: Omit<ChatPlace, "text" | "provider" | "account">) => {
    const question = asQuestion(network, account, chat);
    const whole = { provider: network, account, ...place };
    const placed = { chat, place: { ...whole, text: placeText(whole) } };
    const key = keyOf(question);
    const spot = spots.get(key);
    if (spot !== undefined) {
      spot.chats.push(placed);
      return;
    }
    const sides = accounts.map((each, at) =>
      each === null ? null : { plan: plans[at]!, account: each, scope: scopeOf(each, question) },
    );
    spots.set(key, { network, account, isOperator, chat, chats: [placed], sides });
  };
  for (const team of [undefined, ...ids.teams]) {
    const at = team === undefined ? {} : { team };
    add({ kind: "dm", id: "nobody", ...at }, { kind: "dm", id: null, ...at });
  }
  if (isOperator) return { spots, keyOf };

  const chatKeys = new Map<string, string>();
  const keyAt = (at: Coordinates): string => {
    const chat = chatAt(at, ids);
    const name = JSON.stringify(chat);
    const known = chatKeys.get(name) ?? keyOf(asQuestion(network, account, chat));
    chatKeys.set(name, known);
    return known;
  };
  const isFlat = plans.every((plan) => (plan.networks.get(network)?.layout ?? "groups") === "groups");
  const explicit = new Set<string>();
  const nameOf = (at: Coordinates) => JSON.stringify(placeAt(at));
  for (const at of [...coordinatesOf(accounts, ids, isFlat)].sort((a, b) => weight(a) - weight(b))) {
    const wider = widened(at, isFlat).filter((each) => explicit.has(nameOf(each)));
    const [read] = wider.sort((a, b) => weight(b) - weight(a));
    if (read !== undefined && keyAt(read) === keyAt(at)) continue;
    explicit.add(nameOf(at));
    add(chatAt(at, ids), placeAt(at));
  }
  return { spots, keyOf };
}

/** Everything of a chat that a decision can depend on: its rules and its agent, and for a direct message its sender's. */
function keysFor(accounts: readonly (AccountPlan | null)[], teams: readonly string[]) {
  const number = numbering();
  // Only where the two name the sessions of threads differently does a thread ever change apart from its room.
  const suffixes = new Set(accounts.flatMap((each) => each?.topicSuffix ?? []));
  return (question: Question): string => {
    const { kind, team, thread } = question;
    if (kind === "dm") return `dm ${team !== null && teams.includes(team) ? team : ""}`;
    const parts = accounts.map((each) =>
      each === null ? "" : `${number(scopeOf(each, question))} ${seatOf(each, question).agent}`,
    );
    return [...parts, suffixes.size > 1 && thread !== null ? "thread" : ""].join("\n");
  };
}
