/** One request of a class of runs, as `decide` takes it. */
import { formatSessionKey } from "../session-key.ts";
import type { Request, RunKind, SendRequest, StateFacts } from "../request.ts";
import { standpointOf } from "../standpoint.ts";
import { isHere } from "../view.ts";
import { originOf, questionOf, stateOf, type Landscape, type Standing } from "./landscape.ts";
import { freshName } from "./named-ids.ts";
import type { ModelClass, Wanted, Whose } from "./run-items.ts";
import type { TargetClass } from "./targets.ts";
import { asQuestion } from "./as-question.ts";
import type { WitnessStep } from "./types.ts";

export interface Asking {
  readonly standing: Standing;
  readonly isPaired: boolean | null;
  /** What the approval names. */
  readonly profile: string | null;
  readonly agent: string;
  readonly run: RunKind;
  readonly model: ModelClass["model"];
  readonly wanted: Wanted;
}

export function runWitness(landscape: Landscape, asking: Asking): WitnessStep {
  const { standing, isPaired, profile, agent, run, model, wanted } = asking;
  const known = stateOf(isPaired, profile);
  const common = {
    ...originOf(standing),
    agent,
    ...(run !== "turn" && { run }),
    ...(model !== null && { model }),
  };
  if (wanted.action === "tool") {
    const { tool, isElevated } = wanted;
    return {
      request: { action: "tool", ...common, tool, ...(isElevated && { elevated: true }) },
      state: known,
    };
  }
  if (wanted.action === "send") {
    const { to, isTargetPaired } = targetFor(standing, wanted.target);
    return {
      request: { action: "send", ...common, to },
      state: { ...known, ...(isTargetPaired && { isTargetPaired }) },
    };
  }
  if (wanted.operation === "spawn") {
    const request: Request = {
      action: "session",
      ...common,
      operation: "spawn",
      target: wanted.agents[0] ?? agent,
    };
    return { request, state: known };
  }
  const { whose, operation } = wanted;
  const state: StateFacts = wanted.isSpawned ? { ...known, isSpawned: true } : known;
  const session = sessionFor(landscape, asking, whose, wanted.agents[0] ?? agent);
  return { request: { action: "session", ...common, operation, session }, state };
}

function targetFor(
  standing: Standing,
  target: TargetClass | null,
): { readonly to: SendRequest["to"]; readonly isTargetPaired: boolean } {
  const { provider, account = "default", chat } = originOf(standing);
  if (target === null) return { to: { provider, account, chat }, isTargetPaired: false };
  const origin = questionOf(standing);
  const elsewhere = target.chats.find(
    ({ to }) => !isHere(origin, asQuestion(to.provider, to.account ?? "default", to.chat)),
  );
  if (elsewhere !== undefined) return { to: elsewhere.to, isTargetPaired: elsewhere.isPaired };
  // Every other chat of its kind: one more of them.
  const { to, isPaired } = target.chats[0]!;
  return { to: { ...to, chat: { ...to.chat, id: `${to.chat.id}-too` } }, isTargetPaired: isPaired };
}

/** Their own, under the policy that is meant; else one that no message of theirs runs in. */
function sessionFor(
  { plans }: Landscape,
  { standing, isPaired, profile }: Asking,
  whose: Whose,
  agent: string,
): string {
  if (whose === "own" || whose === "own-before" || whose === "own-after") {
    const state = stateOf(isPaired, profile);
    for (const plan of whose === "own-after" ? plans.toReversed() : plans) {
      const at = standpointOf(plan, questionOf(standing), state, agent, "turn");
      if (!("effect" in at) && at.session !== null) return at.session;
    }
  }
  const id = freshName("somebody", (name) => name === standing.senders.witness);
  return formatSessionKey({ agent, chat: "dm", provider: "elsewhere", account: "default", id });
}
