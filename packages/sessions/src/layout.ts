/** Where the files of a session are. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isPlainId } from "./ids.ts";

/** `agent` must be a checked id, and so must the session ids given to `transcript`. */
export function sessionPaths(stateDir: string, agent: string) {
  const directory = join(stateDir, "agents", agent, "sessions");
  return {
    index: join(directory, "sessions.json"),
    transcript: (sessionId: string) => join(directory, `${sessionId}.jsonl`),
  };
}

/** The agents that have a directory, sorted. */
export function storedAgents(stateDir: string): string[] {
  try {
    return readdirSync(join(stateDir, "agents")).filter(isPlainId).sort();
  } catch {
    return [];
  }
}
