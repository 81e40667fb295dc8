/**
 * Which container serves which session. One at a time is made for a key; one whose configuration changed is removed at the next
 * call; one that nobody used for long is removed. Nothing here ever answers with another place than a container.
 */
import type { Clock, Logger } from "@clawd/kernel";
import { messageOf } from "@clawd/kernel";
import type { ContainerInfo, Engine } from "./engine.ts";
import type { Sandbox } from "./open-sandbox.ts";
import type { Place } from "./place.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import type { SandboxNeed, SandboxPlan } from "./sandbox-plan.ts";
import { createSpares } from "./spares.ts";
import { ofScope, type ScopeRecords } from "./scope-records.ts";
import { labels } from "./specification.ts";

export interface Lease {
  readonly place: Place;
  /** Whoever holds it keeps the container from being pruned. Idempotent. */
  release(): void;
}

export interface SandboxesPorts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 8 digits that stand for this gateway in labels. */
  readonly installation: string;
  /** Says what `need` makes of a container, without making it. */
  readonly plan: (need: SandboxNeed) => Promise<SandboxPlan>;
  /** Whose a container is that was made before it was anybody's, for other processes. Absent: nobody asks. */
  readonly records?: ScopeRecords;
}

export interface Sandboxes {
  /** @throws what the plan and the engine throw; CLAWD_SANDBOX_CLOSED */
  enter(need: SandboxNeed): Promise<Lease>;
  /** Every container of this gateway that the engine has. */
  list(): Promise<readonly ContainerInfo[]>;
  /** Removes those whose scope key fits; they are made again at the next call. Says how many. */
  recreate(fits: (scopeKey: string) => boolean): Promise<number>;
  /** Removes what an earlier process of this gateway left. */
  sweep(): Promise<void>;
  /** Removes what was idle for too long or is too old; never one that is in use. */
  prune(): Promise<void>;
  /** Removes all. Idempotent. */
  close(): Promise<void>;
}

interface Open {
  readonly sandbox: Sandbox;
  /** The one that was found to need this very container last. */
  need: SandboxNeed;
  readonly createdAt: number;
  usedAt: number;
  leases: number;
}

const hour = 3_600_000;
const pruneEvery = 300_000;

