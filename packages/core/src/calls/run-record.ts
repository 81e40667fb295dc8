/** Who began a run and where it is, as the audit keeps it. */
import type { ToolRun } from "./tool-call.ts";

export function whoAndWhere({ event, agent, session }: ToolRun) {
  const { provider, account, chat, sender } = event;
  return {
    provider,
    account,
    chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
    sender: sender.id,
    session,
    agent,
  };
}
