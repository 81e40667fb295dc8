/** Members of a class as few products of people, chats and states, exactly. */
import type { Landscape } from "./landscape.ts";
import { sorted } from "./named-ids.ts";
import { any, productsOf } from "./products.ts";
import type { Spot } from "./spots.ts";
import type { ChatPlace, Conditions, Senders, Whom } from "./types.ts";
import { sendersText } from "./words.ts";

/** A standing, in one state of approval. `any` where the state does not matter. */
export interface Member {
  /** Index of the landscape's standing. */
  readonly standing: number;
  /** 0 or 1. */
  readonly isPaired: number;
  /** Index of the landscape's profile. */
  readonly profile: number;
}

export interface WhoWhere extends Whom {
  /** One of them. */
  readonly member: Member;
}

interface SpotGroup {
  readonly spot: Spot;
  readonly member: Member;
  readonly when: Conditions;
  readonly standings: number[];
}

/** `also`: what else holds of the state. */
export function whoWhere(
  landscape: Landscape,
  members: readonly Member[],
  also: Conditions = {},
): readonly WhoWhere[] {
  const { standings } = landscape;
  // First the people of one spot who are told the same in the same states, then the spots where it is the same people.
  const bySpot = new Map<string, SpotGroup>();
  const spotNumbers = new Map<Spot, number>();
  for (const { standing, states } of statesOf(members, landscape.profiles.length)) {
    const { spot } = standings[standing]!;
    if (!spotNumbers.has(spot)) spotNumbers.set(spot, spotNumbers.size);
    for (const [isPaired, profiles] of states) {
      const key = `${spotNumbers.get(spot)} ${isPaired.join()} ${profiles.join()}`;
      const member = { standing, isPaired: isPaired[0]!, profile: profiles[0]! };
      const when = whenOf(isPaired, profiles, landscape);
      const group = bySpot.get(key) ?? { spot, member, when, standings: [] };
      bySpot.set(key, group);
      group.standings.push(standing);
    }
  }
  const found = new Map<string, Found>();
  for (const group of bySpot.values()) {
    const { senders, hasListed } = sendersOf(landscape, group.spot, group.standings);
    const key = JSON.stringify([senders, group.when]);
    const known = found.get(key) ?? { group, senders, chats: [], hasListed: false };
    found.set(key, known);
    known.hasListed ||= hasListed;
    known.chats.push(...group.spot.chats.map(({ place }) => place));
  }
  const unknownProfile = landscape.profiles.at(-1)!;
  return [...found.values()].map(({ group: { spot, member, when: known }, senders, chats, hasListed }) => {
    const when = { ...known, ...also };
    return {
      who: spot.isOperator
        ? [`the operator on ${spot.network}`]
        : sendersText(senders, when, unknownProfile, hasListed),
      where: chats.map(({ text }) => text),
      senders,
      chats,
      when,
      member,
    };
  });
}

interface Found {
  readonly group: SpotGroup;
  readonly senders: Senders;
  readonly chats: ChatPlace[];
  /** Among those who are not named one by one are some whom the config names. */
  hasListed: boolean;
}

function statesOf(members: readonly Member[], profiles: number) {
  const points = new Map<number, [number, number][]>();
  for (const { standing, isPaired, profile } of members) {
    const known = points.get(standing);
    if (known === undefined) points.set(standing, [[isPaired, profile]]);
    else known.push([isPaired, profile]);
  }
  const known = new Map<string, ReturnType<typeof productsOf>>();
  return [...points].map(([standing, states]) => {
    const key = states.join(";");
    const products = known.get(key) ?? productsOf(states, [2, profiles], [1, 0]);
    known.set(key, products);
    return { standing, states: products.map((product) => [product[0]!, product[1]!] as const) };
  });
}

function whenOf(
  isPaired: readonly number[],
  profiles: readonly number[],
  { profiles: names }: Landscape,
): Conditions {
  return {
    ...(isPaired[0] !== any && { isPaired: isPaired[0] === 1 }),
    ...(profiles[0] !== any && { profile: profiles.map((at) => names[at]!) }),
  };
}

function sendersOf({ standings }: Landscape, { network }: Spot, classes: readonly number[]) {
  const chosen = classes.map((at) => standings[at]!.senders);
  const named = new Set(chosen.flatMap(({ ids, isRest }) => (isRest ? [] : ids)));
  const rest = chosen.find(({ isRest }) => isRest);
  const senders: Senders =
    rest === undefined
      ? { network, kind: "only", ids: sorted(named) }
      : { network, kind: "all-but", ids: sorted(rest.ids.filter((id) => !named.has(id))) };
  return { senders, hasListed: rest !== undefined && named.size > 0 };
}
