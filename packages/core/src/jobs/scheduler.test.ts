/** The timer and the runs on a real store, with processes that are killed at every step there is. */
import { newState, type Schedule } from "@clawd/cron";
import { fakeClock, type FakeClock, recordingLogger } from "@clawd/kernel/testing";
import type { Decision } from "@clawd/policy";
import type { Store } from "@clawd/store";
import { memoryStore } from "@clawd/store/testing";
import { describe, expect, test } from "vitest";
import type { Job } from "./job.ts";
import { openJobBook } from "./job-book.ts";
import type { Leave } from "./job-leave.ts";
import { createJobRuns } from "./job-run.ts";
import { createLanes } from "../lanes.ts";
import { createEnqueue } from "../outgoing.ts";
import { createScheduler } from "./scheduler.ts";
import type { TurnAnswer } from "../turn.ts";

const minute = 60_000;
const start = Date.UTC(2026, 0, 1);
const once: Schedule = { kind: "at", atMs: start + minute };
const each: Schedule = { kind: "every", everyMs: minute, anchorMs: start };

function aJob(id: string, schedule: Schedule): Job {
  const chat = {
    kind: "dm",
    id: "42",
    thread: null,
    parent: null,
    guild: null,
    team: null,
    title: null,
  } as const;
  return {
    id,
    rights: "r",
    definition: {
      version: 1,
      name: id,
      description: null,
      schedule,
      message: "do it",
      timeoutMs: 10 * minute,
      deliver: { provider: "example", account: "default", chat: { kind: "dm", id: "42", thread: null } },
      agent: "main",
      origin: {
        provider: "example",
        account: "default",
        chat,
        sender: { id: "42", isBot: false, isSelf: false, name: null, username: null },
      },
      made: { at: start, by: "model", policy: "p", model: "m", standing: {}, isTargetPaired: false },
    },
    state: newState(schedule, start),
  };
}

const decision = { effect: "allow", obligations: [] } as unknown as Decision;
const leave: Leave = { may: true, decision, authority: "owner", held: { decide: () => decision } };

/** What outlives a process: the store, and the lines of the transcript. */
interface Machine {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly transcript: Map<string, string>;
  readonly sent: string[];
  /** How often the model was asked. */
  asked: number;
}

const aMachine = (): Machine => {
  const clock = fakeClock(start);
  return { clock, store: memoryStore({ clock }), transcript: new Map(), sent: [], asked: 0 };
};

/**
 * A process on the machine; from its `last`th write on it is dead, and so is everything that it still does. `heals`: only that
 * one write failed.
 */
