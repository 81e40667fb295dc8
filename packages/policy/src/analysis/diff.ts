/**
 * Every change of access between two policies. Complete: no request of one person that is answered otherwise is missing, and
 * none is listed that is not (proof/analysis.test.ts). A request of several people, or of a run below others, is answered
 * by the answers to each of them, so it changes only where one of these does.
 */
import { canonicalJson } from "../canonical-json.ts";
import type { Policy } from "../policy.ts";
import { sha256 } from "../sha256.ts";
import { directionOf } from "./answer.ts";
import { landscapeOf, messageFrom, stateOf, type Landscape } from "./landscape.ts";
import { messageChanges, type dimensions, type MessageChange } from "./message-changes.ts";
import {
  activations,
  commandClasses,
  events,
  mentions,
  shapedRequest,
  type CommandClass,
} from "./message-shapes.ts";
import { shapeTexts, valuesOf } from "./message-words.ts";
import { any } from "./products.ts";
import { runLandscapeOf, type RunLandscape } from "./run-bases.ts";
import { runChanges, type RunChange } from "./run-changes.ts";
import { runKinds } from "./run-items.ts";
import { runWitness } from "./run-witness.ts";
import type { Change, Conditions, PolicyDiff, Whom, WitnessStep } from "./types.ts";
import { whoWhere, type WhoWhere } from "./who-where.ts";
import { wantedText } from "./words.ts";

/** @throws TypeError for a policy that `compile` did not make */
export function diff(before: Policy, after: Policy): PolicyDiff {
  const { found } = difference(before, after);
  const more = found.filter(({ change }) => change.direction !== "narrows").map(({ essence }) => essence);
  return {
    hash: `sha256:${sha256(canonicalJson(more.sort()))}`,
    widens: more.length > 0,
    changes: ordered(found).map(({ change, witness: { request, state } }) => {
      const [was, is] = [before.decide(request, state), after.decide(request, state)];
      return { ...change, witness: { request, state, before: was, after: is } };
    }),
  };
}

/** The same before it is put into order and words; for the proofs, which look at what it was made of. */
export function difference(before: Policy, after: Policy) {
  const landscape = runLandscapeOf(landscapeOf([before, after]));
  const commands = commandClasses(landscape.plans);
  const messages = messageChanges(landscape).map((change) => ({
    change,
    ...ofMessages(landscape, change, commands),
  }));
  const runs = runChanges(landscape).map((change) => ({ change, ...ofRuns(landscape, change) }));
  return { landscape, messages, runs, found: [...messages, ...runs].map(({ found }) => found) };
}

/** A change before its witness is decided, and what makes it this one. */
interface Found {
  readonly change: Omit<Change, "witness">;
  readonly witness: WitnessStep;
  readonly essence: string;
}

function foundOf(change: Omit<Change, "witness">, witness: WitnessStep, asked: unknown): Found {
  const { action, agents, before, after, runs = null, models = null } = change;
  const whom = change.whom.map(({ senders, when, chats }) =>
    canonicalJson({ senders, when, chats: chats.map(({ text }) => text).sort() }),
  );
  const essence = {
    action,
    agents: [...agents].sort(),
    before,
    after,
    runs,
    models,
    asked,
    whom: whom.sort(),
  };
  return { change, witness, essence: canonicalJson(essence) };
}

const directions = ["widens", "moves", "narrows"] as const;
const actions = ["tool", "message", "send", "session"] as const;

function ordered(found: readonly Found[]): readonly Found[] {
  const rank = ({ change: { direction, action, after } }: Found) =>
    directions.indexOf(direction) * 10 + (after.place === "host" ? 0 : actions.indexOf(action) + 1);
  return found.toSorted((a, b) => rank(a) - rank(b) || (a.essence < b.essence ? -1 : 1));
}

function ofMessages(
  landscape: Landscape,
  { before, after, product, standings }: MessageChange,
  commands: readonly CommandClass[],
): { readonly found: Found; readonly whom: readonly Whom[] } {
  const values = (dimension: (typeof dimensions)[number]) => valuesOf(product, dimension);
  const [isPaired, budget] = [values("isPaired")[0]!, values("isWithinBudget")[0]!];
  const activation = values("activation").map((at) => activations[at]!);
  const members = standings.flatMap((standing) =>
    values("profile").map((profile) => ({ standing, isPaired, profile })),
  );
  const also: Conditions = {
    ...(budget !== any && { isWithinBudget: budget === 1 }),
    ...(values("activation")[0] !== any && { activation }),
  };
  const whom = whoWhere(landscape, members, also);
  const change = {
    direction: directionOf(before, after),
    action: "message",
    what: shapeTexts(product, commands),
    agents: [],
    before,
    after,
    whom,
  } as const;
  const { standing, profile } = whom[0]!.member;
  const shape = {
    event: events[values("event")[0]!] ?? "message",
    mention: mentions[values("mention")[0]!] ?? "mentioned",
    mentionsOthers: values("others")[0] === 1,
    command: commands[values("command")[0]!] ?? null,
  };
  const request = shapedRequest(messageFrom(landscape.standings[standing]!), shape);
  const state = {
    ...stateOf(isPaired === 1, landscape.profiles[profile] ?? null),
    ...(budget !== 0 && { isWithinBudget: true }),
    ...(activation[0] && { activation: activation[0] }),
  };
  const asked = [
    ...(["event", "mention", "others"] as const).map(values),
    values("command")
      .flatMap((at) => (commands[at] ?? [{ name: "" }]).map(({ name }) => name))
      .sort(),
  ];
  const found = foundOf({ ...change, whom: whom.map(withoutMember) }, { request, state }, asked);
  return { found, whom };
}

function ofRuns(
  landscape: RunLandscape,
  found: RunChange,
): { readonly found: Found; readonly whom: readonly Whom[] } {
  const { before, after, agents, wants, origins } = found;
  const members = origins.map(({ standing, isPaired, profile }) => ({
    standing,
    isPaired: isPaired === null ? any : Number(isPaired),
    profile,
  }));
  const runs = found.runs[0] === any ? null : found.runs.map((at) => runKinds[at]!);
  const models = found.models?.map(({ text }) => text);
  const [wanted] = wants;
  const whom = whoWhere(landscape, members);
  const { member } = whom[0]!;
  const witness = runWitness(landscape, {
    standing: landscape.standings[member.standing]!,
    isPaired: member.isPaired === any ? null : member.isPaired === 1,
    profile: landscape.profiles[member.profile] ?? null,
    agent: agents[0]!,
    run: runs?.[0] ?? "turn",
    model: found.models?.[0]?.model ?? null,
    wanted: wanted!,
  });
  const what = wants.flatMap(wantedText);
  const change = {
    direction: directionOf(before, after),
    action: wanted!.action,
    what,
    agents,
    ...(runs !== null && { runs }),
    ...(models !== undefined && { models }),
    before,
    after,
    whom: whom.map(withoutMember),
  };
  return { found: foundOf(change, witness, what.toSorted()), whom };
}

const withoutMember = ({ member: _member, ...whom }: WhoWhere): Whom => whom;
