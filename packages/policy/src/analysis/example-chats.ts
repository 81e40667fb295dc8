/** The chats and the people that a sentence speaks of: each that the rules name, and one that nothing names. */
import type { AccountPlan, Plan, Scope } from "../plan.ts";
import type { ChatKind, ChatReference, Origin } from "../request.ts";
import { scopeOf } from "../view.ts";
import { asQuestion } from "./as-question.ts";
import type { Room, Sentence } from "./example-sentence.ts";
import { freshName, sendersNamed } from "./named-ids.ts";
import { placeText } from "./place-text.ts";
import { spotsOf } from "./spots.ts";

export interface Somebody {
  readonly origin: Origin;
  readonly isPaired: boolean;
  /** For people: `telegram:42 in telegram group -1001`. */
  readonly text: string;
}

/** Where an account has chats: in a direct message, the id is to be the sender's. */
interface Place {
  readonly account: AccountPlan;
  readonly chat: ChatReference;
  readonly text: string;
}

/** What is asked of a policy over and over, looked up once. */
export interface Ground {
  readonly plan: Plan;
  everywhere(kind: ChatKind): readonly Place[];
  /** An id of the network that nothing names. */
  freshId(network: string): string;
}

export function groundOf(plan: Plan): Ground {
  const places = new Map<ChatKind, readonly Place[]>();
  const fresh = new Map<string, string>();
  let spots: ReturnType<typeof spotsOf> | null = null;
  return {
    plan,
    everywhere(kind) {
      spots ??= spotsOf([plan]);
      const known = places.get(kind) ?? spots.all.flatMap((spot) => placesOf(plan, spot, kind));
      places.set(kind, known);
      return known;
    },
    freshId(network) {
      let id = fresh.get(network);
      if (id === undefined) {
        const named = new Set(sendersNamed([plan], network));
        fresh.set(network, (id = freshName("stranger", (name) => named.has(name))));
      }
      return id;
    },
  };
}

/** One for all chats of the spot that are of this kind: they are answered alike. */
function placesOf(
  plan: Plan,
  spot: ReturnType<typeof spotsOf>["all"][number],
  kind: ChatKind,
): readonly Place[] {
  const account = spot.sides[0]?.account;
  if (account === undefined) return [];
  const of = spot.chats.find(({ chat }) => chat.kind === kind);
  if (of !== undefined) return [{ account, chat: of.chat, text: of.place.text }];
  // Where groups and channels stand in one map, each is written down as a group.
  const isOneMap = plan.networks.get(spot.network)?.layout === "groups";
  const [other] = spot.chats;
  if (kind !== "channel" || !isOneMap || other?.chat.kind !== "group") return [];
  const text = placeText({ ...other.place, kind });
  return [{ account, chat: { ...other.chat, kind }, text }];
}

/** The rooms of that id at one account: more than one where nothing says to which guild it belongs. */
export function roomsAt(account: AccountPlan, room: Room): readonly Place[] {
  const { network, kind, id, topic } = room;
  const guilds = kind === "channel" && account.guilds !== null ? guildsOf(account.guilds, id) : [null];
  return guilds.map((guild) => ({
    account,
    chat: { kind, id, ...(topic !== null && { thread: topic }), ...(guild !== null && { guild }) },
    text: placeText({
      provider: network,
      account: account.account,
      kind,
      id,
      ...(topic !== null && { thread: topic }),
      ...(guild !== null && { guild }),
    }),
  }));
}

function guildsOf(guilds: NonNullable<AccountPlan["guilds"]>, room: string): readonly string[] {
  const naming = [...guilds].filter(([, { byId }]) => byId.has(room)).map(([id]) => id);
  if (naming.length > 0) return naming;
  return [...guilds.keys(), freshName("other-guild", (name) => guilds.has(name))];
}

export function somebodiesOf(ground: Ground, sentence: Sentence): readonly Somebody[] {
  const { where, network } = sentence;
  const accounts = network === null ? [] : [...(ground.plan.networks.get(network)?.accounts.values() ?? [])];
  const places =
    typeof where === "string"
      ? ground.everywhere(where).filter(({ account }) => network === null || account.network === network)
      : accounts.flatMap((account) => roomsAt(account, where));
  return places.flatMap((place) => peopleAt(ground, sentence, place));
}

function peopleAt(ground: Ground, sentence: Sentence, place: Place): readonly Somebody[] {
  const { account, chat, text } = place;
  return idsOf(ground, sentence, place).map((id) => ({
    origin: {
      provider: account.network,
      account: account.account,
      chat: chat.kind === "dm" ? { ...chat, id } : chat,
      sender: { id },
    },
    isPaired: sentence.who === "paired",
    text: `${account.network}:${id} in ${text}`,
  }));
}

function idsOf(ground: Ground, { who, network }: Sentence, { account, chat }: Place): readonly string[] {
  if (typeof who === "object") return [who.id];
  const fresh = ground.freshId(account.network);
  // Whoever holds the page is an owner; they are spoken of only where the sentence names their network.
  if (account.operator !== null) return who === "owner" && network !== null ? [fresh] : [];
  if (who === "owner") return [...account.commands.owners];
  if (who !== "friend") return [fresh];
  const { owners } = account.commands;
  return listedAt(account, scopeOf(account, asQuestion(account.network, account.account, chat))).filter(
    (id) => !owners.has(id) && !account.sharedSenders.has(id),
  );
}

/** Whom the lists of the account or of the chat itself name. */
function listedAt({ direct }: AccountPlan, scope: Scope): readonly string[] {
  const lists =
    scope.chat === "group"
      ? [...scope.roomLists.map(({ people }) => people), scope.groupList, direct.allowFrom]
      : [direct.allowFrom];
  return [...new Set(lists.flatMap((people) => [...(people?.ids ?? [])]))];
}
