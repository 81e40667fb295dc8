/** A look at sessions, for people; it reads the files and keeps nothing. */
import type { SessionEntry } from "./entry.ts";
import { agentOfKey, checkSession } from "./ids.ts";
import { readIndex } from "./index-file.ts";
import { sessionPaths, storedAgents } from "./layout.ts";
import { readTranscript, type Transcript } from "./transcript.ts";

export interface SessionSummary extends SessionEntry {
  readonly agent: string;
  readonly key: string;
}

export interface SessionsReader {
  /** All sessions, or those of one agent, the last used first. @throws CLAWD_SESSIONS_CORRUPT, CLAWD_SESSION_ID */
  list(agent?: string): SessionSummary[];
  /**
   * The session and its whole transcript; undefined when there is none. `agent` is needed for keys that do not name theirs.
   * @throws CLAWD_SESSIONS_CORRUPT, CLAWD_TRANSCRIPT_READ, CLAWD_SESSION_ID
   */
  show(
    key: string,
    agent?: string,
  ): (SessionSummary & Pick<Transcript, "messages" | "damagedLines">) | undefined;
}

/** Reads beside a running gateway, whose newest changes may be a second away from the disk. */
export function openSessionsReader({ stateDir }: { readonly stateDir: string }): SessionsReader {
  return createSessionsReader(stateDir, (agent) => readIndex(sessionPaths(stateDir, agent).index));
}

export function createSessionsReader(
  stateDir: string,
  indexOf: (agent: string) => ReadonlyMap<string, SessionEntry>,
): SessionsReader {
  const summariesOf = (agent: string) =>
    [...indexOf(agent)].map(([key, entry]): SessionSummary => ({ agent, key, ...entry }));
  return {
    list(agent) {
      if (agent !== undefined) checkSession(agent, `agent:${agent}:main`);
      const agents = agent === undefined ? storedAgents(stateDir) : [agent];
      return agents.flatMap(summariesOf).sort((a, b) => b.updatedAt - a.updatedAt);
    },
    show(key, agent = agentOfKey(key) ?? "main") {
      checkSession(agent, key);
      const summary = summariesOf(agent).find((session) => session.key === key);
      if (summary === undefined) return undefined;
      const { messages, damagedLines } = readTranscript(
        sessionPaths(stateDir, agent).transcript(summary.sessionId),
      );
      return { ...summary, messages, damagedLines };
    },
  };
}
