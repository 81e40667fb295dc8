/** What a sentence asks of one of those whom it speaks of: requests, each as the one before makes it possible. */
import type { Decision } from "../decision.ts";
import type { Policy } from "../policy.ts";
import type { MessageRequest, Request } from "../request.ts";
import { roomsAt, type Ground, type Somebody } from "./example-chats.ts";
import type { Sentence } from "./example-sentence.ts";
import type { WitnessStep } from "./types.ts";

export interface Asked {
  readonly steps: readonly WitnessStep[];
  /** The answer to the last of them. */
  readonly decision: Decision;
}

export function askedFor(
  policy: Policy,
  ground: Ground,
  sentence: Sentence,
  { origin, isPaired }: Somebody,
): readonly Asked[] {
  const { deed } = sentence;
  const state = { ...(isPaired && { isPaired }), isWithinBudget: true };
  const message: MessageRequest = {
    action: "message",
    ...origin,
    mentioned: deed.kind !== "writes" || deed.isMentioned,
    mentionDetectable: true,
    mentionsOthers: false,
    ...(deed.kind === "gives" && { command: deed.command.name }),
  };
  const first = { request: message, state };
  const heard = policy.decide(message, state);
  if (deed.kind === "writes" || deed.kind === "gives") return [{ steps: [first], decision: heard }];
  const agent = sentence.agent ?? heard.agent ?? "";
  const requests: readonly Request[] =
    deed.kind === "uses"
      ? [{ action: "tool", ...origin, agent, tool: deed.name, ...(deed.isElevated && { elevated: true }) }]
      : targets(ground, deed.to, origin).map((to) => ({ action: "send", ...origin, agent, to }));
  return requests.map((request) => ({
    steps: [first, { request, state }],
    decision: policy.decide(request, state),
  }));
}

/** By the account that the run answers at, else by the default one. */
function targets(
  { plan }: Ground,
  room: Extract<Sentence["deed"], { kind: "sends" }>["to"],
  { provider, account }: Somebody["origin"],
) {
  const accounts = plan.networks.get(room.network)?.accounts;
  const by =
    (provider === room.network ? accounts?.get(account ?? "default") : undefined) ?? accounts?.get("default");
  if (by === undefined) return [];
  return roomsAt(by, room).map(({ chat }) => ({ provider: room.network, account: by.account, chat }));
}
