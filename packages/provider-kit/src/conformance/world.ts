/** One test's world: a fresh network, a clock that the test moves, connections that are stopped at the end whatever happens. */
import assert from "node:assert/strict";
import { fakeClock, type FakeClock } from "@clawd/kernel/testing";
import type { InboundEvent } from "../event.ts";
import { fakePorts, type FakePorts } from "../fake-ports.ts";
import type { OutboundMessage, Provider, ProviderConnection } from "../provider.ts";
import type { ConformanceHarness, CreateHarness, Disturbance, Expected, Happening } from "./harness.ts";

/** The cases never look into the settings, so one list of them serves every type of settings. */
export interface World {
  readonly provider: Omit<Provider, "ready" | "connect">;
  readonly clock: FakeClock;
  readonly harness: Omit<ConformanceHarness<unknown>, "settings" | "attach">;
  /** Whether the provider finds the harness's settings enough. */
  isReady(): boolean;
  /** A connection that is not started. */
  connect(): { readonly connection: ProviderConnection; readonly ports: FakePorts };
  /** A connection that is started and has reported `connected`. */
  connected(): Promise<{ readonly connection: ProviderConnection; readonly ports: FakePorts }>;
  /** Makes it happen; fails when the network cannot, because then a skip should have said so. */
  deliver(happening: Partial<Happening>): Promise<Expected>;
  disturb(disturbance: Disturbance): Promise<void>;
  /** Waits, with time moving on, until the claim holds. */
  until(claim: string, holds: () => boolean): Promise<void>;
  /** The events after the first `after`, as soon as there are `count` of them. */
  events(ports: FakePorts, count: number, after?: number): Promise<readonly InboundEvent[]>;
  /** Lets what is on its way arrive, without moving time. Use it only before saying that nothing came. */
  settle(): Promise<void>;
  message(overrides?: Partial<OutboundMessage>): OutboundMessage;
  /** Everything that was thrown, logged, reported and warned of, in one text. */
  everythingSaid(): string;
  /** A second network with a connection of its own, for the time of `body`. */
  beside(body: (world: World) => Promise<void>): Promise<void>;
  /** Keeps what a promise was rejected with; fails when it was not. */
  failure(promise: Promise<unknown>): Promise<Error>;
}

export interface WorldOptions<Settings> {
  readonly provider: Provider<Settings>;
  readonly createHarness: CreateHarness<Settings>;
  /** Real milliseconds before a wait is given up; absent means 8000. It bounds failures, never a success. */
  readonly patienceMs?: number;
}

const defaultPatience = 8000;

export async function inWorld<Settings>(
  options: WorldOptions<Settings>,
  body: (world: World) => Promise<void>,
): Promise<void> {
  await withoutUnhandledRejections(async () => {
    const clock = fakeClock();
    const harness = await options.createHarness({ clock });
    const made: { readonly connection: ProviderConnection; readonly ports: FakePorts }[] = [];
    try {
      await body(worldOf(options, clock, harness, made));
    } finally {
      const stopping = Promise.all(made.map(({ connection }) => connection.stop()));
      await inTime(stopping, options.patienceMs, "stop() ends");
      await harness.close();
    }
  });
}

function worldOf<Settings>(
  options: WorldOptions<Settings>,
  clock: FakeClock,
  harness: ConformanceHarness<Settings>,
  made: { readonly connection: ProviderConnection; readonly ports: FakePorts }[],
): World {
  const { provider, patienceMs = defaultPatience } = options;
  const thrown: Error[] = [];
  let messages = 0;
  const world: World = {
    provider,
    clock,
    harness,
    isReady: () => provider.ready(harness.settings).ready,
    connect() {
      const ports = fakePorts({ clock });
      const pair = { connection: provider.connect(harness.settings, ports), ports };
      made.push(pair);
      harness.attach?.(ports);
      return pair;
    },
    async connected() {
      const pair = world.connect();
      const isConnected = () => pair.ports.states.at(-1)?.state === "connected";
      await Promise.all([
        pair.connection.start(),
        world.until("the provider reports that it is connected", isConnected),
      ]);
      return pair;
    },
    async deliver(happening) {
      const expected = await harness.deliver({
        kind: "message",
        from: "alice",
        in: "dm",
        text: "Hello",
        ...happening,
      });
      const wanted = JSON.stringify(happening);
      assert.ok(
        expected,
        `The harness cannot deliver ${wanted}: declare a skip of this test, with the reason.`,
      );
      return expected;
    },
    async disturb(disturbance) {
      const isDone = await harness.disturb(disturbance);
      assert.ok(
        isDone,
        `The harness cannot do "${disturbance.kind}": declare a skip of this test, with the reason.`,
      );
    },
    async until(claim, holds) {
      const end = performance.now() + patienceMs;
      while (!holds()) {
        assert.ok(performance.now() < end, `Waited in vain: ${claim}.`);
        await clock.advance(100);
        await pause(1);
      }
    },
    async events(ports, count, after = 0) {
      await world.until(`${count} events reach receive`, () => ports.events.length >= after + count);
      return ports.events.slice(after);
    },
    settle: () => pause(50),
    message(overrides = {}) {
      messages += 1;
      return {
        deliveryId: `delivery-${messages}`,
        chat: harness.dm,
        text: `Message ${messages}`,
        replyToMessageId: null,
        ...overrides,
      };
    },
    everythingSaid: () =>
      [
        ...thrown.map(written),
        ...made.map(({ ports }) => JSON.stringify([ports.lines, ports.states, ports.notices])),
      ].join("\n"),
    beside: (body) => inWorld(options, body),
    async failure(promise) {
      const [outcome] = await Promise.allSettled([promise]);
      assert.equal(outcome?.status, "rejected", "It should have failed.");
      const reason: unknown = outcome.status === "rejected" ? outcome.reason : undefined;
      assert.ok(reason instanceof Error, "What is thrown is an Error.");
      thrown.push(reason);
      return reason;
    },
  };
  return world;
}

/** Waits for it while time moves on. */
export async function settled<Value>(world: Pick<World, "until">, promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const end = () => void (isSettled = true);
  promise.then(end, end);
  await world.until("it ends", () => isSettled);
  return promise;
}

/** An error as a careless logger would write it: message, stack, every own property, and its causes. */
function written(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const properties = JSON.stringify(Object.fromEntries(Object.entries(error)));
  return `${error.stack ?? error.message}\n${properties}\n${written(error.cause)}`;
}

async function inTime(
  promise: Promise<unknown>,
  milliseconds = defaultPatience,
  claim: string,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    const error = new assert.AssertionError({ message: `Waited in vain: ${claim}.` });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  await Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A rejection that nobody handles ends the whole gateway, and with it every other connection. */
async function withoutUnhandledRejections(body: () => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const record = (reason: unknown) => void unhandled.push(reason);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", record);
  try {
    await body();
    await pause(1);
  } finally {
    process.removeListener("unhandledRejection", record);
    for (const other of others) process.on("unhandledRejection", other);
  }
  assert.deepEqual(unhandled, [], "No promise of a provider is rejected without somebody to see it.");
}
