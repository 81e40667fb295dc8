/**
 * Runs that a run starts: an agent that is asked in another session, or that works on a task of its own. INVARIANT: such a run
 * carries the origin of the one that started it and every run above it, so that it may do nothing that one of them may not; it
 * is no turn, so it works in a sandbox and cannot start others (delegation.test.ts).
 */
import { randomUUID } from "node:crypto";
import { type Clock, type Logger, messageOf } from "@clawd/kernel";
import type { Decision } from "@clawd/policy";
import type { Sessions } from "@clawd/sessions";
import type { RunResult } from "@clawd/tools";
import type { Lanes } from "../lanes.ts";
import type { PlacedCall } from "../calls/tool-call.ts";
import type { TurnAnswer, TurnTask } from "../turn.ts";

export interface DelegationPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lanes: Pick<Lanes, "run">;
  readonly sessions: Pick<Sessions, "open">;
  readonly takeTurn: (task: TurnTask, signal: AbortSignal) => Promise<TurnAnswer>;
  /** What a run cost is counted for the person whose message began it all. */
  readonly count: (task: TurnTask, tokens: number) => void;
  /** As the config says now; absent, and what it leaves out: as below. */
  readonly limits?: () => DelegationLimits;
}

export interface DelegationLimits {
  /** Runs for one session that are not over yet. */
  readonly maxConcurrent?: number;
  /** Runs that one message, with all that it started, may begin in all. */
  readonly maxPerTurn?: number;
}

/**
 * Each has a container's and a model's attention at the same time as all others, and a person waits for the answers of a few: more
 * than these at once is a loop or somebody else's idea.
 */
const mostAtOnce = 4;
/** A model that was told to start others has started all that a task of a person's needs by then; one that goes on was talked into it. */
const mostOfATurn = 12;
/** Runs above a run that is started: each is one more that nobody sees, and the rights of all of them only shrink. */
const deepest = 4;

/** Why a run is not begun. */
export type TooMany = "too-deep" | "too-many-at-once" | "too-many-in-a-turn";

/** One run for another. */
export interface Errand {
  /** The call that asks for it, and the decision that let it. */
  readonly call: PlacedCall;
  readonly decision: Decision;
  readonly agent: string;
  readonly session: string;
  readonly text: string;
  /** 0: no end by time. */
  readonly timeoutMs: number;
  /** The session is made by this errand. */
  readonly isNew: boolean;
}

export interface Delegation {
  /** Why the call may not begin one now; null: it may. Nothing is begun by asking. */
  bound(call: PlacedCall): TooMany | null;
  /** Begins it; `finished` never rejects. To be asked for right after `bound`. */
  begin(errand: Errand): { readonly runId: string; readonly finished: Promise<RunResult> };
}

export function createDelegation(ports: DelegationPorts): Delegation {
  const { clock, logger, lanes, sessions, limits = (): DelegationLimits => ({}) } = ports;
  /** By the event of the message, which all that it started carries along. */
  const begun = new WeakMap<object, number>();
  const alive = new Map<string, number>();

  function bound({ event, session, via = [] }: PlacedCall): TooMany | null {
    const { maxConcurrent = mostAtOnce, maxPerTurn = mostOfATurn } = limits();
    if (via.length >= deepest) return "too-deep";
    if ((begun.get(event) ?? 0) >= maxPerTurn) return "too-many-in-a-turn";
    return (alive.get(session) ?? 0) >= maxConcurrent ? "too-many-at-once" : null;
  }

  function ended(session: string): void {
    const left = (alive.get(session) ?? 1) - 1;
    if (left === 0) alive.delete(session);
    else alive.set(session, left);
  }

  async function run(errand: Errand, runId: string): Promise<RunResult> {
    const { call, agent, session, isNew } = errand;
    if (isNew) sessions.open(agent, session, { spawnedBy: call.session });
    const task = taskOf(errand, runId);
    let answer: TurnAnswer = { text: "", outcome: "failed", tokens: 0 };
    let isLate = false;
    const outcome = await lanes.run(session, async (signal) => {
      const over = new AbortController();
      const late = errand.timeoutMs === 0 ? null : clock.sleep(errand.timeoutMs, over.signal);
      const limit = new AbortController();
      void late?.then(() => {
        if (over.signal.aborted) return;
        isLate = true;
        limit.abort(new Error("The run took too long."));
      });
      try {
        answer = await ports.takeTurn(task, AbortSignal.any([signal, limit.signal]));
      } finally {
        over.abort();
      }
    });
    ports.count(task, answer.tokens);
    if (isLate) return { status: "timeout", runId };
    if (outcome !== "done" || answer.outcome === "failed") return { status: "failed", runId };
    return { status: "ok", runId, reply: answer.text };
  }

  return {
    bound,
    begin(errand) {
      const runId = randomUUID();
      const { event, session } = errand.call;
      begun.set(event, (begun.get(event) ?? 0) + 1);
      alive.set(session, (alive.get(session) ?? 0) + 1);
      const finished = run(errand, runId)
        .catch((fault: unknown): RunResult => {
          logger.error("a run for another failed", { session: errand.session, reason: messageOf(fault) });
          return { status: "failed", runId };
        })
        .finally(() => ended(session));
      return { runId, finished };
    },
  };
}

function taskOf({ call, decision, agent, session, text }: Errand, runId: string): TurnTask {
  return {
    event: call.event,
    decision,
    agent,
    session,
    // What another run writes is nobody's word.
    authority: "stranger",
    errand: {
      id: runId,
      from: call.session,
      text,
      via: [{ agent: call.agent, run: call.run ?? "turn" }, ...(call.via ?? [])],
      ...(call.held && { held: call.held }),
    },
  };
}
