/** An attempt as requests: the message, the call that it makes possible, and what the call is for. */
import type { MessageRequest, Request, RunReference, SessionRequest, ToolRequest } from "@clawd/policy";
import type { Attempt } from "./misconfiguration.ts";
import { ids, rooms, stage } from "./scene.ts";

export function messageOf({
  by,
  in: room,
  topic,
  mentioned,
}: Pick<Attempt, "by" | "in" | "topic" | "mentioned">): MessageRequest {
  const chat =
    room === undefined
      ? { kind: "dm" as const, id: ids[by] }
      : { kind: "group" as const, id: rooms[room], thread: topic ?? null };
  return {
    action: "message",
    provider: stage,
    account: "default",
    chat,
    sender: { id: ids[by] },
    mentioned: room !== undefined && mentioned !== false,
    mentionDetectable: true,
    mentionsOthers: false,
  };
}

export function callOf(attempt: Attempt, agent: string): ToolRequest {
  const { tool, elevated = false } = attempt;
  return { action: "tool", tool, elevated, ...runOf(attempt, agent) };
}

/** The request that is decided last: the call itself, or to whom or what it reaches. */
export function aimOf(attempt: Attempt, agent: string): Request {
  const { to, session, target } = attempt;
  const run = runOf(attempt, agent);
  if (to !== undefined)
    return { action: "send", ...run, to: { provider: stage, chat: { kind: "dm", id: ids[to] } } };
  if (session !== undefined)
    return { action: "session", ...run, operation: "read", session } satisfies SessionRequest;
  if (target !== undefined)
    return { action: "session", ...run, operation: "spawn", target } satisfies SessionRequest;
  return callOf(attempt, agent);
}

/** Asked about as the gateway does: with the model that the agents have where nothing else is said. */
function runOf(attempt: Attempt, agent: string): RunReference {
  const { provider, account, chat, sender } = messageOf(attempt);
  return { provider, account: account!, chat, sender, agent, model: "anthropic/claude-opus-4-5" };
}