export function createSandboxes(ports: SandboxesPorts): Sandboxes {
  const { engine, clock, logger, installation } = ports;
  const open = new Map<string, Open>();
  /** The end of the work that is under way for a key: containers of one key are made and removed one after the other. */
  const busy = new Map<string, Promise<unknown>>();
  const spares = createSpares({ ...ports, isQuiet: () => busy.size === 0 });
  let prunedAt = clock.now();
  let isClosed = false;

  function oneByOne<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = busy.get(key) ?? Promise.resolve();
    const after = before.then(work, work);
    busy.set(key, after);
    const forget = () => {
      if (busy.get(key) === after) busy.delete(key);
    };
    after.then(forget, forget);
    return after;
  }

  function lease(entry: Open): Lease {
    entry.leases++;
    let isHeld = true;
    return {
      place: entry.sandbox.place,
      release() {
        if (!isHeld) return;
        isHeld = false;
        entry.leases--;
        entry.usedAt = clock.now();
      },
    };
  }

  async function enter(need: SandboxNeed): Promise<Lease> {
    if (isClosed) throw sandboxFault("CLAWD_SANDBOX_CLOSED", "No sandbox is opened any more.");
    if (clock.now() - prunedAt > pruneEvery) void prune();
    const key = keyOf(need);
    const known = open.get(key);
    // The way of nearly every call: the same settings object means the same configuration.
    if (known !== undefined && isSame(known.need, need) && !busy.has(key)) return lease(known);
    return oneByOne(key, () => enterAfterOthers(key, need));
  }

  async function enterAfterOthers(key: string, need: SandboxNeed): Promise<Lease> {
    const plan = await ports.plan(need);
    const known = open.get(key);
    if (known?.sandbox.configuration === plan.configuration) {
      known.need = need;
      return lease(known);
    }
    if (known !== undefined) await remove(key, known, "its configuration changed");
    const taken = await spares.take(need, plan);
    const sandbox = taken ?? (await plan.open());
    if (isClosed) {
      await sandbox.close();
      throw sandboxFault("CLAWD_SANDBOX_CLOSED", "No sandbox is opened any more.");
    }
    const now = clock.now();
    const entry: Open = { sandbox, need, createdAt: now, usedAt: now, leases: 0 };
    open.set(key, entry);
    if (taken !== null) ports.records?.set(sandbox.container, need.scopeKey);
    spares.refill(need);
    logger.info("sandbox opened", { scope: key, container: sandbox.container.slice(0, 12) });
    void sandbox.lost.then(() => forget(key, sandbox));
    return lease(entry);
  }

  /** A container that ended by itself is not there for the next call. */
  function forget(key: string, sandbox: Sandbox): void {
    if (open.get(key)?.sandbox !== sandbox) return;
    open.delete(key);
    ports.records?.delete(sandbox.container);
    logger.warn("sandbox lost", { scope: key, container: sandbox.container.slice(0, 12) });
    void sandbox.close();
  }

  async function remove(key: string, { sandbox }: Open, reason: string): Promise<void> {
    open.delete(key);
    await sandbox.close();
    ports.records?.delete(sandbox.container);
    logger.info("sandbox removed", { scope: key, container: sandbox.container.slice(0, 12), reason });
  }

  function expired({ sandbox, need, createdAt, usedAt, leases }: Open): boolean {
    const { idleHours, maxAgeDays } = need.settings.prune;
    const now = clock.now();
    if (leases > 0 || sandbox.isBusy()) return false;
    return (
      (idleHours > 0 && now - usedAt > idleHours * hour) ||
      (maxAgeDays > 0 && now - createdAt > maxAgeDays * 24 * hour)
    );
  }

  async function prune(): Promise<void> {
    prunedAt = clock.now();
    await spares.prune();
    for (const [key, entry] of open) {
      if (!expired(entry)) continue;
      await oneByOne(key, async () => {
        const now = open.get(key);
        if (now !== undefined && expired(now)) await remove(key, now, "unused for long");
      });
    }
  }

  const ours = { [labels.sandbox]: "1", [labels.installation]: installation };

  return {
    enter,
    prune,
    async list() {
      const taken = new Map(
        [...open.values()].map(({ sandbox, need }) => [sandbox.container, need.scopeKey]),
      );
      return (await engine.list(ours)).map((container) => ofScope(container, taken.get(container.id)));
    },
    async recreate(fits) {
      await spares.empty();
      const keys = [...open].filter(([, { need }]) => fits(need.scopeKey)).map(([key]) => key);
      for (const key of keys)
        await oneByOne(key, async () => {
          const entry = open.get(key);
          if (entry !== undefined) await remove(key, entry, "asked for");
        });
      const left = (await engine.list(ours)).filter(({ labels: own }) => fits(own[labels.sessionKey] ?? ""));
      for (const { id } of left) await engine.remove(id);
      return keys.length + left.length;
    },
    async sweep() {
      ports.records?.clear();
      const known = new Set([
        ...[...open.values()].map(({ sandbox }) => sandbox.container),
        ...spares.containers(),
      ]);
      for (const { id } of await engine.list(ours)) {
        if (known.has(id)) continue;
        await engine.remove(id).catch((fault: unknown) => {
          logger.warn("a container of an earlier run stays", {
            container: id.slice(0, 12),
            reason: messageOf(fault),
          });
        });
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(busy.values());
      await spares.close();
      await Promise.all([...open].map(([key, entry]) => remove(key, entry, "the gateway stops")));
    },
  };
}

/** A browser's container is another one than that of the tools of the same scope. */
const keyOf = ({ scopeKey, purpose }: SandboxNeed): string =>
  purpose === undefined ? scopeKey : `${scopeKey} ${purpose}`;

function isSame(a: SandboxNeed, b: SandboxNeed): boolean {
  return a.settings === b.settings && a.access === b.access && a.agentWorkspace === b.agentWorkspace;
}
