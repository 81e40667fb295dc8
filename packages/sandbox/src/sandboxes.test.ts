import { silentLogger } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ContainerInfo, Engine } from "./engine.ts";
import type { Sandbox } from "./open-sandbox.ts";
import type { Place } from "./place.ts";
import type { SandboxNeed } from "./sandbox-plan.ts";
import { createSandboxes } from "./sandboxes.ts";
import { resolveSettings } from "./settings.ts";
import { labels } from "./specification.ts";

const hour = 3_600_000;
const settings = (config: object = {}) => resolveSettings(config, {}, "agent", "/state");

/** Containers that exist, and how often the engine was asked for one. */
function aWorld(delay = () => Promise.resolve()) {
  const clock = fakeClock();
  const containers = new Map<string, ContainerInfo>();
  const ended = new Map<string, () => void>();
  const busy = new Set<string>();
  let made = 0;
  const engine = {
    list: (wanted: Record<string, string>) =>
      Promise.resolve(
        [...containers.values()].filter(({ labels: own }) =>
          Object.entries(wanted).every(([key, value]) => own[key] === value),
        ),
      ),
    remove: (id: string) => {
      containers.delete(id);
      return Promise.resolve();
    },
  } as unknown as Engine;
  const sandboxes = createSandboxes({
    engine,
    clock,
    logger: silentLogger,
    installation: "0badcafe",
    plan: (need) =>
      Promise.resolve({
        configuration: JSON.stringify([need.access, need.settings]),
        async open(): Promise<Sandbox> {
          await delay();
          const id = `c${made++}`;
          const own = {
            [labels.sandbox]: "1",
            [labels.installation]: "0badcafe",
            [labels.sessionKey]: need.scopeKey,
          };
          containers.set(id, {
            id,
            name: id,
            image: "i",
            labels: own,
            isRunning: true,
            createdAt: clock.now(),
          });
          const lost = new Promise<void>((resolve) => ended.set(id, resolve));
          return {
            container: id,
            configuration: JSON.stringify([need.access, need.settings]),
            place: { home: id } as Place,
            lost,
            isBusy: () => busy.has(id),
            become: () => Promise.reject(new Error("it is somebody's")),
            close: () => engine.remove(id),
          };
        },
      }),
  });
  return { clock, busy, containers, sandboxes, made: () => made, end: (id: string) => ended.get(id)?.() };
}

const aNeed = (own: Partial<SandboxNeed> = {}): SandboxNeed => ({
  scopeKey: "agent:main",
  agent: "main",
  access: "none",
  agentWorkspace: "/home/anna/clawd",
  settings: base,
  ...own,
});
const base = settings();

test("two turns at once get one container", async () => {
  const { sandboxes, made } = aWorld();
  const leases = await Promise.all(Array.from({ length: 20 }, () => sandboxes.enter(aNeed())));
  expect(made()).toBe(1);
  expect(new Set(leases.map(({ place }) => place.home)).size).toBe(1);
});

test("another configuration is another container, at the next call", async () => {
  const { sandboxes, containers } = aWorld();
  const first = await sandboxes.enter(aNeed());
  const changed = settings({ docker: { pidsLimit: 100 } });
  const second = await sandboxes.enter(aNeed({ settings: changed }));
  expect(second.place.home).not.toBe(first.place.home);
  expect([...containers.keys()]).toEqual([second.place.home]);
});

test("settings that were read again and say the same keep the container", async () => {
  const { sandboxes, made } = aWorld();
  await sandboxes.enter(aNeed());
  await sandboxes.enter(aNeed({ settings: settings() }));
  expect(made()).toBe(1);
});

test("a container that ended by itself is made anew", async () => {
  const { sandboxes, end, containers } = aWorld();
  const first = await sandboxes.enter(aNeed());
  end(first.place.home);
  await new Promise(setImmediate);
  const second = await sandboxes.enter(aNeed());
  expect(second.place.home).not.toBe(first.place.home);
  expect(containers.size).toBe(1);
});