function aProcess(
  machine: Machine,
  last = Number.POSITIVE_INFINITY,
  atOnce = 1,
  work = settled,
  heals = false,
) {
  const { clock } = machine;
  let writes = 0;
  const write =
    <Values extends unknown[], Value>(act: (...values: Values) => Value) =>
    (...values: Values): Value => {
      if (heals ? ++writes === last : ++writes >= last) throw new Error("killed");
      return act(...values);
    };
  const { jobs, audit, outbox, usage } = machine.store;
  const store: Store = {
    ...machine.store,
    jobs: {
      ...jobs,
      put: write((job) => jobs.put(job)),
      addRun: write((job, endedAt, record) => jobs.addRun(job, endedAt, record)),
    },
    audit: { ...audit, append: write((entry) => audit.append(entry)) },
    outbox: { ...outbox, enqueue: write((entry) => outbox.enqueue(entry)) },
    usage: { ...usage, addTokens: write((turn, tokens) => usage.addTokens(turn, tokens)) },
    transaction: (act) =>
      machine.store.transaction(() => {
        const value = act();
        // A kill right before the commit.
        write(() => {})();
        return value;
      }),
  };
  const logger = recordingLogger();
  const book = openJobBook({ store, logger });
  const running: string[] = [];
  let most = 0;
  const runs = createJobRuns({
    clock,
    logger,
    store,
    book,
    leave: { toRun: () => leave, toDeliver: () => leave },
    lanes: createLanes({ concurrent: 16, perLane: 50 }),
    enqueue: createEnqueue({ store, connections: { get: () => undefined }, wake: () => {} }),
    onStopped: () => {},
    async takeTurn({ errand }): Promise<TurnAnswer> {
      const { id } = errand!;
      running.push(id);
      most = Math.max(most, running.length);
      await work();
      running.splice(running.indexOf(id), 1);
      if (!machine.transcript.has(id)) {
        machine.asked++;
        write(() => machine.transcript.set(id, `answer of ${id}`))();
      }
      return { text: machine.transcript.get(id)!, outcome: "answered", tokens: 1 };
    },
  });
  const settings = {
    isEnabled: true,
    mostAtOnce: atOnce,
    mostPerHour: 20,
    mostJobs: 50,
    leastInterval: minute,
    timeZone: "UTC",
  };
  const scheduler = createScheduler({ clock, logger, book, runs, settings: () => settings });
  return { scheduler, book, writes: () => writes, most: () => most };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
/** What was said so far: what waits is sent, one after the other. */
function messages({ store, sent }: Machine): readonly string[] {
  for (;;) {
    const [next] = store.outbox.due(Number.MAX_SAFE_INTEGER);
    if (next === undefined) return sent;
    store.outbox.beginSend(next.id, null);
    store.outbox.sent(next.id, "1");
    sent.push(next.deliveryId);
  }
}
const endings = ({ store }: Machine, id: string) => store.jobs.runs(id, 100).map(({ record }) => record);

/** Long enough for everything that is due, but not for the next time of a job that recurs. */
async function live(machine: Machine, milliseconds: number): Promise<void> {
  await machine.clock.advance(milliseconds);
  for (let turn = 0; turn < 10; turn++) await settled();
}

describe("a process that is killed at any write", () => {
  test.each([
    ["a job for once", once],
    ["a job that recurs", each],
  ] as const)(
    "loses no occurrence of %s, says none twice, and records each end once",
    async (_name, schedule) => {
      const whole = aMachine();
      whole.store.jobs.put(rowOf(aJob("a", schedule)));
      const undisturbed = aProcess(whole);
      undisturbed.scheduler.start();
      await live(whole, minute);
      expect(messages(whole)).toEqual(["cron:a:1"]);
      expect(undisturbed.writes()).toBeGreaterThan(8);

      for (let last = 1; last <= undisturbed.writes() + 1; last++) {
        const machine = aMachine();
        machine.store.jobs.put(rowOf(aJob("a", schedule)));
        const killed = aProcess(machine, last);
        killed.scheduler.start();
        await live(machine, minute);
        await killed.scheduler.stop(0);
        // The next one starts a little later, before the next time of the job.
        await machine.clock.advance(1000);
        const next = aProcess(machine);
        next.scheduler.start();
        await live(machine, 0);
        expect([last, messages(machine)]).toEqual([last, ["cron:a:1"]]);
        expect([last, endings(machine, "a").length]).toEqual([last, 1]);
        expect([last, machine.asked <= 2]).toEqual([last, true]);
        await next.scheduler.stop(0);
      }
    },
  );

  test("again and again does not do the same for ever", async () => {
    const machine = aMachine();
    machine.store.jobs.put(rowOf(aJob("a", once)));
    await machine.clock.advance(minute);
    for (let kill = 0; kill < 10; kill++) {
      const killer = aProcess(machine, Number.POSITIVE_INFINITY, 1, () => new Promise<void>(() => {}));
      killer.scheduler.start();
      await live(machine, 0);
    }
    expect(endings(machine, "a")).toHaveLength(1);
    expect(endings(machine, "a")[0]).toContain('"failed"');
  });
});

test("a write that fails once costs a repetition, and no answer", async () => {
  for (let last = 1; last < 20; last++) {
    const machine = aMachine();
    machine.store.jobs.put(rowOf(aJob("a", once)));
    const process = aProcess(machine, last, 1, settled, true);
    process.scheduler.start();
    await live(machine, 10 * minute);
    await live(machine, 10 * minute);
    expect([last, messages(machine)]).toEqual([last, ["cron:a:1"]]);
    expect([last, endings(machine, "a").length]).toEqual([last, 1]);
    expect(process.book.get("a")?.state).toMatchObject({ open: null, isEnabled: false });
    await process.scheduler.stop(0);
  }
});

test("a machine that slept for a day does once what it missed, and goes on at the next time", async () => {
  const machine = aMachine();
  machine.store.jobs.put(rowOf(aJob("a", each)));
  await machine.clock.advance(1440 * minute + 30_000);
  const process = aProcess(machine);
  process.scheduler.start();
  await live(machine, 0);
  expect(messages(machine)).toEqual(["cron:a:1"]);
  expect(process.book.get("a")?.state.nextAt).toBe(start + 1441 * minute);
  await live(machine, minute);
  expect(messages(machine)).toEqual(["cron:a:1", "cron:a:2"]);
  await process.scheduler.stop(0);
});

test.each([1, 2, 5])("never do more than %i run at once, and all of them run", async (atOnce) => {
  const machine = aMachine();
  for (let n = 0; n < 12; n++) machine.store.jobs.put(rowOf(aJob(`job${n}`, once)));
  const process = aProcess(machine, Number.POSITIVE_INFINITY, atOnce);
  process.scheduler.start();
  await live(machine, minute);
  for (let turn = 0; turn < 100; turn++) await settled();
  expect(process.most()).toBe(atOnce);
  expect(messages(machine)).toHaveLength(12);
  await process.scheduler.stop(0);
});

test("no more begin in any hour than the settings say, and what waited comes once", async () => {
  const machine = aMachine();
  machine.store.jobs.put(rowOf(aJob("a", each)));
  machine.store.jobs.put(rowOf(aJob("b", each)));
  const process = aProcess(machine);
  process.scheduler.start();
  await live(machine, 60 * minute);
  expect(messages(machine)).toHaveLength(20);
  await live(machine, 60 * minute);
  expect(messages(machine)).toHaveLength(40);
  await process.scheduler.stop(0);
});

test("a gateway that stops lets go of a run without counting it, and the next start takes it up", async () => {
  const machine = aMachine();
  machine.store.jobs.put(rowOf(aJob("a", once)));
  for (let stop = 0; stop < 5; stop++) {
    const stopping = aProcess(machine, Number.POSITIVE_INFINITY, 1, () => new Promise<void>(() => {}));
    stopping.scheduler.start();
    await live(machine, minute);
    await stopping.scheduler.stop(0);
  }
  const last = aProcess(machine);
  last.scheduler.start();
  await live(machine, minute);
  expect(messages(machine)).toEqual(["cron:a:1"]);
  await last.scheduler.stop(0);
});

function rowOf({ id, rights, definition, state }: Job) {
  return { id, rights, definition: JSON.stringify(definition), state: JSON.stringify(state) };
}

test("a job that cannot be read is left alone, and stops nobody else's", async () => {
  const machine = aMachine();
  for (const [id, definition] of [
    ["x", "{"],
    ["y", '{"version":9}'],
    ["z", "null"],
  ] as const)
    machine.store.jobs.put({ id, rights: "r", definition, state: "{}" });
  machine.store.jobs.put(rowOf(aJob("a", once)));
  const process = aProcess(machine);
  process.scheduler.start();
  await live(machine, minute);
  expect(messages(machine)).toEqual(["cron:a:1"]);
  expect(machine.store.jobs.list()).toHaveLength(4);
  await process.scheduler.stop(0);
});
