/** Which session was made by which: kept in the index, for every session that another one spawned. */
import type { Sessions } from "@clawd/sessions";

/** A chain in the file may be anything, a circle too. */
const longestChain = 16;

/** Whether `session` was spawned by the one that asks, or by one that it spawned. */
export function isBelow(
  sessions: Pick<Sessions, "find">,
  agent: string,
  asking: string,
  session: string,
): boolean {
  let current: string | null = session;
  for (let step = 0; step < longestChain && current !== null; step++) {
    const [, owner = agent]: readonly (string | undefined)[] = /^agent:([^:]+):/.exec(current) ?? [];
    const by: string | null = spawnerOf(sessions, owner, current);
    if (by === asking) return true;
    current = by;
  }
  return false;
}

function spawnerOf(sessions: Pick<Sessions, "find">, agent: string, session: string): string | null {
  try {
    return sessions.find(agent, session)?.spawnedBy ?? null;
  } catch {
    return null;
  }
}
