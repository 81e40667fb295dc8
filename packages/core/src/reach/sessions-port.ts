/** What tools see of sessions: each look and each word is decided by the policy first, one session at a time. */
import { randomUUID } from "node:crypto";
import { parseSessionKey } from "@clawd/policy";
import type { Sessions, SessionSummary, TranscriptMessage } from "@clawd/sessions";
import type { Refusal, SessionRow, SessionsPort } from "@clawd/tools";
import type { Delegation } from "./delegation.ts";
import type { PlacedCall } from "../calls/tool-call.ts";
import type { AgentSettings } from "../turn.ts";

export interface SessionsPortPorts {
  readonly sessions: Sessions;
  readonly delegation: Delegation;
  readonly agent: (id: string) => AgentSettings;
  /** Ids of the agents that the config has. */
  readonly agents: () => readonly string[];
  /** What a run that was spawned found goes to the chat of the run that asked. */
  readonly announce: (call: PlacedCall, session: string, label: string | null, text: string) => void;
}

/** Characters of one line that a history gives. */
const longestLine = 4000;
/** Sessions that are asked about for one list. */
const mostAsked = 500;

export function sessionsPort(call: PlacedCall, ports: SessionsPortPorts): SessionsPort {
  const { sessions, delegation } = ports;
  const decided = (operation: "read" | "send", session: string) =>
    call.decide({ action: "session", operation, session });

  function found(operation: "read" | "send", key: string): SessionSummary | Refusal {
    const decision = decided(operation, key);
    if (decision.effect !== "allow") return { refused: decision.code };
    // Looked for only after it was allowed: a refusal tells nobody what there is.
    return (
      sessions.list(agentOf(key, call.agent)).find((one) => one.key === key) ?? { refused: "no-such-session" }
    );
  }

  return {
    own: call.session,
    list: () =>
      sessions
        .list()
        .slice(0, mostAsked)
        .filter(({ key }) => call.wouldAllow({ action: "session", operation: "list", session: key }))
        .map(rowOf),
    history(key, limit) {
      const session = found("read", key);
      if ("refused" in session) return session;
      return sessions.history(session.agent, key, limit).filter(isSpoken).map(lineOf);
    },
    status(key) {
      const session =
        key === call.session
          ? (sessions.list(call.agent).find((one) => one.key === key) ?? null)
          : found("read", key);
      if (session === null) return { refused: "no-such-session" };
      if ("refused" in session) return session;
      return {
        key,
        agent: session.agent,
        model: ports.agent(session.agent).model.id,
        messages: sessions.history(session.agent, key, 1000).length,
        updatedAt: session.updatedAt,
      };
    },
    async send(key, text, timeoutMs, signal) {
      if (key === call.session) return { refused: "own-session" };
      const session = found("send", key);
      if ("refused" in session) return session;
      const bound = delegation.bound(call);
      if (bound !== null) return { refused: bound };
      const decision = decided("send", key);
      const errand = { call, decision, agent: session.agent, session: key, text, timeoutMs: 0, isNew: false };
      const { runId, finished } = delegation.begin(errand);
      if (timeoutMs === 0) return { status: "accepted", runId };
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      return Promise.race([
        finished,
        new Promise<{ status: "timeout"; runId: string }>((resolve) => {
          late.addEventListener("abort", () => resolve({ status: "timeout", runId }), { once: true });
        }),
      ]);
    },
    spawn({ agent = call.agent, text, label, timeoutMs }) {
      const decision = call.decide({ action: "session", operation: "spawn", target: agent });
      if (decision.effect !== "allow") return { refused: decision.code };
      const bound = delegation.bound(call);
      if (bound !== null) return { refused: bound };
      const session = `agent:${agent}:subagent:${randomUUID()}`;
      const { runId, finished } = delegation.begin({
        call,
        decision,
        agent,
        session,
        text,
        timeoutMs,
        isNew: true,
      });
      void finished.then((result) => {
        const said =
          result.status === "ok" ? result.reply : `The task ended without an answer (${result.status}).`;
        if (said !== "") ports.announce(call, session, label ?? null, said);
      });
      return { session, runId };
    },
    agents: () =>
      ports
        .agents()
        .filter((id) => call.wouldAllow({ action: "session", operation: "spawn", target: id }))
        .map((id) => ({ id, name: ports.agent(id).name, isOwn: id === call.agent })),
  };
}

const agentOf = (key: string, usual: string): string => /^agent:([^:]+):/.exec(key)?.[1] ?? usual;

function rowOf({ key, agent, provider, updatedAt, sessionId, spawnedBy }: SessionSummary): SessionRow {
  return { key, kind: kindOf(key), agent, provider, updatedAt, sessionId, spawnedBy };
}

function kindOf(key: string): SessionRow["kind"] {
  const known = parseSessionKey(key);
  if (known !== undefined) return known.chat;
  const [, kind] = /^agent:[^:]+:(subagent|cron|hook):/.exec(key) ?? [];
  return (kind as SessionRow["kind"] | undefined) ?? "other";
}

const isSpoken = ({ role }: TranscriptMessage): boolean => role === "user" || role === "assistant";

function lineOf({ role, content, timestamp }: TranscriptMessage) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { role, text: text.slice(0, longestLine), at: timestamp };
}
