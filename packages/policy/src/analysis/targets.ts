/** Whom a run can be told to write to: all chats, those together that the policies accept alike. */
import { targetOf } from "../decide-send.ts";
import type { Plan } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { SendRequest } from "../request.ts";
import type { SendFacts } from "../tool-facts.ts";
import type { Landscape, Standing } from "./landscape.ts";
import { isHere } from "../view.ts";
import { asQuestion } from "./as-question.ts";

type Word = SendFacts["target"];

export interface TargetChat {
  readonly to: SendRequest["to"];
  readonly isPaired: boolean;
  /** Every other one of its kind. */
  readonly isAnyOther: boolean;
  readonly text: string;
}

export interface TargetClass {
  /** The tool that is asked for: `message` to this network. */
  readonly network: string;
  /** For each policy: what it says where an owner is behind the run, and where anybody else is. */
  readonly words: readonly Readonly<Record<"owner" | "other", Word>>[];
  readonly chats: readonly TargetChat[];
  /** The policies say the same of it. */
  readonly isSame: boolean;
}

export function targetsOf({ plans, standings }: Landscape): readonly TargetClass[] {
  const classes = new Map<string, { network: string; words: TargetClass["words"]; chats: TargetChat[] }>();
  const add = (chat: TargetChat) => {
    const { provider: network, account = "default" } = chat.to;
    const question = asQuestion(network, account, chat.to.chat);
    const wordsUnder = (plan: Plan) => ({
      owner: wordOf(plan, question, chat.isPaired, "owner"),
      other: wordOf(plan, question, chat.isPaired, "listed"),
    });
    const first = wordsUnder(plans[0]!);
    const words = plans.map((plan) => (plan === plans[0] ? first : wordsUnder(plan)));
    const key = JSON.stringify([network, words]);
    const known = classes.get(key) ?? { network, words, chats: [] };
    classes.set(key, known);
    known.chats.push(chat);
  };
  const spots = new Set<Standing["spot"]>();
  for (const standing of standings) {
    const { spot, senders } = standing;
    if (spot.chat.kind === "dm")
      for (const chat of people(standing, senders.isRest ? [senders.witness] : senders.ids)) add(chat);
    else if (!spots.has(spot)) for (const chat of rooms(spot)) add(chat);
    spots.add(spot);
  }
  return [...classes.values()].map((found) => {
    const [first, ...rest] = found.words;
    const isSame = rest.every(({ owner, other }) => owner === first!.owner && other === first!.other);
    return { ...found, isSame };
  });
}

function wordOf(plan: Plan, to: Question, isPaired: boolean, standing: "owner" | "listed"): Word {
  // The question where a run comes from is another one: here it comes from nowhere.
  const origin = { ...to, provider: "" };
  return targetOf({ plan, origin, state: { isTargetPaired: isPaired }, standing }, to).word;
}

function people({ spot, senders }: Standing, ids: readonly string[]): readonly TargetChat[] {
  const { network: provider, account, chat } = spot;
  const at = [
    ...(account === "default" ? [] : [` (account ${account})`]),
    ...(chat.team ? [`, team ${chat.team}`] : []),
  ].join("");
  return ids.flatMap((id) =>
    [false, true].map((isPaired) => ({
      to: { provider, account, chat: { ...chat, id } },
      isPaired,
      isAnyOther: senders.isRest,
      text: `${senders.isRest ? `anybody else on ${provider}` : `${provider}:${id}`}${at}${isPaired ? ", paired" : ""}`,
    })),
  );
}

/** One chat of each place of the spot. */
const rooms = ({ network: provider, account, chats }: Standing["spot"]): readonly TargetChat[] =>
  chats.map(({ chat, place }) => ({
    to: { provider, account, chat },
    isPaired: false,
    isAnyOther: place.id === null,
    text: place.text,
  }));

/** Whether whoever writes there has no chat of the class but the one that they write in. */
export function isOnlyHere({ chats }: TargetClass, { spot, senders }: Standing): boolean {
  const isDirect = spot.chat.kind === "dm";
  if (chats.some(({ isAnyOther }) => isAnyOther) || (isDirect && senders.isRest)) return false;
  const own = isDirect
    ? senders.ids.map((id) => ({ ...spot.chat, id }))
    : spot.chats.map(({ chat, place }) => (place.id === null ? null : chat));
  return own.every(
    (chat) =>
      chat !== null &&
      chats.every(({ to }) => {
        const target = asQuestion(to.provider, to.account ?? "default", to.chat);
        return isHere(asQuestion(spot.network, spot.account, chat), target);
      }),
  );
}
