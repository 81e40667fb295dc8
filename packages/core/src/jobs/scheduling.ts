/** Scheduled runs, put together: the book, the rights, the runs, the timer, and what can be asked of them. */
import type { Clock, Logger } from "@clawd/kernel";
import { type CronSettings, timeInWords } from "@clawd/cron";
import type { Pairing } from "@clawd/pairing";
import type { OutboxMessage, Store } from "@clawd/store";
import type { JobsPort, JobsStatus } from "@clawd/tools";
import { readAddress } from "../reach/address.ts";
import type { Connections } from "../connections.ts";
import { type Job, type JobOrigin, sessionOf } from "./job.ts";
import { openJobBook } from "./job-book.ts";
import { createJobLeave } from "./job-leave.ts";
import { createJobRights } from "./job-rights.ts";
import { createJobRuns } from "./job-run.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { jobsPort } from "../reach/jobs-port.ts";
import type { JudgePorts } from "../judge.ts";
import type { Lanes } from "../lanes.ts";
import type { Enqueue } from "../outgoing.ts";
import type { OwnersChat } from "../owners-chats.ts";
import { createScheduler } from "./scheduler.ts";
import { stateOf } from "../state.ts";
import type { PlacedCall } from "../calls/tool-call.ts";
import type { AgentSettings, TurnAnswer, TurnTask } from "../turn.ts";

export interface SchedulingPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Store;
  readonly connections: Connections;
  readonly lanes: Lanes;
  readonly judging: JudgePorts;
  readonly pairing: (provider: string, account: string) => Pairing | undefined;
  readonly agent: (id: string) => AgentSettings;
  readonly agents: () => readonly string[];
  readonly cron: () => CronSettings;
  readonly takeTurn: (task: TurnTask, signal: AbortSignal) => Promise<TurnAnswer>;
  readonly enqueue: Enqueue;
  readonly ownersChats: () => readonly OwnersChat[];
}

export interface Scheduling {
  readonly jobs: Jobs;
  /** Of these jobs; absent: of all. */
  status(jobs?: readonly Job[]): JobsStatus;
  /** What the tool of one call reaches. */
  port(call: PlacedCall): JobsPort;
  start(): void;
  stop(graceMilliseconds: number): Promise<void>;
  /** Another config is in force: jobs of agents that are gone end, whoever comes back under their names. */
  review(): void;
}

export function createScheduling(ports: SchedulingPorts): Scheduling {
  const { clock, logger, store, connections, lanes, judging, enqueue } = ports;
  const book = openJobBook(ports);
  const rights = createJobRights({ store, logger, policy: judging.policy });
  const model = (agent: string): string => ports.agent(agent).model.id;
  const leave = createJobLeave({
    policy: judging.policy,
    grant: judging.grant,
    usage: store.usage,
    rights,
    agents: ports.agents,
    model,
    isPaired,
  });
  const runs = createJobRuns({
    clock,
    logger,
    store,
    book,
    leave,
    lanes,
    takeTurn: ports.takeTurn,
    enqueue,
    onStopped: tellOwners,
  });
  const scheduler = createScheduler({ clock, logger, book, runs, settings: ports.cron });
  const jobs = createJobs({
    clock,
    store,
    book,
    rights,
    leave,
    lanes,
    settings: ports.cron,
    policy: judging.policy,
    model,
    standing,
    isPaired,
    address: ({ provider, account, chat }, to) => {
      const here = { provider, account, chat: { kind: chat.kind, id: chat.id, thread: chat.thread } };
      return readAddress(here, to, connections);
    },
    look: () => scheduler.look(),
  });

  function standing(origin: JobOrigin): ReturnType<typeof stateOf> {
    const { isPaired: isApproved = false, profile } = stateOf(origin, judging);
    return { isPaired: isApproved, ...(profile !== undefined && { profile }) };
  }

  /** Whoever cannot be looked up is nobody's acquaintance. */
  function isPaired(provider: string, account: string, id: string): boolean {
    try {
      return ports.pairing(provider, account)?.grantOf(id) !== undefined;
    } catch {
      return false;
    }
  }

  function tellOwners(job: Job, code: string): void {
    const { name } = job.definition;
    const text = `The scheduled task “${name}” does not run any more (${code}). \`clawdbot cron list\` shows it; \`clawdbot cron enable ${job.id}\` switches it on again.`;
    for (const { provider, account, id: chat } of ports.ownersChats())
      enqueue({
        deliveryId: `cron-stopped:${job.id}:${job.state.count}:${clock.now()}:${provider}:${account}:${chat}`,
        provider,
        account,
        chat: { kind: "dm", id: chat, thread: null },
        text,
        replyToMessageId: null,
        purpose: "notice",
        session: sessionOf(job),
        cause: null,
      } satisfies OutboxMessage);
  }

  function status(all: readonly Job[] = book.list()): JobsStatus {
    const { isEnabled, mostAtOnce, leastInterval, timeZone } = ports.cron();
    const next = all.flatMap(({ state }) => (state.isEnabled ? (state.nextAt ?? []) : []));
    const now = clock.now();
    return {
      enabled: isEnabled,
      jobs: all.length,
      running: all.filter(({ state }) => typeof state.open?.startedAt === "number").length,
      nextRunAt: next.length === 0 ? null : Math.min(...next),
      now,
      nowText: timeInWords(now),
      timeZone,
      maxConcurrentRuns: mostAtOnce,
      minIntervalSeconds: leastInterval / 1000,
    };
  }

  function review(): void {
    const known = new Set(ports.agents());
    for (const job of book.list()) {
      if (known.has(job.definition.agent) || job.state.stopped !== null) continue;
      runs.stop(job, "agent-gone");
      lanes.stop(sessionOf(job));
    }
    scheduler.look();
  }

  return {
    jobs,
    status,
    port: (call) => jobsPort(call, { jobs, status }),
    start() {
      scheduler.start();
      review();
    },
    stop: (graceMilliseconds) => scheduler.stop(graceMilliseconds),
    review,
  };
}
