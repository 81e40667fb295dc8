/** Messages that two policies answer differently: which shapes of message, from which standings. */
import { asksProfile } from "../decide-message.ts";
import type { AccountPlan, Plan, Profile } from "../plan.ts";
import type { StateFacts } from "../request.ts";
import { profileOf } from "../tool-view.ts";
import { denied, isSameAnswer, keyOfAnswer } from "./answer.ts";
import { pairings, questionOf, type Landscape, type Standing } from "./landscape.ts";
import { admissionOf, deskOf, messageAnswer, wordsOf, type Desk } from "./message-answers.ts";
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

interface Table {
  readonly found: readonly Found[];
  readonly standings: number[];
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
  // Most standings are answered alike, so each way of being answered is taken apart once.
  const tables = new Map<string, Table>();
  for (const [index, standing] of landscape.standings.entries()) {
    const ground = groundOf(landscape, standing);
    const sides = sidesOf(ground);
    if (sides.every((side) => side === sides[0]) && ground.groups.every(({ isSame }) => isSame)) continue;
    const key = JSON.stringify([ground.isGroup, ground.isActivated, ground.pairings, sides, ground.groups]);
    const table = tables.get(key) ?? { found: changesOf(ground, commands, pairOf), standings: [] };
    tables.set(key, table);
    table.standings.push(index);
  }
  return joinedTables([...tables.values()], pairs, sizesOf(landscape, commands));
}

const classes = new WeakMap<Plan, WeakMap<Plan, readonly CommandClass[]>>();

/** Those that neither of the two tells apart. */
function commandsOf(first: Plan, second: Plan): readonly CommandClass[] {
  const known = classes.get(first) ?? new WeakMap<Plan, readonly CommandClass[]>();
  classes.set(first, known);
  const found = known.get(second) ?? commandClasses([first, second]);
  known.set(second, found);
  return found;
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
  tables: readonly Table[],
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

/** What the answers of a standing depend on under each policy, whatever the message looks like. */
interface Ground {
  readonly desks: readonly (Desk | null)[];
  readonly groups: readonly ProfileGroup[];
  readonly isGroup: boolean;
  readonly isActivated: boolean;
  readonly pairings: readonly (boolean | null)[];
}

function groundOf(landscape: Landscape, standing: Standing): Ground {
  const question = questionOf(standing);
  const desks = standing.spot.sides.map((side) => side && deskOf(side, question));
  return groundAt(landscape, desks, pairings(standing));
}

function groundAt(
  landscape: Pick<Landscape, "profiles">,
  desks: readonly (Desk | null)[],
  pairs: Ground["pairings"],
): Ground {
  const scopes = desks.flatMap((desk) => (desk?.side.scope.chat === "group" ? [desk.side.scope] : []));
  return {
    desks,
    groups: profileGroups(landscape, desks),
    isGroup: scopes.length > 0,
    isActivated: scopes.some(({ requireMention }) => requireMention === "unset"),
    pairings: pairs,
  };
}

/** Whether two desks answer every message alike: `known` remembers what was found, for one set of plans. */
export function isAnsweredAlike(
  landscape: Pick<Landscape, "profiles">,
  desks: readonly [Desk, Desk],
  known: Map<string, boolean>,
): boolean {
  const ground = groundAt(landscape, desks, desks[0].question.kind === "dm" ? [false, true] : [null]);
  const commands = commandsOf(desks[0].side.plan, desks[1].side.plan);
  const sides = sidesOf(ground);
  if (sides[0] === sides[1] && ground.groups.every(({ isSame }) => isSame)) return true;
  const key = JSON.stringify([ground.isGroup, ground.isActivated, ground.pairings, sides, ground.groups]);
  const isAlike = known.get(key) ?? changesOf(ground, commands, () => 0, 1).length === 0;
  known.set(key, isAlike);
  return isAlike;
}

/**
 * For each policy, equal where all messages are answered alike but for the sender's profile: the facts of one message, of
 * which others only change the words that the message itself fills in, what refuses its commands, and where it goes.
 */
function sidesOf({ desks, pairings: paired }: Ground): readonly string[] {
  const shape = { event: "message", mention: "mentioned", mentionsOthers: false, command: null } as const;
  return desks.map((desk) => {
    if (desk === null) return "";
    const { side, question, seat, session } = desk;
    let key = `${wordsOf(side.scope)} ${seat.agent} ${session} ${refusals(side.account, question.senderId)}`;
    for (const isPaired of paired)
      key += ` ${admissionOf(side, shaped(question, shape), { isPaired: isPaired === true }).key}`;
    return key;
  });
}

/** All that can keep a command from this sender, whatever the chat. */
function refusals({ commands }: AccountPlan, senderId: string | null): string {
  const { textOff, nativeOff, off, list } = commands;
  const isListed = list === null || list.has(senderId ?? "");
  return `${textOff !== null} ${nativeOff !== null} ${[...off.keys()].join()} ${isListed}`;
}

function changesOf(
  ground: Ground,
  commands: readonly CommandClass[],
  pairOf: (before: Answer, after: Answer) => number,
  most = Number.POSITIVE_INFINITY,
): readonly Found[] {
  const { desks, groups, isGroup, isActivated } = ground;
  const budgets = groups.some(({ hasBudget }) => hasBudget) ? [0, 1] : [any];
  const found: Found[] = [];
  for (const isPaired of ground.pairings)
    for (const activation of isActivated ? activations.keys() : [any])
      for (const event of events.keys())
        for (const mention of isGroup ? mentions.keys() : [any])
          for (const others of isGroup ? [0, 1] : [any])
            for (const [command, names] of commands.entries()) {
              const shape = {
                event: events[event]!,
                mention: mentions[mention] ?? "mentioned",
                mentionsOthers: others === 1,
                command: names,
              } as const;
              const asked = desks.map((desk) => desk && shaped(desk.question, shape));
              const known: StateFacts = {
                isPaired: isPaired === true,
                activation: activations[activation] ?? null,
              };
              const admissions = desks.map((desk, at) => desk && admissionOf(desk.side, asked[at]!, known));
              const paired = isPaired === null ? any : Number(isPaired);
              const answer = (at: number, state: StateFacts): Answer => {
                const [desk, admission] = [desks[at], admissions[at]];
                return desk && admission ? messageAnswer(desk, asked[at]!, admission, state) : denied;
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
                  if (found.length >= most) return found;
                }
            }
  return found;
}

interface ProfileGroup {
  /** Indexes of the landscape's profiles. */
  readonly profiles: readonly number[];
  /** One of them. */
  readonly name: string | null;
  /** What they give, under each policy. */
  readonly key: string;
  readonly isSame: boolean;
  readonly hasBudget: boolean;
}

/** What an approval can name, those together that give a message the same rights, whatever the standing. */
function profileGroups(
  { profiles }: Pick<Landscape, "profiles">,
  desks: readonly (Desk | null)[],
): readonly ProfileGroup[] {
  const groups = new Map<string, { -readonly [Key in keyof ProfileGroup]: ProfileGroup[Key] }>();
  for (const [index, name] of profiles.entries()) {
    const keys = desks.map((desk) => (desk === null ? "" : rightsKey(desk, name)));
    const key = keys.join("\n");
    const group = groups.get(key);
    if (group !== undefined) group.profiles = [...group.profiles, index];
    else {
      const isSame = keys.every((each) => each === keys[0]);
      groups.set(key, { profiles: [index], name, key, isSame, hasBudget: key.includes('"budget":{') });
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
