/**
 * Says that something may have changed in a set of directories. Directories, not files: a file that is replaced takes its
 * watch with it. Where a directory cannot be watched (missing, network drive, no watches left) it asks every five seconds.
 */
import { watch } from "node:fs";
import type { Clock } from "@clawd/kernel";

/** Calls `onEvent` after anything changed in the directory, `onLost` when it no longer will. May throw. */
export type WatchDirectory = (
  directory: string,
  onEvent: () => void,
  onLost: () => void,
) => { close(): void };

export interface DirectoryWatchOptions {
  readonly clock: Clock;
  readonly onEvent: () => void;
  /** Absent means `fs.watch`. */
  readonly watchDirectory?: WatchDirectory | undefined;
}

/** Milliseconds between looks. */
const pollTime = 5000;

/** Owns watchers and one timer until `stop`; cannot be started again. */
export class DirectoryWatch {
  readonly #options: DirectoryWatchOptions;
  readonly #watchers = new Map<string, { close(): void }>();
  readonly #stopped = new AbortController();
  #directories: ReadonlySet<string> = new Set();
  #isPolling = false;

  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
  }

  /** Watches these and no others from now on. */
  follow(directories: Iterable<string>): void {
    this.#directories = new Set(directories);
    for (const directory of this.#watchers.keys())
      if (!this.#directories.has(directory)) this.#close(directory);
    for (const directory of this.#directories) if (!this.#watchers.has(directory)) this.#open(directory);
    if (this.#watchers.size < this.#directories.size) this.#poll();
  }

  /** Idempotent. */
  stop(): void {
    this.#stopped.abort();
    for (const directory of this.#watchers.keys()) this.#close(directory);
  }

  #open(directory: string): void {
    const { onEvent, watchDirectory = watchWithFileSystem } = this.#options;
    const onLost = () => {
      this.#close(directory);
      this.#poll();
    };
    try {
      this.#watchers.set(directory, watchDirectory(directory, onEvent, onLost));
    } catch {
      // `follow` sees that it is missing from the watchers, and polls.
    }
  }

  #close(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  #poll(): void {
    const { signal } = this.#stopped;
    if (this.#isPolling || signal.aborted) return;
    this.#isPolling = true;
    void this.#options.clock.sleep(pollTime, signal).then(() => {
      this.#isPolling = false;
      if (signal.aborted) return;
      this.follow(this.#directories);
      this.#options.onEvent();
    });
  }
}

const watchWithFileSystem: WatchDirectory = (directory, onEvent, onLost) => {
  // Not persistent: following a file is no reason for a process to live.
  const watcher = watch(directory, { persistent: false }, (_event, name) => {
    onEvent();
    // The directory itself went away or was replaced: its watch sees nothing more.
    if (name !== null && directory.endsWith(`/${name}`)) onLost();
  });
  watcher.on("error", onLost);
  return watcher;
};
