/** Messages that two policies answer differently: which shapes of message, from which standings. */
import { asksProfile } from "../decide-message.ts";
import type { Profile } from "../plan.ts";
import type { StateFacts } from "../request.ts";
import { profileOf } from "../tool-view.ts";
import { denied, isSameAnswer, keyOfAnswer } from "./answer.ts";
import { pairings, questionOf, type Landscape, type Standing } from "./landscape.ts";
import { admissionOf, type Admission, deskOf, messageAnswer, type Desk } from "./message-answers.ts";
import {
  activations,
  commandClasses,
  events,
  mentions,
  shaped,
  type CommandClass,
} from "./message-shapes.ts";
import { any, productsOf, type Point, type Product } from "./products.ts";
import type { Answer } from "./types.ts";

/** The dimensions of a shape in a state, in the order of a point's numbers. */
export const dimensions = [
  "event",
  "mention",
  "others",
  "command",
  "activation",
  "isPaired",
  "profile",
  "isWithinBudget",
] as const;

export interface MessageChange {
  readonly before: Answer;
  readonly after: Answer;
  /** Over `dimensions`. */
  readonly product: Product;
  /** Indexes of standings; each changes in all of the product. */
  readonly standings: readonly number[];
}

interface Found {
  readonly point: Point;
  readonly pair: number;
}

export function messageChanges(landscape: Landscape): readonly MessageChange[] {
  const commands = commandClasses(landscape.plans);
  const pairs: (readonly [Answer, Answer])[] = [];
  const pairNumbers = new Map<string, number>();
  const pairOf = (before: Answer, after: Answer): number => {
    const key = `${keyOfAnswer(before)} ${keyOfAnswer(after)}`;
    const known = pairNumbers.get(key);
    if (known !== undefined) return known;
    pairNumbers.set(key, pairs.length);
    return pairs.push([before, after]) - 1;
  };
  // Most standings change in the same ways, so each way is taken apart once.
  const tables = new Map<string, { readonly found: readonly Found[]; readonly standings: number[] }>();
  for (const [index, standing] of landscape.standings.entries()) {
    const found = changesOf(landscape, standing, commands, pairOf);
    if (found.length === 0) continue;
    const key = found.map(({ point, pair }) => `${point.join()} ${pair}`).join(";");
    const table = tables.get(key) ?? { found, standings: [] };
    tables.set(key, table);
    table.standings.push(index);
  }
  return joinedTables([...tables.values()], pairs, sizesOf(landscape, commands));
}

const sizesOf = ({ profiles }: Landscape, commands: readonly CommandClass[]): readonly number[] => [
  events.length,
  mentions.length,
  2,
  Number.POSITIVE_INFINITY * commands.length,
  activations.length,
  2,
  profiles.length,
  2,
];

/** What changes alike in the same tables goes together. */
function joinedTables(
  tables: readonly { readonly found: readonly Found[]; readonly standings: readonly number[] }[],
  pairs: readonly (readonly [Answer, Answer])[],
  sizes: readonly number[],
): readonly MessageChange[] {
  const where = new Map<string, { readonly found: Found; readonly tables: number[] }>();
  for (const [index, { found }] of tables.entries())
    for (const each of found) {
      const key = `${each.point.join()} ${each.pair}`;
      const known = where.get(key) ?? { found: each, tables: [] };
      where.set(key, known);
      known.tables.push(index);
    }
  const groups = new Map<
    string,
    { readonly pair: number; readonly tables: readonly number[]; readonly points: Point[] }
  >();
  for (const { found, tables: among } of where.values()) {
    const key = `${found.pair} ${among.join()}`;
    const group = groups.get(key) ?? { pair: found.pair, tables: among, points: [] };
    groups.set(key, group);
    group.points.push(found.point);
  }
  return [...groups.values()].flatMap(({ pair, tables: among, points }) => {
    const [before, after] = pairs[pair]!;
    const standings = among.flatMap((at) => tables[at]!.standings);
    return productsOf(points, sizes, [2, 1, 4, 7, 5, 6, 0, 3]).map((product) => ({
      before,
      after,
      product,
      standings,
    }));
  });
}

