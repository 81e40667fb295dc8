/**
 * Containers that are made before anybody needs them. One is nobody's until it is taken: nothing ran in it but the owner's own
 * setupCommand, its workspace is a directory of its own, and what was read back from inside is read back again when it becomes
 * somebody's. INVARIANT: each is taken once, by a scope that would have been given the same container (spares.test.ts).
 */
import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Logger } from "@clawd/kernel";
import { messageOf } from "@clawd/kernel";
import type { Identity, Sandbox } from "./open-sandbox.ts";
import type { SandboxNeed, SandboxPlan } from "./sandbox-plan.ts";
import { sparePrefix } from "./scope-records.ts";
import { slugOf } from "./scope.ts";

export interface SparesPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly installation: string;
  readonly plan: (need: SandboxNeed) => Promise<SandboxPlan>;
  /** Whether no container is being made for somebody who waits. */
  readonly isQuiet: () => boolean;
}

export interface Spares {
  /** One that is ready, as the sandbox of this plan; null when there is none, or none that still is what it was. */
  take(need: SandboxNeed, plan: SandboxPlan): Promise<Sandbox | null>;
  /** Somebody needed this: as many as its settings say are kept ready from now on. Returns at once. */
  refill(need: SandboxNeed): void;
  /** Those that wait. */
  containers(): readonly string[];
  prune(): Promise<void>;
  /** Removes those that wait. */
  empty(): Promise<void>;
  /** Removes all, and makes none any more. */
  close(): Promise<void>;
}

interface Spare {
  readonly sandbox: Sandbox;
  readonly kind: string;
  readonly workspace: string;
  readonly need: SandboxNeed;
  readonly madeAt: number;
}

/** Between one that was made and the next. */
const pauseMs = 1_000;
/** One that says nothing for so long is left alone. */
const becomeMs = 1_000;
/** Of all agents together. */
const most = 16;
const hour = 3_600_000;

