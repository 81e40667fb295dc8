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
import type { Lanes } from "./lanes.ts";
import type { PlacedCall } from "./tool-call.ts";
import type { TurnAnswer, TurnTask } from "./turn.ts";

export interface DelegationPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lanes: Pick<Lanes, "run">;
  readonly sessions: Pick<Sessions, "open">;
  readonly takeTurn: (task: TurnTask, signal: AbortSignal) => Promise<TurnAnswer>;
  /** What a run cost is counted for the person whose message began it all. */
  readonly count: (task: TurnTask, tokens: number) => void;
}

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
  /** Begins it; `finished` never rejects. */
  begin(errand: Errand): { readonly runId: string; readonly finished: Promise<RunResult> };
}

export function createDelegation(ports: DelegationPorts): Delegation {
  const { clock, logger, lanes, sessions } = ports;

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
    begin(errand) {
      const runId = randomUUID();
      const finished = run(errand, runId).catch((fault: unknown): RunResult => {
        logger.error("a run for another failed", { session: errand.session, reason: messageOf(fault) });
        return { status: "failed", runId };
      });
      return { runId, finished };
    },
  };
}

/** Runs above a run that is started. */
const deepest = 4;

/** Whether a run may have another one below it; the depth alone, not the right to it. */
export const isDeepest = ({ via = [] }: Pick<PlacedCall, "via">): boolean => via.length >= deepest;

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
