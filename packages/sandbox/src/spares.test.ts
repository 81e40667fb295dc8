import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import type { ContainerInfo, Engine } from "./engine.ts";
import type { Identity, Sandbox } from "./open-sandbox.ts";
import type { Place } from "./place.ts";
import type { SandboxNeed, SandboxPlan } from "./sandbox-plan.ts";
import { createSandboxes } from "./sandboxes.ts";
import { workspaceOf } from "./scope.ts";
import { resolveSettings } from "./settings.ts";
import { labels } from "./specification.ts";

interface Made {
  readonly id: string;
  readonly scopeKey: string;
  end(): void;
  /** What becoming somebody's does; by default it works. */
  become: (as: Identity, signal: AbortSignal) => Promise<void>;
  became: Identity | null;
  isClosed: boolean;
}

/** Containers as values, and the directories as they are. */
function aWorld() {
  const root = mkdtempSync(join(tmpdir(), "clawd-spares-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const clock = fakeClock();
  const made: Made[] = [];
  const records = new Map<string, string>();
  let image = "image-1";
  let fault: Error | null = null;
  let delay = (_scopeKey: string) => Promise.resolve();
  const engine = {
    list: () =>
      Promise.resolve(
        made
          .filter(({ isClosed }) => !isClosed)
          .map(
            ({ id, scopeKey }) =>
              ({ id, labels: { [labels.sessionKey]: scopeKey } }) as unknown as ContainerInfo,
          ),
      ),
    remove: (id: string) => Promise.resolve(made.find((one) => one.id === id)?.end()),
  } as unknown as Engine;

  function plan(need: SandboxNeed): Promise<SandboxPlan> {
    if (fault !== null) return Promise.reject(fault);
    const workspace = workspaceOf(root, need.scopeKey);
    mkdirSync(workspace, { recursive: true });
    const kind = JSON.stringify([image, need.access, need.settings.docker]);
    const configuration = `${kind} for ${need.scopeKey}`;
    return Promise.resolve({
      configuration,
      ...(need.access !== "rw" && { spare: { kind, workspace } }),
      async open() {
        await delay(need.scopeKey);
        let end!: () => void;
        const lost = new Promise<void>((resolve) => (end = resolve));
        const one: Made = {
          id: `c${made.length}`,
          scopeKey: need.scopeKey,
          end,
          become: () => Promise.resolve(),
          became: null,
          isClosed: false,
        };
        made.push(one);
        const sandbox: Sandbox = {
          container: one.id,
          configuration,
          place: { home: one.id } as Place,
          lost,
          isBusy: () => false,
          async become(as, signal) {
            await one.become(as, signal);
            signal.throwIfAborted();
            one.became = as;
            return { ...sandbox, configuration: as.configuration };
          },
          close: () => Promise.resolve(void (one.isClosed = true)),
        };
        return sandbox;
      },
    });
  }

  const sandboxes = createSandboxes({
    engine,
    clock,
    logger: silentLogger,
    installation: "0badcafe",
    plan,
    records: {
      set: (id, key) => void records.set(id, key),
      get: (id) => records.get(id),
      delete: (id) => void records.delete(id),
      clear: () => records.clear(),
    },
  });
  const settings = (config: object = { pool: 1 }) => ({
    ...resolveSettings(config, {}, "session", "/state"),
    workspaceRoot: root,
  });
  const usual = settings();
  return {
    root,
    clock,
    made,
    records,
    sandboxes,
    settings,
    spares: () =>
      made.filter(
        ({ scopeKey, became, isClosed }) => scopeKey.startsWith("spare:") && became === null && !isClosed,
      ),
    need: (session: string, own: Partial<SandboxNeed> = {}): SandboxNeed => ({
      scopeKey: `agent:main:${session}`,
      agent: "main",
      access: "none",
      agentWorkspace: "/home/anna/clawd",
      settings: usual,
      ...own,
    }),
    /** Until nothing is left to be made. */
    settle: async () => {
      for (let turn = 0; turn < 20; turn++) {
        await clock.advance(1_000);
        await new Promise(setImmediate);
      }
    },
    change: (now: { image?: string; fault?: Error | null; delay?: typeof delay }) => {
      image = now.image ?? image;
      fault = now.fault === undefined ? fault : now.fault;
      delay = now.delay ?? delay;
    },
  };
}

test("without the setting nothing is made that nobody asked for", async () => {
  const { sandboxes, need, settings, settle, made } = aWorld();
  await sandboxes.enter(need("a", { settings: settings({}) }));
  await settle();
  expect(made).toHaveLength(1);
});

test("the second session gets the one that was ready, as its own, and another one is made", async () => {
  const { sandboxes, need, settle, made, spares, records } = aWorld();
  const first = await sandboxes.enter(need("a"));
  expect(spares()).toEqual([]);
  await settle();
  const [spare] = spares();
  const second = await sandboxes.enter(need("b"));
  expect([first.place.home, second.place.home]).toEqual(["c0", spare!.id]);
  expect(spare!.became).toMatchObject({ configuration: expect.stringContaining("for agent:main:b") });
  expect(records.get(spare!.id)).toBe("agent:main:b");
  expect((await sandboxes.list()).map(({ labels: own }) => own[labels.sessionKey])).toEqual([
    "agent:main:a",
    "agent:main:b",
  ]);
  await settle();
  expect(spares()).toHaveLength(1);
  expect((await sandboxes.enter(need("b"))).place.home).toBe(second.place.home);
  expect(made).toHaveLength(3);
});

test("of two sessions that come at once, one gets the last that was ready, and the other a new one", async () => {
  const { sandboxes, need, settle, spares } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  const [spare] = spares();
  const both = await Promise.all(["b", "c", "d"].map((session) => sandboxes.enter(need(session))));
  const homes = both.map(({ place }) => place.home);
  expect(new Set(homes).size).toBe(3);
  expect(homes.filter((home) => home === spare!.id)).toHaveLength(1);
});

test("one that died while it waited is no longer there", async () => {
  const { sandboxes, need, settle, spares } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  const [spare] = spares();
  spare!.end();
  await new Promise(setImmediate);
  expect(spare!.isClosed).toBe(true);
  expect((await sandboxes.enter(need("b"))).place.home).not.toBe(spare!.id);
});

test.each([
  ["is not what it was", () => Promise.reject(new Error("not confined as asked"))],
  ["does not answer", () => new Promise<void>(() => {})],
])("one that %s is removed, and a new one is made", async (_what, become) => {
  const { sandboxes, need, settle, spares, clock } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  const [spare] = spares();
  spare!.become = become;
  const entering = sandboxes.enter(need("b"));
  await new Promise(setImmediate);
  await clock.advance(1_000);
  expect((await entering).place.home).not.toBe(spare!.id);
  expect(spare!.isClosed).toBe(true);
});

test("one that answers too late stays nobody's", async () => {
  const { sandboxes, need, settle, spares, clock } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  const [spare] = spares();
  let answer!: () => void;
  spare!.become = () => new Promise<void>((resolve) => (answer = resolve));
  const entering = sandboxes.enter(need("b"));
  await new Promise(setImmediate);
  await clock.advance(1_000);
  await entering;
  answer();
  await new Promise(setImmediate);
  expect(spare!.became).toBeNull();
});

test.each<[string, (world: ReturnType<typeof aWorld>) => Partial<SandboxNeed>]>([
  [
    "the settings changed",
    ({ settings }) => ({ settings: settings({ pool: 1, docker: { pidsLimit: 99 } }) }),
  ],
  ["the image changed", ({ change }) => (change({ image: "image-2" }), {})],
  ["the access is another", () => ({ access: "ro" })],
])("when %s, what was ready is removed", async (_what, own) => {
  const world = aWorld();
  await world.sandboxes.enter(world.need("a"));
  await world.settle();
  const [spare] = world.spares();
  const { place } = await world.sandboxes.enter(world.need("b", own(world)));
  expect(place.home).not.toBe(spare!.id);
  await new Promise(setImmediate);
  expect(spare!.isClosed).toBe(true);
});

test("another agent's is not taken", async () => {
  const { sandboxes, need, settle, spares } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  const [spare] = spares();
  const { place } = await sandboxes.enter(need("x", { agent: "other", scopeKey: "agent:other:x" }));
  expect(place.home).not.toBe(spare!.id);
  expect(spare!.isClosed).toBe(false);
});

test("a workspace with something in it keeps it: its container is made for it", async () => {
  const { sandboxes, need, settle, spares, root } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  const [spare] = spares();
  mkdirSync(workspaceOf(root, "agent:main:b"));
  writeFileSync(join(workspaceOf(root, "agent:main:b"), "notes"), "kept");
  expect((await sandboxes.enter(need("b"))).place.home).not.toBe(spare!.id);
  expect(readdirSync(workspaceOf(root, "agent:main:b"))).toEqual(["notes"]);
  expect(spare!.isClosed).toBe(false);
});

test("nothing is made for the pool while somebody waits for a container, nor after a failure until the next call", async () => {
  const { sandboxes, need, settle, spares, change, made } = aWorld();
  await sandboxes.enter(need("a"));
  let go!: () => void;
  change({
    delay: (key) => (key.startsWith("spare:") ? Promise.resolve() : new Promise((resolve) => (go = resolve))),
  });
  const waiting = sandboxes.enter(need("b"));
  await settle();
  expect(spares()).toEqual([]);
  go();
  await waiting;
  change({ fault: new Error("the engine is gone") });
  await settle();
  expect(made).toHaveLength(2);
  change({ fault: null, delay: () => Promise.resolve() });
  await settle();
  expect(spares()).toEqual([]);
  await sandboxes.enter(need("c"));
  await settle();
  expect(spares()).toHaveLength(1);
});

test("an engine that is gone refuses, with one ready or not", async () => {
  const { sandboxes, need, settle, change } = aWorld();
  await sandboxes.enter(need("a"));
  await settle();
  change({ fault: new Error("the engine is gone") });
  await expect(sandboxes.enter(need("b"))).rejects.toThrow("the engine is gone");
});

test("what waits too long is removed, and with recreate and at the end", async () => {
  const world = aWorld();
  const { sandboxes, need, settle, spares, clock, root } = world;
  await sandboxes.enter(need("a"));
  await settle();
  await clock.advance(25 * 3_600_000);
  await sandboxes.prune();
  expect(spares()).toEqual([]);
  await sandboxes.enter(need("b"));
  await settle();
  expect(spares()).toHaveLength(1);
  await sandboxes.recreate(() => false);
  expect(spares()).toEqual([]);
  await sandboxes.enter(need("c"));
  await settle();
  await sandboxes.close();
  await settle();
  expect(world.made.filter(({ isClosed }) => !isClosed)).toEqual([]);
  expect(readdirSync(root).filter((name) => name.startsWith("spare-"))).toEqual([]);
});

test("directories that an earlier process had ready are removed, and nothing else", async () => {
  const { sandboxes, need, settle, root, spares } = aWorld();
  const [left, others, named] = [
    "spare-0badcafe-0123456789ab-01234567",
    "spare-ffffffff-0123456789ab-01234567",
    "agent-spare-x-01234567",
  ];
  for (const name of [left, others, named]) mkdirSync(join(root, name));
  await sandboxes.enter(need("a"));
  await settle();
  expect(spares()).toHaveLength(1);
  const names = readdirSync(root);
  expect(names).not.toContain(left);
  expect(names).toEqual(expect.arrayContaining([others, named]));
});
