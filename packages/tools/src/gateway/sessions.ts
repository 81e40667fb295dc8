/** The tools about sessions: `sessions_list`, `sessions_history`, `sessions_send`, `sessions_spawn`, `session_status`, `agents_list`. */
import { z } from "zod";
import { answer, defineTool, failure, type Tool, type ToolAnswer } from "../tool.ts";
import { type GatewayContext, isRefusal, type Refusal } from "./context.ts";

const key = z.string().min(1).max(500);
const json = (value: Readonly<Record<string, unknown>>): ToolAnswer =>
  answer(JSON.stringify(value, null, 1), value);
const refused = ({ refused: code }: Refusal): ToolAnswer =>
  failure(bounds[code] ?? `Not allowed here (${code}).`, { status: "forbidden", code });

/** What is no question of rights: there is enough of it already. */
const bounds: Readonly<Record<string, string>> = {
  "too-deep": "Not started: too many runs stand between this one and the message. Do the work in this run.",
  "too-many-at-once":
    "Not started: as many runs as may work for this session at once do so already. Wait until one has ended, or do the work in this run.",
  "too-many-in-a-turn":
    "Not started: this message has started as many runs as one message may. Do the work in this run.",
};

const sessionsList = defineTool({
  name: "sessions_list",
  description: "List the conversations within your reach.",
  parameters: z.strictObject({
    kinds: z
      .array(z.enum(["main", "dm", "group", "channel", "subagent", "cron", "hook", "other"]))
      .optional(),
    limit: z.int().min(1).max(200).default(50),
    activeMinutes: z.int().min(1).optional().describe("Only those used within so many minutes."),
    messageLimit: z.int().min(0).max(20).default(0).describe("The last messages of each."),
  }),
  async run({ kinds, limit, activeMinutes, messageLimit }, { sessions }: GatewayContext) {
    const since = activeMinutes === undefined ? 0 : Date.now() - activeMinutes * 60_000;
    const rows = sessions
      .list()
      .filter(({ kind, updatedAt }) => (kinds?.includes(kind) ?? true) && updatedAt >= since)
      .slice(0, limit)
      .map((row) => {
        const lines = messageLimit > 0 ? sessions.history(row.key, messageLimit) : [];
        return messageLimit > 0 && !isRefusal(lines) ? { ...row, messages: lines } : row;
      });
    return json({ count: rows.length, sessions: rows });
  },
});

const sessionsHistory = defineTool({
  name: "sessions_history",
  description: "Read the last messages of a conversation within your reach.",
  parameters: z.strictObject({ sessionKey: key, limit: z.int().min(1).max(200).default(50) }),
  async run({ sessionKey, limit }, { sessions }: GatewayContext) {
    const messages = sessions.history(sessionKey, limit);
    return isRefusal(messages) ? refused(messages) : json({ sessionKey, messages });
  },
});

const sessionsSend = defineTool({
  name: "sessions_send",
  description: "Say something to another conversation within your reach, and wait for its agent's answer.",
  parameters: z.strictObject({
    sessionKey: key,
    message: z.string().trim().min(1).max(20_000),
    timeoutSeconds: z.number().min(0).max(600).default(30).describe("0: do not wait."),
  }),
  async run({ sessionKey, message, timeoutSeconds }, { sessions }: GatewayContext, signal) {
    const result = await sessions.send(sessionKey, message, timeoutSeconds * 1000, signal);
    return isRefusal(result) ? refused(result) : json({ sessionKey, ...result });
  },
});

const sessionsSpawn = defineTool({
  name: "sessions_spawn",
  description:
    "Have an agent work on a task of its own, beside you. What it finds comes to this chat when it is done.",
  parameters: z.strictObject({
    task: z.string().trim().min(1).max(20_000),
    label: z.string().max(100).optional(),
    agentId: z.string().max(64).optional().describe("Absent: your own agent. agents_list shows the others."),
    runTimeoutSeconds: z.number().min(0).max(3600).default(0).describe("0: the usual limits alone."),
  }),
  async run({ task, label, agentId, runTimeoutSeconds }, { sessions }: GatewayContext) {
    const spawned = sessions.spawn({
      text: task,
      timeoutMs: runTimeoutSeconds * 1000,
      ...(agentId !== undefined && { agent: agentId }),
      ...(label !== undefined && { label }),
    });
    if (isRefusal(spawned)) return refused(spawned);
    return json({ status: "accepted", childSessionKey: spawned.session, runId: spawned.runId });
  },
});

const sessionStatus = defineTool({
  name: "session_status",
  description: "The agent, the model and the size of a conversation.",
  parameters: z.strictObject({ sessionKey: key.optional().describe("Absent: this one.") }),
  async run({ sessionKey }, { sessions }: GatewayContext) {
    const status = sessions.status(sessionKey ?? sessions.own);
    return isRefusal(status) ? refused(status) : json({ ...status });
  },
});

const agentsList = defineTool({
  name: "agents_list",
  description: "The agents that you may have work for you with sessions_spawn.",
  parameters: z.strictObject({}),
  async run(_input, { sessions }: GatewayContext) {
    return json({ agents: sessions.agents() });
  },
});

export const sessionTools: readonly Tool<GatewayContext>[] = [
  sessionsList,
  sessionsHistory,
  sessionsSend,
  sessionsSpawn,
  sessionStatus,
  agentsList,
];