export function createSpares({ clock, logger, installation, plan, isQuiet }: SparesPorts): Spares {
  const ready: Spare[] = [];
  const wanted = new Map<string, SandboxNeed>();
  const cleaned = new Set<string>();
  const closing = new AbortController();
  let filling: Promise<void> | undefined;

  async function take(
    need: SandboxNeed,
    { spare: wish, configuration }: SandboxPlan,
  ): Promise<Sandbox | null> {
    if (wish === undefined || ready.length === 0) return null;
    const isFor = (spare: Spare) => spare.need.agent === need.agent;
    // Made under other settings, or from another image: nobody will ask for it again.
    void discard(ready.filter((spare) => isFor(spare) && spare.kind !== wish.kind));
    if (!isEmpty(wish.workspace)) return null;
    for (let spare = next(isFor); spare !== undefined; spare = next(isFor)) {
      try {
        const { scopeKey } = need;
        return await become(spare, { scopeKey, configuration, workspace: wish.workspace });
      } catch (fault) {
        logger.warn("a spare sandbox was not what it was", {
          container: spare.sandbox.container.slice(0, 12),
          reason: messageOf(fault),
        });
        await remove(spare);
      }
    }
    return null;
  }

  /** Nobody else gets it from here on. */
  function next(fits: (spare: Spare) => boolean): Spare | undefined {
    const index = ready.findIndex(fits);
    return index < 0 ? undefined : ready.splice(index, 1)[0];
  }

  async function become({ sandbox }: Spare, identity: Identity): Promise<Sandbox> {
    const late = new AbortController();
    const done = new AbortController();
    const tooLate = clock.sleep(becomeMs, done.signal).then(() => {
      late.abort(new Error("it did not answer"));
      late.signal.throwIfAborted();
      throw new Error("unreachable");
    });
    tooLate.catch(() => undefined);
    try {
      return await Promise.race([sandbox.become(identity, late.signal), tooLate]);
    } finally {
      done.abort();
    }
  }

  async function fill(): Promise<void> {
    while (!closing.signal.aborted) {
      await clock.sleep(pauseMs, closing.signal);
      if (closing.signal.aborted) return;
      if (!isQuiet()) continue;
      const need = [...wanted.values()].find(
        ({ agent, settings }) => ready.filter((spare) => spare.need.agent === agent).length < settings.pool,
      );
      if (need === undefined || ready.length >= most) return;
      try {
        await make(need);
      } catch (fault) {
        // The next call that needs one says so again.
        wanted.delete(need.agent);
        logger.warn("no spare sandbox could be made", { agent: need.agent, reason: messageOf(fault) });
      }
    }
  }

  async function make(wish: SandboxNeed): Promise<void> {
    const key = `${prefix}${randomBytes(6).toString("hex")}`;
    clean(wish.settings.workspaceRoot);
    const need = { ...wish, scopeKey: key };
    const planned = await plan(need);
    const workspace = join(wish.settings.workspaceRoot, slugOf(key));
    try {
      if (planned.spare === undefined) {
        wanted.delete(wish.agent);
        return removeDirectory(workspace);
      }
      const sandbox = await planned.open();
      const spare = { sandbox, kind: planned.spare.kind, workspace, need: wish, madeAt: clock.now() };
      if (closing.signal.aborted) return await remove(spare);
      ready.push(spare);
      void sandbox.lost.then(() => discard(ready.filter((one) => one === spare)));
      logger.debug("a sandbox is ready for whoever comes", { container: sandbox.container.slice(0, 12) });
    } catch (fault) {
      removeDirectory(workspace);
      throw fault;
    }
  }

  const prefix = `${sparePrefix}${installation}:`;

  /** What an earlier process of this gateway had ready. */
  function clean(root: string): void {
    if (cleaned.has(root)) return;
    cleaned.add(root);
    const ours = new RegExp(`^spare-${installation}-[0-9a-f]{12}-[0-9a-f]{8}$`);
    for (const name of namesIn(root)) if (ours.test(name)) removeDirectory(join(root, name));
  }

  async function discard(those: readonly Spare[]): Promise<void> {
    for (const spare of those) {
      const index = ready.indexOf(spare);
      if (index >= 0) ready.splice(index, 1);
    }
    await Promise.all(those.map(remove));
  }

  async function remove({ sandbox, workspace }: Spare): Promise<void> {
    await sandbox.close();
    removeDirectory(workspace);
  }

  function removeDirectory(path: string): void {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (fault) {
      logger.warn("the directory of a spare sandbox stays", { path, reason: messageOf(fault) });
    }
  }

  return {
    take,
    refill(need) {
      if (closing.signal.aborted || need.purpose !== undefined) return;
      wanted.set(need.agent, need);
      const own = ready.filter((spare) => spare.need.agent === need.agent);
      void discard(own.slice(need.settings.pool));
      if (need.settings.pool === 0) return void wanted.delete(need.agent);
      filling ??= fill().finally(() => (filling = undefined));
    },
    containers: () => ready.map(({ sandbox }) => sandbox.container),
    async prune() {
      const age = ({ madeAt }: Spare) => clock.now() - madeAt;
      const old = ready.filter((spare) => {
        const { idleHours, maxAgeDays } = spare.need.settings.prune;
        return (
          (idleHours > 0 && age(spare) > idleHours * hour) ||
          (maxAgeDays > 0 && age(spare) > maxAgeDays * 24 * hour)
        );
      });
      for (const { need } of old) wanted.delete(need.agent);
      await discard(old);
    },
    empty: () => discard([...ready]),
    async close() {
      closing.abort();
      await filling;
      await discard([...ready]);
    },
  };
}

/** Nothing to keep: it may be replaced. What is no directory is left to whoever makes the container. */
function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

function namesIn(root: string): readonly string[] {
  try {
    return readdirSync(root);
  } catch {
    return [];
  }
}
