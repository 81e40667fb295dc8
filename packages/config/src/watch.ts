/**
 * Follows the config's files and hands on each valid config. Whatever goes wrong is reported once and the last good
 * config stays: a broken file, a missing include, a deleted file, a change that the application cannot take over.
 */
import { basename, dirname } from "node:path";
import { messageOf, type Clock, type Issue } from "@clawd/kernel";
import { DirectoryWatch, type WatchDirectory } from "./directory-watch.ts";
import { attemptLoad, type LoadAttempt, type LoadConfigOptions, type LoadedConfig } from "./load.ts";
import { readConfig } from "./read.ts";

export interface WatchConfigOptions<Value> extends Omit<LoadConfigOptions<Value>, "mustExist"> {
  /** The config that is in force. */
  readonly initial: LoadedConfig<Value>;
  readonly clock: Clock;
  /** A new valid config. It becomes `current` when this has returned; a throw is reported and the old one stays. */
  readonly onChange: (config: LoadedConfig<Value>, warnings: readonly Issue[]) => void | Promise<void>;
  /** Why the config on disk is not the one in force. */
  readonly onIssues: (issues: readonly Issue[]) => void;
  /** Absent means `fs.watch`. */
  readonly watchDirectory?: WatchDirectory;
}

export interface ConfigWatch<Value> {
  /** Idempotent. A change made since `initial` was loaded is found too. */
  start(): void;
  /** Idempotent; afterwards no watcher and no timer is left, and nothing more is reported. */
  stop(): void;
  /** The config in force: ask for it at each decision, never keep it. */
  current(): LoadedConfig<Value>;
}

/** Milliseconds without a change before the files count as written. */
const settleTime = 300;

export function watchConfig<Value>(options: WatchConfigOptions<Value>): ConfigWatch<Value> {
  return new Watch(options);
}

class Watch<Value> implements ConfigWatch<Value> {
  readonly #options: WatchConfigOptions<Value>;
  #current: LoadedConfig<Value>;
  /** Of the last files that were looked at, good or not. */
  #seen: string;
  #existed: boolean;
  #directories: DirectoryWatch | undefined;
  #running: AbortController | undefined;
  #isChecking = false;
  #isDirty = false;

  constructor(options: WatchConfigOptions<Value>) {
    this.#options = options;
    this.#current = options.initial;
    this.#seen = options.initial.fingerprint;
    this.#existed = options.initial.found;
  }

  current(): LoadedConfig<Value> {
    return this.#current;
  }

  start(): void {
    if (this.#running !== undefined) return;
    this.#running = new AbortController();
    const { clock, watchDirectory } = this.#options;
    this.#directories = new DirectoryWatch({ clock, watchDirectory, onEvent: () => this.#check() });
    this.#directories.follow(this.#current.files.map((file) => dirname(file)));
    // What changed between the load of `initial` and now gave no event.
    this.#check();
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#directories?.stop();
  }

  /** Any number of events make one check at a time, and one more for what came while it ran. */
  #check(): void {
    this.#isDirty = true;
    const signal = this.#running?.signal;
    if (this.#isChecking || signal === undefined) return;
    this.#isChecking = true;
    void this.#reload(signal).finally(() => {
      this.#isChecking = false;
      if (this.#isDirty) this.#check();
    });
  }

  async #reload(signal: AbortSignal): Promise<void> {
    const attempt = await this.#settled(signal);
    if (attempt === undefined || attempt.fingerprint === this.#seen) return;
    this.#seen = attempt.fingerprint;
    // The files of the config in force stay watched, so that undoing the damage is noticed wherever it is done.
    const files = [...attempt.files, ...this.#current.files];
    this.#directories?.follow(files.map((file) => dirname(file)));
    const { result } = attempt;
    if (!result.ok) return this.#options.onIssues(result.issues.map((issue) => this.#explain(issue)));
    this.#existed ||= result.value.found;
    try {
      await this.#options.onChange(result.value, result.warnings);
      this.#current = result.value;
    } catch (thrown) {
      this.#options.onIssues([notTaken(this.#options.path, thrown)]);
    }
  }

  /** The files once they have not changed for one settle time; undefined when stopped meanwhile. */
  async #settled(signal: AbortSignal): Promise<LoadAttempt<Value> | undefined> {
    const options = { ...this.#options, mustExist: this.#existed };
    let fingerprint = readConfig(options).fingerprint;
    for (;;) {
      this.#isDirty = false;
      await this.#options.clock.sleep(settleTime, signal);
      if (signal.aborted) return undefined;
      const attempt = attemptLoad(options);
      if (attempt.fingerprint === fingerprint) return attempt;
      fingerprint = attempt.fingerprint;
    }
  }

  #explain(issue: Issue): Issue {
    if (issue.code !== "config-missing") return issue;
    return {
      ...issue,
      message: "The config file was deleted; the last good config stays in force.",
      hint: "Restore it. To run without settings, write {} into it.",
    };
  }
}

function notTaken(path: string, thrown: unknown): Issue {
  return {
    code: "config-not-taken",
    path: "",
    message: `The new config is valid, but could not be put in force: ${messageOf(thrown)}`,
    hint: "Restart the gateway, or undo the change; the last good config stays in force.",
    file: basename(path),
  };
}
