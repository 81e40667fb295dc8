/** Everybody who can ask, everywhere and in every state that some policies tell apart. */
import type { Plan } from "../plan.ts";
import { planOf } from "../plan-of.ts";
import type { Policy } from "../policy.ts";
import type { Question } from "../read-message.ts";
import type { MessageRequest, Origin, StateFacts } from "../request.ts";
import { freshName, sorted } from "./named-ids.ts";
import { rosterOf, sendersAt, type SenderClass } from "./sender-classes.ts";
import { asQuestion } from "./as-question.ts";
import { spotsOf, type Spot, type Spots } from "./spots.ts";

/** A class of people at a spot. */
export interface Standing {
  readonly spot: Spot;
  readonly senders: SenderClass;
}

export interface Landscape {
  readonly plans: readonly Plan[];
  readonly spots: Spots;
  readonly standings: readonly Standing[];
  /** What an approval can name: nothing, each profile, and one that no policy has. */
  readonly profiles: readonly (string | null)[];
}

/** @throws TypeError for a policy that `compile` did not make */
export function landscapeOf(policies: readonly Policy[]): Landscape {
  const plans = policies.map((policy) => {
    const plan = planOf(policy);
    if (plan === undefined) throw new TypeError("Only a policy that compile() made can be analysed.");
    return plan;
  });
  const named = sorted(plans.flatMap(({ profiles }) => [...profiles.byName.keys()]));
  const rosters = new Map<string, ReturnType<typeof rosterOf>>();
  const spots = spotsOf(plans);
  const standings = spots.all.flatMap((spot) => {
    const roster = rosters.get(spot.network) ?? rosterOf(plans, spot.network);
    rosters.set(spot.network, roster);
    return sendersAt(spot, roster).map((senders) => ({ spot, senders }));
  });
  return { plans, spots, standings, profiles: [null, ...named, unknownProfileFor(named)] };
}

const unknownProfileFor = (named: readonly string[]): string =>
  freshName("unknown-profile", (name) => named.includes(name));

export function originOf({ spot, senders }: Standing): Origin {
  const { network, account, chat } = spot;
  const id = senders.witness;
  return {
    provider: network,
    account,
    chat: chat.kind === "dm" ? { ...chat, id } : chat,
    sender: { id },
  };
}

/** Their message as the engine reads it, one that a mention makes heard. */
export const questionOf = ({ spot, senders }: Standing): Question => questionAt(spot, senders.witness);

export function questionAt({ network, account, chat }: Spot, id: string): Question {
  return { ...asQuestion(network, account, chat.kind === "dm" ? { ...chat, id } : chat), senderId: id };
}

/** A message that a mention makes heard. */
export const messageFrom = (standing: Standing): MessageRequest => ({
  action: "message",
  ...originOf(standing),
  mentioned: true,
  mentionDetectable: true,
  mentionsOthers: false,
});

/** Only a direct message can be made possible by an approval. */
export const pairings = ({ spot }: Standing): readonly (boolean | null)[] =>
  spot.chat.kind === "dm" ? [false, true] : [null];

/** A state, without what is not said in it. */
export function stateOf(isPaired: boolean | null, profile: string | null): StateFacts {
  return { ...(isPaired === true && { isPaired }), ...(profile !== null && { profile }) };
}
