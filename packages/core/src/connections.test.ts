import { expect, test } from "vitest";
import { fakeClock, recordingLogger } from "@clawd/kernel/testing";
import type { Provider, ProviderConnection, ProviderPorts } from "@clawd/provider-kit";
import { network } from "../test/a-road.ts";
import { createConnections } from "./connections.ts";
import { catchStrayFaults } from "./fault-domain.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

function aProvider(
  id: string,
  connect: (ports: ProviderPorts) => Partial<ProviderConnection>,
): Provider<unknown> {
  return {
    specVersion: 1,
    network: { ...network, id },
    capabilities: {
      threads: false,
      edits: false,
      reactions: false,
      buttons: false,
      typing: false,
      maxTextLength: 100,
      idempotentSend: false,
      files: { send: false, receive: false, maxBytes: 0 },
    },
    settings: {},
    secretSettings: [],
    ready: () => ({ ready: true }),
    connect: (_settings, ports) => ({
      start: async () => ports.report({ state: "connected" }),
      stop: async () => {},
      send: async () => ({ messageId: "1" }),
      ...connect(ports),
    }),
  };
}

function connect(...providers: Provider<unknown>[]) {
  const clock = fakeClock();
  const logger = recordingLogger();
  const connections = createConnections(
    providers.map((provider) => ({
      provider,
      account: "default",
      settings: {},
      ports: { http: { handle() {} }, receive: async () => {} },
      note: () => null,
    })),
    { clock, logger, onChange: () => {} },
  );
  const states = () =>
    connections.list().map(({ provider, state }) => `${provider.network.id} ${state.state}`);
  return { connections, clock, logger, states };
}

test("a provider that fails to start is tried again, and holds up nobody", async () => {
  let starts = 0;
  const failing = aProvider("failing", (ports) => ({
    async start() {
      if (++starts < 3) throw new Error("no network");
      ports.report({ state: "connected" });
    },
  }));
  const { connections, clock, states } = connect(
    failing,
    aProvider("well", () => ({})),
  );
  await connections.start();
  expect(states()).toEqual(["failing down", "well connected"]);
  await settle();
  await clock.advance(1000);
  await settle();
  await clock.advance(2000);
  await settle();
  expect(states()).toEqual(["failing connected", "well connected"]);
  await connections.stop();
});

test("a stray fault in one provider's timer restarts that one, and no other notices", async () => {
  const orphans: unknown[] = [];
  // The test runner listens too; here only ours may.
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  const release = catchStrayFaults((fault) => orphans.push(fault));
  let starts = 0;
  const wild = aProvider("wild", (ports) => ({
    async start() {
      ports.report({ state: "connected" });
      if (++starts === 1)
        setTimeout(() => {
          throw new Error("thrown in a timer of a library");
        }, 0);
    },
  }));
  const { connections, clock, states } = connect(
    wild,
    aProvider("well", () => ({})),
  );
  await connections.start();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await settle();
  expect(states()).toEqual(["wild down", "well connected"]);
  await clock.advance(1000);
  await settle();
  expect([states(), starts, orphans]).toEqual([["wild connected", "well connected"], 2, []]);
  await connections.stop();
  release();
  for (const listener of listeners) process.on("uncaughtException", listener);
});

test("stop waits for nothing that sleeps, and is done twice without harm", async () => {
  const failing = aProvider("failing", () => ({ start: () => Promise.reject(new Error("never")) }));
  const { connections, states } = connect(failing);
  await connections.start();
  await connections.stop();
  await connections.stop();
  expect(states()).toEqual(["failing stopped"]);
});

test("a notice is kept once for each code", async () => {
  const noisy = aProvider("noisy", (ports) => ({
    async start() {
      for (const message of ["first", "second"]) ports.warn({ code: "privacy", message, hint: "" });
    },
  }));
  const { connections, logger } = connect(noisy);
  await connections.start();
  expect(connections.get("noisy", "default")!.notices).toEqual([
    { code: "privacy", message: "second", hint: "" },
  ]);
  expect(logger.lines.filter(({ message }) => message === "provider notice")).toHaveLength(1);
  await connections.stop();
});

test("new settings restart that provider alone; one that is gone stops, one that is new starts", async () => {
  const log: string[] = [];
  const named = (id: string) =>
    aProvider(id, (ports) => ({
      async start() {
        log.push(`${id} starts`);
        ports.report({ state: "connected" });
      },
      async stop() {
        log.push(`${id} stops`);
      },
    }));
  const providers = { a: named("a"), b: named("b"), c: named("c"), d: named("d") };
  const spec = (id: keyof typeof providers, settings: unknown) => ({
    provider: providers[id],
    account: "default",
    settings,
    ports: { http: { handle() {} }, receive: async () => {} },
    note: () => null,
  });
  const connections = createConnections([spec("a", { token: 1 }), spec("b", {}), spec("c", {})], {
    clock: fakeClock(),
    logger: recordingLogger(),
    onChange: () => {},
  });
  await connections.start();
  log.length = 0;
  await connections.apply([spec("a", { token: 2 }), spec("b", {}), spec("d", {})]);
  expect(log).toEqual(["a stops", "c stops", "a starts", "d starts"]);
  expect(connections.list().map(({ provider, state }) => `${provider.network.id} ${state.state}`)).toEqual([
    "b connected",
    "a connected",
    "d connected",
  ]);
  await connections.stop();
  await connections.apply([spec("c", {})]);
  expect(connections.get("c", "default")).toBeUndefined();
});
