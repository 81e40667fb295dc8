/**
 * One occurrence of a job, from the leave to run to what it found, on its way. INVARIANT: what ends it (the answer in the
 * outbox, the record, the state) is one transaction, so that a crash repeats the run or nothing, and no message (jobs.test.ts).
 */
import type { Clock, Logger } from "@clawd/kernel";
import { cutOff, ended, failed, type JobState, type Outcome, postponed, stopped } from "@clawd/cron";
import type { Decision } from "@clawd/policy";
import type { Store } from "@clawd/store";
import { descentOf, eventOf, type Job, occurrenceOf, sessionOf } from "./job.ts";
import type { JobBook } from "./job-book.ts";
import type { JobLeave, Leave } from "./job-leave.ts";
import type { Lanes } from "../lanes.ts";
import type { Enqueue } from "../outgoing.ts";
import { budgetSubject, turnOf } from "../state.ts";
import type { TurnAnswer, TurnTask } from "../turn.ts";

export interface JobRunPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<Store, "audit" | "jobs" | "usage" | "transaction">;
  readonly book: JobBook;
  readonly leave: JobLeave;
  readonly lanes: Pick<Lanes, "run">;
  readonly takeTurn: (task: TurnTask, signal: AbortSignal) => Promise<TurnAnswer>;
  readonly enqueue: Enqueue;
  /** The gateway switched the job off: its owners hear why, once. */
  readonly onStopped: (job: Job, code: string) => void;
}

/** The gateway's end. */
export interface Stopping {
  /** It has begun: what is cut off from now on is taken up at the next start. */
  readonly closing: AbortSignal;
  /** Nothing is waited for any more. */
  readonly cut: AbortSignal;
}

export interface JobRuns {
  /** Runs the occurrence that is open and was stored as begun. Never rejects. */
  run(job: Job, stopping: Stopping): Promise<void>;
  /** An earlier process was killed under it. */
  recover(job: Job): void;
  /** Switches it off for good, and says why. */
  stop(job: Job, code: string): void;
}

/** Milliseconds until a run that may not be now is asked for again. */
const patience = 15 * 60_000;

type Ending = { readonly outcome: Outcome; readonly text: string; readonly tokens: number };