function changesOf(
  landscape: Landscape,
  standing: Standing,
  commands: readonly CommandClass[],
  pairOf: (before: Answer, after: Answer) => number,
): readonly Found[] {
  const { spot } = standing;
  const isGroup = spot.sides.some((side) => side?.scope.chat === "group");
  const isActivated = spot.sides.some(
    (side) => side?.scope.chat === "group" && side.scope.requireMention === "unset",
  );
  const question = questionOf(standing);
  const desks = spot.sides.map((side) => side && deskOf(side, question));
  const groups = profileGroups(landscape, desks);
  const isSameDesk = isAlike(desks) && groups.every(({ isSame }) => isSame);
  const budgets = groups.some(({ hasBudget }) => hasBudget) ? [0, 1] : [any];
  const found: Found[] = [];
  for (const isPaired of pairings(standing))
    for (const activation of isActivated ? activations.keys() : [any])
      for (const event of events.keys())
        for (const mention of isGroup ? mentions.keys() : [any])
          for (const others of isGroup ? [0, 1] : [any])
            for (const [command, names] of commands.entries()) {
              const asked = shaped(question, {
                event: events[event]!,
                mention: mentions[mention] ?? "mentioned",
                mentionsOthers: others === 1,
                command: names,
              });
              const known: StateFacts = {
                isPaired: isPaired === true,
                activation: activations[activation] ?? null,
              };
              const admissions = desks.map((desk) => desk && admissionOf(desk.side, asked, known));
              const [first, second] = admissions;
              if (isSameDesk && first && second && isSameAdmission(first, second)) continue;
              const paired = isPaired === null ? any : isPaired ? 1 : 0;
              const answer = (at: number, state: StateFacts): Answer => {
                const [desk, admission] = [desks[at], admissions[at]];
                return desk && admission ? messageAnswer(desk, asked, admission, state) : denied;
              };
              const isAsked = admissions.some((admission) => admission && asksProfile(admission.outcome));
              for (const { profiles, name } of isAsked ? groups : [{ profiles: [any], name: null }])
                for (const budget of isAsked ? budgets : [any]) {
                  const state = { ...known, profile: name, isWithinBudget: budget !== 0 };
                  const [before, after] = [answer(0, state), answer(1, state)];
                  if (isSameAnswer(before, after)) continue;
                  const pair = pairOf(before, after);
                  for (const profile of profiles)
                    found.push({
                      point: [event, mention, others, command, activation, paired, profile, budget],
                      pair,
                    });
                }
            }
  return found;
}

/** Of an event that starts nothing the facts say too with what standing it would have. */
function isSameAdmission(first: Admission, second: Admission): boolean {
  if (first.outcome !== second.outcome) return false;
  if (first.outcome.deed !== "context") return true;
  const [one, other] = [first.facts, second.facts] as unknown as Readonly<Record<string, unknown>>[];
  for (const fact in one) if (one[fact] !== other![fact]) return false;
  return true;
}

interface ProfileGroup {
  /** Indexes of the landscape's profiles. */
  readonly profiles: readonly number[];
  /** One of them. */
  readonly name: string | null;
  readonly isSame: boolean;
  readonly hasBudget: boolean;
}

/** What an approval can name, those together that give a message the same rights, whatever the standing. */
function profileGroups({ profiles }: Landscape, desks: readonly (Desk | null)[]): readonly ProfileGroup[] {
  const groups = new Map<string, { -readonly [Key in keyof ProfileGroup]: ProfileGroup[Key] }>();
  for (const [index, name] of profiles.entries()) {
    const keys = desks.map((desk) => (desk === null ? "" : rightsKey(desk, name)));
    const key = keys.join("\n");
    const group = groups.get(key);
    if (group !== undefined) group.profiles = [...group.profiles, index];
    else {
      const isSame = keys.every((each) => each === keys[0]);
      groups.set(key, { profiles: [index], name, isSame, hasBudget: key.includes('"budget":{') });
    }
  }
  return [...groups.values()];
}

function rightsKey({ side: { plan, account }, question }: Desk, name: string | null): string {
  const authorities = ["owner", "listed", "stranger"] as const;
  return authorities
    .map((authority) =>
      profileOf(plan, account.network, question.senderId ?? "", authority, { profile: name }),
    )
    .map((profile) => (profile === null ? "" : messageRights(profile)))
    .join(" ");
}

const known = new WeakMap<Profile, string>();

function messageRights(profile: Profile): string {
  let key = known.get(profile);
  if (key === undefined) {
    const { agents, commands, budget, name } = profile;
    key = JSON.stringify({
      agents: agents && [...agents].sort(),
      commands: commands && [...commands].sort(),
      ...(budget !== null && { budget, name }),
    });
    known.set(profile, key);
  }
  return key;
}

function isAlike(desks: readonly (Desk | null)[]): boolean {
  const [first, second] = desks;
  if (!first || !second) return false;
  return first.seat.agent === second.seat.agent && first.session === second.session;
}
