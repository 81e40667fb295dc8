/**
 * Whose a container is that was made before it was anybody's. The engine's labels cannot change, so each has a file named after
 * it, for `clawdbot sandbox list` and `recreate`, which are other processes.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerInfo } from "./engine.ts";
import { labels } from "./specification.ts";

/** The scope of a container that is nobody's yet begins so; no session's does. */
export const sparePrefix = "spare:";

/** Where they are in the directory of the runtime state. */
export const scopesIn = (runtime: string): string => join(runtime, "sandboxes");

export interface ScopeRecords {
  set(container: string, scopeKey: string): void;
  delete(container: string): void;
  /** Absent where its label says it. */
  get(container: string): string | undefined;
  /** Forgets all. */
  clear(): void;
}

/** In this directory, which is theirs alone. */
export function scopeRecords(directory: string): ScopeRecords {
  const file = (container: string): string | null =>
    /^[0-9a-f]{12,64}$/.test(container) ? join(directory, container) : null;
  return {
    set(container, scopeKey) {
      const path = file(container);
      if (path === null) return;
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileSync(path, scopeKey, { mode: 0o600 });
    },
    delete(container) {
      const path = file(container);
      if (path !== null) rmSync(path, { force: true });
    },
    get(container) {
      const path = file(container);
      try {
        return path === null ? undefined : readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
    clear: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The container with this scope in place of the one that it was made with. */
export const ofScope = (container: ContainerInfo, scopeKey: string | undefined): ContainerInfo =>
  scopeKey === undefined
    ? container
    : { ...container, labels: { ...container.labels, [labels.sessionKey]: scopeKey } };