export function createJobRuns(ports: JobRunPorts): JobRuns {
  const { clock, logger, store, book, leave, lanes } = ports;

  async function run(job: Job, stopping: Stopping): Promise<void> {
    const { number } = job.state.open!;
    const name = occurrenceOf(job.id, number);
    const granted = leave.toRun(job, clock.now(), turnOf(spoken(job, name)));
    if (!granted.may) return refuse(job, granted);
    const event = spoken(job, name);
    store.transaction(() => {
      record(job, "started", null, granted.decision);
      // Whose turns are bounded, theirs are counted.
      if (granted.decision.obligations.some(({ kind }) => kind === "count-against-budget"))
        store.usage.countTurn(budgetSubject(event), turnOf(event));
    });
    const ending = await turn(job, name, granted, stopping);
    if (ending === null) return save(job, postponed(job.state, clock.now()));
    finish(job, name, ending);
  }

  /** Of this one occurrence, so that whatever it starts is counted with it. */
  const spoken = (job: Job, name: string) => ({ ...eventOf(job, clock.now()), eventId: name });

  /** Null: the gateway stops; the next start takes it up. */
  async function turn(
    job: Job,
    name: string,
    { decision, authority, held }: Extract<Leave, { may: true }>,
    { closing, cut }: Stopping,
  ): Promise<Ending | null> {
    const { agent, message, timeoutMs } = job.definition;
    const session = sessionOf(job);
    const over = new AbortController();
    let answer: TurnAnswer = { text: "", outcome: "failed", tokens: 0 };
    const work = lanes.run(session, async (stop) => {
      const errand = {
        id: name,
        from: session,
        text: message,
        via: descentOf(job),
        held,
        scheduled: { name: job.definition.name },
      };
      const task: TurnTask = {
        event: spoken(job, name),
        decision,
        agent,
        session,
        authority,
        errand,
      };
      answer = await ports.takeTurn(task, AbortSignal.any([stop, over.signal]));
    });
    // What does not heed its signal is left behind: it can say nothing any more.
    const waited = new AbortController();
    const late = clock.sleep(timeoutMs, waited.signal).then(() => "late" as const);
    const outcome = await Promise.race([work, late, aborted(cut)]);
    waited.abort();
    over.abort();
    if (outcome === "late") return { outcome: "timeout", text: "", tokens: answer.tokens };
    if (outcome === "stopping" || (outcome !== "done" && closing.aborted)) return null;
    if (outcome !== "done") return { outcome: "cancelled", text: "", tokens: answer.tokens };
    return answer;
  }

  function finish(run: Job, name: string, { outcome, text, tokens }: Ending): void {
    // It may have been changed, switched off or removed while it ran.
    const job = book.get(run.id);
    if (job?.state.open?.number !== run.state.open?.number || job === undefined) return;
    const now = clock.now();
    const cost = turnOf(spoken(job, name));
    if (outcome === "failed") {
      const again = failed(job.state, now);
      if (again !== null) return save(job, again, () => store.usage.addTokens(cost, tokens));
    }
    const granted = leave.toDeliver(job, now, cost);
    if (!granted.may) return refuse(job, granted, tokens);
    const said = outcome === "timeout" ? "It took too long and was ended." : text;
    const isFirstFailure = outcome === "answered" || job.state.last?.outcome !== outcome;
    save(job, ended(job.state, outcome, now), () => {
      store.usage.addTokens(cost, tokens);
      record(job, outcome);
      if (said !== "" && isFirstFailure) deliver(job, name, said, outcome);
    });
  }

  function deliver(job: Job, name: string, text: string, outcome: Outcome): void {
    const { deliver: to, name: title } = job.definition;
    if (to === null) return;
    ports.enqueue({
      deliveryId: name,
      provider: to.provider,
      account: to.account,
      chat: to.chat,
      text: outcome === "answered" ? text : `Scheduled task “${title}”: ${text}`,
      replyToMessageId: null,
      purpose: "scheduled",
      session: sessionOf(job),
      cause: null,
    });
  }

  function refuse(job: Job, { code, isForNow }: Extract<Leave, { may: false }>, tokens = 0): void {
    const now = clock.now();
    if (isForNow) return save(job, postponed(job.state, now + patience));
    save(job, stopped(job.state, code, now), () => {
      const { open } = job.state;
      if (open !== null)
        store.usage.addTokens(turnOf(spoken(job, occurrenceOf(job.id, open.number))), tokens);
      record(job, "refused", code);
      ports.onStopped(job, code);
    });
  }

  function save(job: Job, state: JobState, more: () => void = () => {}): void {
    book.together(() => {
      book.save({ ...job, state });
      more();
    });
  }

  /** In the audit record, and, for how it ended, in the job's own. */
  function record(
    job: Job,
    what: Outcome | "started",
    reason: string | null = null,
    decision?: Pick<Decision, "rules" | "policy">,
  ): void {
    const { open } = job.state;
    const { agent, origin } = job.definition;
    const { provider, account, chat, sender } = origin;
    store.audit.append({
      kind: "cron-run",
      provider,
      account,
      chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
      sender: sender.id,
      agent,
      session: sessionOf(job),
      code: what,
      ...(decision && { rules: decision.rules, policy: decision.policy }),
      detail: {
        job: job.id,
        occurrence: open?.number ?? null,
        due: open?.dueAt ?? null,
        tries: open?.tries ?? null,
        reason,
      },
    });
    if (what === "started" || open === null) return;
    const { number, dueAt, startedAt, tries } = open;
    const line = { number, dueAt, startedAt, tries, outcome: what, reason };
    store.jobs.addRun(job.id, clock.now(), JSON.stringify(line));
  }

  return {
    stop: (job, code) => refuse(job, { may: false, code, isForNow: false }),
    async run(job, stopping) {
      try {
        await run(job, stopping);
      } catch (fault) {
        logger.error("a scheduled run failed", { job: job.id, reason: String(fault) });
        settle(job);
      }
    },
    recover(job) {
      const again = cutOff(job.state, clock.now());
      if (again !== null) save(job, again);
      else finish(job, occurrenceOf(job.id, job.state.open!.number), interrupted);
    },
  };

  /** A store that does not work leaves the occurrence as begun: the next start takes it up. */
  function settle(job: Job): void {
    try {
      const current = book.get(job.id);
      if (current?.state.open?.number !== job.state.open?.number || current === undefined) return;
      finish(current, occurrenceOf(job.id, job.state.open!.number), interrupted);
    } catch (fault) {
      logger.error("the end of a scheduled run is not stored", { job: job.id, reason: String(fault) });
    }
  }
}

const interrupted: Ending = { outcome: "failed", text: "It could not be done.", tokens: 0 };

function aborted(signal: AbortSignal): Promise<"stopping"> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve("stopping");
    signal.addEventListener("abort", () => resolve("stopping"), { once: true });
  });
}
