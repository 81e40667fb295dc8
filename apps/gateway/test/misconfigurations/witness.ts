/** A witness of the analysis, brought to the people and rooms that there are, as the gateway meets it. */
import type { MessageRequest, Origin, StateFacts, ToolRequest } from "@clawd/policy";
import type { Reach, WitnessStep } from "@clawd/policy/analysis";
import { ids, otherTopic, rooms, stage, topic } from "./scene.ts";

export interface Played {
  readonly message: MessageRequest;
  readonly state: StateFacts;
  /** Null: the message alone is the witness. */
  readonly call: ToolRequest | null;
}

/** Why a witness cannot be played; the gateway has no such runs yet, or the network no such chats. */
export type Unplayable = "a run of another run" | "another network" | "a channel";

const tools = {
  list: "sessions_list",
  read: "sessions_history",
  send: "sessions_send",
  spawn: "sessions_spawn",
} as const;

export function played({ witness }: Pick<Reach, "witness">): Played | Unplayable {
  const [first, second, third] = witness as readonly [WitnessStep, WitnessStep?, WitnessStep?];
  const message = first.request as MessageRequest;
  if (message.provider !== stage && message.provider !== "webchat") return "another network";
  if (message.chat.kind === "channel") return "a channel";
  if (third !== undefined) return "a run of another run";
  if (second === undefined) return { message: onStage(message), state: first.state, call: null };
  const call = callOf(second);
  if (call === null) return "a run of another run";
  return { message: onStage(message), state: second.state, call: onStage(call) };
}

/** The gateway decides the call of the tool; what the tool then reaches is decided when there is one. */
function callOf({ request }: WitnessStep): ToolRequest | null {
  if (request.action === "message" || (request.run ?? "turn") !== "turn" || request.via?.length) return null;
  const { provider, account = "default", chat, sender, agent } = request;
  const run = { action: "tool" as const, provider, account, chat, sender, agent };
  if (request.action === "tool") return { ...run, tool: request.tool, elevated: request.elevated ?? false };
  return { ...run, tool: request.action === "send" ? request.to.provider : tools[request.operation] };
}

/** An id that nobody has becomes that of somebody whom no config names: no decision depends on which. */
function onStage<Asked extends Origin>(asked: Asked): Asked {
  if (asked.provider !== stage) return asked;
  const { chat, sender } = asked;
  const person = known(ids, sender.id) ?? ids.nobody;
  if (chat.kind === "dm")
    return { ...asked, chat: { ...chat, id: person }, sender: { ...sender, id: person } };
  const thread = chat.thread ? (chat.thread === topic ? topic : otherTopic) : null;
  return {
    ...asked,
    chat: { ...chat, id: known(rooms, chat.id) ?? rooms.hall, thread },
    sender: { ...sender, id: person },
  };
}

const known = (names: Readonly<Record<string, string>>, id: string | null) =>
  Object.values(names).find((one) => one === id);