test("what is idle is removed after its own hours, and nothing that is in use", async () => {
  const { sandboxes, clock, containers } = aWorld();
  const held = await sandboxes.enter(aNeed());
  (
    await sandboxes.enter(aNeed({ scopeKey: "b", settings: settings({ prune: { idleHours: 2 } }) }))
  ).release();
  (
    await sandboxes.enter(
      aNeed({ scopeKey: "c", settings: settings({ prune: { idleHours: 0, maxAgeDays: 0 } }) }),
    )
  ).release();
  await clock.advance(3 * hour);
  await sandboxes.prune();
  expect([...containers.values()].map(({ labels: own }) => own[labels.sessionKey])).toEqual([
    "agent:main",
    "c",
  ]);
  await clock.advance(200 * hour);
  await sandboxes.prune();
  expect(containers.size).toBe(2);
  held.release();
  held.release();
  await clock.advance(25 * hour);
  await sandboxes.prune();
  expect(containers.size).toBe(1);
});

test("a command in the background keeps its container", async () => {
  const { sandboxes, clock, containers, busy } = aWorld();
  const lease = await sandboxes.enter(aNeed());
  lease.release();
  busy.add(lease.place.home);
  await clock.advance(200 * hour);
  await sandboxes.prune();
  expect(containers.size).toBe(1);
  busy.clear();
  await sandboxes.prune();
  expect(containers.size).toBe(0);
});

test("what an earlier process left is swept, what is another gateway's is not", async () => {
  const { sandboxes, containers } = aWorld();
  const info = (id: string, installation: string) => ({
    id,
    name: id,
    image: "i",
    labels: { [labels.sandbox]: "1", [labels.installation]: installation },
    isRunning: false,
    createdAt: 0,
  });
  containers.set("old", info("old", "0badcafe"));
  containers.set("foreign", info("foreign", "ffffffff"));
  const { place } = await sandboxes.enter(aNeed());
  await sandboxes.sweep();
  expect([...containers.keys()]).toEqual(["foreign", place.home]);
});

test("after the end nothing is opened, not even what was on its way", async () => {
  let go: () => void = () => undefined;
  const { sandboxes, containers } = aWorld(() => new Promise((resolve) => (go = resolve)));
  const late = sandboxes.enter(aNeed());
  await new Promise(setImmediate);
  const closed = sandboxes.close();
  go();
  await expect(late).rejects.toMatchObject({ code: "CLAWD_SANDBOX_CLOSED" });
  await closed;
  await expect(sandboxes.enter(aNeed())).rejects.toMatchObject({ code: "CLAWD_SANDBOX_CLOSED" });
  expect(containers.size).toBe(0);
});

test("whatever is asked in whatever order, a key never has two containers, and a lease is always of the configuration asked for", async () => {
  const configurations = [base, settings({ docker: { pidsLimit: 9 } })];
  const step = fc.record({
    key: fc.constantFrom("a", "b"),
    which: fc.nat(1),
    action: fc.constantFrom("enter", "enter", "recreate", "end", "prune"),
  });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 12 }), async (scheduler, steps) => {
      const { sandboxes, containers, end } = aWorld(() => scheduler.schedule(Promise.resolve()));
      const work = steps.map(async ({ key, which, action }) => {
        if (action === "recreate") return void (await sandboxes.recreate((scopeKey) => scopeKey === key));
        if (action === "prune") return sandboxes.prune();
        if (action === "end") return end([...containers.keys()][0] ?? "");
        const { place } = await sandboxes.enter(aNeed({ scopeKey: key, settings: configurations[which]! }));
        expect(place.home).toMatch(/^c\d+$/);
      });
      await scheduler.waitIdle();
      await Promise.all(work);
      const keys = [...containers.values()].map(({ labels: own }) => own[labels.sessionKey]);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 200 },
  );
});

test("the browser of a scope is in a container beside that of its tools; both go with the scope", async () => {
  const { sandboxes, containers } = aWorld();
  const tools = await sandboxes.enter(aNeed());
  const browser = await sandboxes.enter(aNeed({ purpose: "browser" }));
  expect(browser.place.home).not.toBe(tools.place.home);
  expect((await sandboxes.enter(aNeed({ purpose: "browser" }))).place.home).toBe(browser.place.home);
  expect((await sandboxes.enter(aNeed())).place.home).toBe(tools.place.home);
  expect(containers.size).toBe(2);
  expect(await sandboxes.recreate((scopeKey) => scopeKey === "agent:main")).toBe(2);
  expect(containers.size).toBe(0);
});
