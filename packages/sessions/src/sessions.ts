/** The sessions of all agents: an index and transcripts, as files a person can read. One gateway writes them. */
import { messageOf, silentLogger, type Clock, type Logger } from "@clawd/kernel";
import { randomUUID } from "node:crypto";
import { createTail, type Tail } from "./tail.ts";
import {
  isWeighty,
  newEntry,
  patchEntry,
  resetEntry,
  type SessionEntry,
  type SessionPatch,
} from "./entry.ts";
import { checkSession } from "./ids.ts";
import { readIndex, writeIndex } from "./index-file.ts";
import { sessionPaths } from "./layout.ts";
import type { NewMessage, TranscriptMessage } from "./message.ts";
import { createSessionsReader, type SessionsReader } from "./reader.ts";

/** Every method that names a session throws CLAWD_SESSION_ID for an agent id that cannot stand in a path, or a key of another agent. */
export interface Sessions extends SessionsReader {
  /** The entry as it is; undefined before the first turn. @throws CLAWD_SESSIONS_CORRUPT */
  find(agent: string, key: string): SessionEntry | undefined;
  /**
   * The session for a turn that begins now: made when new, begun anew when idle for longer than `idleMinutes`. `patch` is applied.
   * @throws CLAWD_SESSIONS_CORRUPT, CLAWD_FILE_WRITE
   */
  open(agent: string, key: string, patch?: SessionPatch): SessionEntry;
  /** Changes these fields and no other; a session that is not there is made. @throws CLAWD_SESSIONS_CORRUPT, CLAWD_FILE_WRITE */
  patch(agent: string, key: string, patch: SessionPatch): SessionEntry;
  /** Begins the session anew: a new id and an empty transcript; the old file stays. @throws CLAWD_SESSIONS_CORRUPT, CLAWD_FILE_WRITE */
  reset(agent: string, key: string): SessionEntry;
  /**
   * Appends to the session's transcript, once for each cause, role and step.
   * @throws CLAWD_FILE_WRITE when it was not stored; CLAWD_SESSIONS_CORRUPT, CLAWD_TRANSCRIPT_READ
   */
  append(agent: string, key: string, message: NewMessage): "stored" | "duplicate";
  /** The newest messages since the last reset, oldest first: at most `limit`, and at most 1 MiB of the file. */
  history(agent: string, key: string, limit: number): readonly TranscriptMessage[];
  /** Writes what is still to be written. @throws CLAWD_FILE_WRITE */
  flush(): void;
  /** Idempotent; flushes. @throws CLAWD_FILE_WRITE */
  close(): void;
}

export interface SessionsOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  /** Absent means 60. */
  readonly idleMinutes?: number;
  /** Hears of writes that failed in the background. Absent means nobody does. */
  readonly logger?: Logger;
}

/** How long a change that may wait does wait for others to join it. */
const FLUSH_MILLISECONDS = 1000;
/** Recent transcripts in memory; with `tail.ts`'s bound for each, at most 64 MiB. */
const CACHED_TRANSCRIPTS = 64;

export function openSessions(options: SessionsOptions): Sessions {
  const { stateDir, clock, idleMinutes = 60, logger = silentLogger } = options;
  const indexes = new Map<string, Map<string, SessionEntry>>();
  const unwritten = new Set<string>();
  const tails = new Map<string, Tail>();
  const closing = new AbortController();
  let isFlushing = false;

  function indexOf(agent: string): Map<string, SessionEntry> {
    const index = indexes.get(agent) ?? readIndex(sessionPaths(stateDir, agent).index);
    indexes.set(agent, index);
    return index;
  }

  function flush(): void {
    for (const agent of unwritten) {
      writeIndex(sessionPaths(stateDir, agent).index, indexOf(agent));
      unwritten.delete(agent);
    }
  }

  async function flushSoon(): Promise<void> {
    if (isFlushing) return;
    isFlushing = true;
    await clock.sleep(FLUSH_MILLISECONDS, closing.signal);
    isFlushing = false;
    try {
      flush();
    } catch (fault) {
      // It stays unwritten, and goes along with the next change.
      logger.error("session index not written", { reason: messageOf(fault) });
    }
  }

  function keep(agent: string, key: string, entry: SessionEntry, isUrgent: boolean): SessionEntry {
    const index = indexOf(agent);
    const before = index.get(key);
    index.set(key, entry);
    if (!isUrgent) {
      unwritten.add(agent);
      void flushSoon();
      return entry;
    }
    try {
      writeIndex(sessionPaths(stateDir, agent).index, index);
    } catch (fault) {
      // Nobody may act on a state that a restart would take back.
      if (before === undefined) index.delete(key);
      else index.set(key, before);
      throw fault;
    }
    unwritten.delete(agent);
    return entry;
  }

  function tailOf(agent: string, key: string, sessionId: string): Tail {
    const path = sessionPaths(stateDir, agent).transcript(sessionId);
    const tail = tails.get(path) ?? createTail(path, { id: sessionId, key });
    // The one unused for longest stands first.
    tails.delete(path);
    tails.set(path, tail);
    if (tails.size > CACHED_TRANSCRIPTS) tails.delete(tails.keys().next().value!);
    return tail;
  }

  function find(agent: string, key: string): SessionEntry | undefined {
    checkSession(agent, key);
    return indexOf(agent).get(key);
  }

  function patch(agent: string, key: string, changes: SessionPatch): SessionEntry {
    const entry = find(agent, key);
    const now = clock.now();
    if (entry === undefined)
      return keep(agent, key, patchEntry(newEntry(randomUUID(), now), changes, now), true);
    return keep(agent, key, patchEntry(entry, changes, now), isWeighty(entry, changes));
  }

  function reset(agent: string, key: string): SessionEntry {
    const entry = find(agent, key);
    const now = clock.now();
    return keep(agent, key, entry ? resetEntry(entry, randomUUID(), now) : newEntry(randomUUID(), now), true);
  }

  return {
    ...createSessionsReader(stateDir, (agent) => indexOf(agent)),
    find,
    patch,
    reset,
    open(agent, key, changes = {}) {
      const entry = find(agent, key);
      if (entry !== undefined && clock.now() - entry.updatedAt > idleMinutes * 60_000) reset(agent, key);
      return patch(agent, key, changes);
    },
    append(agent, key, message) {
      const { sessionId } = find(agent, key) ?? patch(agent, key, {});
      try {
        return tailOf(agent, key, sessionId).append(message, clock.now());
      } catch (fault) {
        tails.delete(sessionPaths(stateDir, agent).transcript(sessionId));
        throw fault;
      }
    },
    history(agent, key, limit) {
      const entry = find(agent, key);
      if (entry === undefined || limit <= 0) return [];
      return tailOf(agent, key, entry.sessionId).messages().slice(-limit);
    },
    flush,
    close() {
      flush();
      closing.abort();
    },
  };
}
