/** Requests of one engine: each under its limits, over a client that speaks the engine's version of the interface. */
import { isClawdError, systemClock, type Clock } from "@clawd/kernel";
import type Docker from "dockerode";
import type { EngineAddress } from "./address.ts";
import { call } from "./call.ts";
import { connect, questions } from "./connection.ts";
import { apiVersion } from "./describe.ts";
import { refused } from "./fault.ts";

/** Where it is, as `engineAddress(…)` says; and how long it may take. */
export type DockerEngineOptions = EngineAddress & {
  readonly clock?: Clock;
  /** Milliseconds after which a call is given up. */
  readonly patience?: Partial<Patience>;
};

export interface Patience {
  /** Questions. Default 10 s. */
  readonly ask: number;
  /** Making, starting and removing a container. Default 60 s. */
  readonly act: number;
  /** A build that says nothing. Default 15 min. */
  readonly build: number;
}

/** What is asked, for how long, and for whom. */
export interface Asking<Answer> {
  /** As in "make a container". */
  readonly doing: string;
  readonly patience: keyof Patience;
  readonly signal: AbortSignal | undefined;
  /** What to do with an answer that came too late. */
  readonly discard?: (late: Answer) => void;
}

export interface EngineSession {
  ask<Answer>(
    asking: Asking<Answer>,
    run: (docker: Docker, abortSignal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer>;
}

export function engineSession(options: DockerEngineOptions): EngineSession {
  const { clock = systemClock } = options;
  const patience: Patience = { ask: 10_000, act: 60_000, build: 900_000, ...options.patience };
  let client: Promise<Docker> | undefined;

  /** Learns once which version of the interface the engine speaks. */
  const connected = (): Promise<Docker> => {
    client ??= call({ clock, milliseconds: patience.ask, doing: "say its version" }, async (abortSignal) => {
      const version = apiVersion(await questions(connect(options)).version({ abortSignal }));
      if (version === null)
        throw refused("What answers is no container engine, or too old.", "Docker 20.10 or newer is needed.");
      return connect(options, version);
    });
    return client;
  };

  return {
    async ask({ doing, patience: kind, signal, discard }, run) {
      const limits = { clock, milliseconds: patience[kind], doing, signal };
      try {
        return await call(limits, async (abortSignal) => run(await connected(), abortSignal), discard);
      } catch (fault) {
        // Another engine may listen there the next time; a caller that gave up says nothing about this one.
        if (!isClawdError(fault) || fault.code !== "CLAWD_ENGINE_ABORTED") client = undefined;
        throw fault;
      }
    },
  };
}
