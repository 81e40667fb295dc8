/** The connections of one proxy: how many, and none for longer than something happens on it. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "@clawd/kernel";
import type { Target } from "./host.ts";

export interface Connection {
  readonly client: Duplex;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
  /** The head, or what says what a tunnel carries, has arrived: from here on only silence ends it. */
  arrived(): void;
  /** Where it leads, as far as that is known. */
  readonly target: Target | null;
  leadsTo(target: Target): void;
  /** Ends with the client, counts as a sign of life, and against the limit of bytes. */
  carry(upstream: Socket): void;
}

export interface ConnectionLimits {
  readonly connections: number;
  readonly headMs: number;
  readonly idleMs: number;
  readonly bytes: number;
}

export interface Connections {
  /** Null when there are too many. */
  open(client: Duplex): Connection | null;
  stop(): void;
}

export function createConnections(
  limits: ConnectionLimits,
  clock: Clock,
  onOverrun: (connection: Connection, reason: "too-slow" | "too-many-bytes") => void,
): Connections {
  const all = new Set<Kept>();
  const stopped = new AbortController();
  void sweep();
  return {
    open(client) {
      if (all.size >= limits.connections || stopped.signal.aborted) return null;
      const kept = keep(client, clock);
      all.add(kept);
      client.once("close", () => {
        all.delete(kept);
        kept.end();
      });
      return kept.connection;
    },
    stop() {
      stopped.abort();
      for (const { connection } of all) connection.client.destroy();
    },
  };

  async function sweep(): Promise<void> {
    const pause = Math.max(1, Math.min(limits.headMs, limits.idleMs) / 4);
    while (!stopped.signal.aborted) {
      await clock.sleep(pause, stopped.signal);
      for (const kept of all) look(kept, clock.now());
    }
  }

  function look(kept: Kept, now: number): void {
    const bytes = kept.bytes();
    if (bytes > limits.bytes) return overrun(kept, "too-many-bytes");
    if (kept.isWaiting) {
      if (now - kept.since >= limits.headMs) overrun(kept, "too-slow");
    } else if (bytes !== kept.lastBytes) {
      kept.lastBytes = bytes;
      kept.since = now;
    } else if (now - kept.since >= limits.idleMs) kept.connection.client.destroy();
  }

  function overrun(kept: Kept, reason: "too-slow" | "too-many-bytes"): void {
    all.delete(kept);
    onOverrun(kept.connection, reason);
    kept.connection.client.destroy();
    kept.end();
  }
}

interface Kept {
  readonly connection: Connection;
  isWaiting: boolean;
  since: number;
  lastBytes: number;
  bytes(): number;
  end(): void;
}

function keep(client: Duplex, clock: Clock): Kept {
  const gone = new AbortController();
  const upstreams = new Set<Socket>();
  let past = 0;
  let target: Target | null = null;
  const kept: Kept = {
    isWaiting: true,
    since: clock.now(),
    lastBytes: 0,
    bytes: () => [...upstreams].reduce((sum, socket) => sum + carried(socket), past),
    end() {
      gone.abort();
      for (const socket of upstreams) socket.destroy();
    },
    connection: {
      client,
      signal: gone.signal,
      get target() {
        return target;
      },
      leadsTo(place) {
        target = place;
      },
      arrived() {
        kept.isWaiting = false;
        kept.since = clock.now();
      },
      carry(upstream) {
        if (gone.signal.aborted) return void upstream.destroy();
        upstreams.add(upstream);
        upstream.once("close", () => {
          upstreams.delete(upstream);
          past += carried(upstream);
        });
      },
    },
  };
  return kept;
}

const carried = (socket: Socket) => socket.bytesRead + socket.bytesWritten;
