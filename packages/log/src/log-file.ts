/**
 * Where lines go: a fixed file, or `clawdbot-YYYY-MM-DD.log` by local day, which changes at midnight while running.
 * Nothing here throws or stops the gateway: lines that cannot be written are counted, and the count is written later.
 */
import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "@clawd/kernel";
import { ensurePrivateDirectory } from "@clawd/kernel/files";
import { openAppendFile, type AppendFile } from "./append-file.ts";
import { dailyName, dayOf } from "./daily-files.ts";
import { privateDirectory } from "./private-directory.ts";

export interface LogFileOptions {
  /** Absolute; never rolled over. Absent means a file for each day in the first usable of `directories`. */
  readonly file?: string | undefined;
  readonly directories: readonly string[];
  readonly userId: number | undefined;
  /** Called when a place could not be used: what was wrong, and with which; once, until lines arrive again. */
  readonly onTrouble: (message: string, fields: { readonly path: string; readonly reason: string }) => void;
}

/**
 * Days that a day's file is kept. The original kept 24 hours; an incident is often noticed after a weekend, and the first
 * step of the response is to read the log.
 */
const keptDays = 7;
const dayLength = 24 * 60 * 60 * 1000;
/** Milliseconds between looks whether the file is still in its directory (cleaners of temporary files take it away). */
const lookTime = 1000;

interface OpenFile {
  readonly path: string;
  readonly file: AppendFile;
  /** Milliseconds since 1970: when the next day's file is due. */
  readonly until: number;
}

export class LogFile {
  readonly #options: LogFileOptions;
  #open: OpenFile | undefined;
  #lost = 0;
  #isLineBroken = false;
  #nextLook = 0;
  readonly #troubles = new Set<string>();

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  /** The file that lines go to now; undefined when there is none. */
  get path(): string | undefined {
    return this.#open?.path;
  }

  /** Opens the file for `now` (milliseconds since 1970), unless it is open. */
  prepare(now: number): void {
    if (this.#open !== undefined && now < this.#open.until && !this.#wasRemoved(now)) return;
    // Tried again once a second, not at every line, while there is nowhere to write.
    if (this.#open === undefined && now < this.#nextLook) return;
    this.#nextLook = now + lookTime;
    this.close();
    this.#open =
      this.#options.file === undefined ? this.#openForDay(now) : this.#openFixed(this.#options.file, now);
  }

  /** Appends a line; `lostLine` makes the one that says how many before it were lost. */
  write(now: number, line: string, lostLine: (count: number) => string): void {
    this.prepare(now);
    if (this.#open === undefined) {
      this.#lost++;
      return;
    }
    try {
      const lost = this.#lost > 0 ? `${lostLine(this.#lost)}\n` : "";
      // A part of the last line may stand there: the next begins on a line of its own.
      this.#open.file.append(`${this.#isLineBroken ? "\n" : ""}${lost}${line}\n`);
      this.#isLineBroken = false;
      if (this.#lost > 0) this.#troubles.clear();
      this.#lost = 0;
    } catch (thrown) {
      this.#lost++;
      this.#isLineBroken = true;
      this.#report("The log file cannot be written", this.#open.path, messageOf(thrown));
    }
  }

  /** Idempotent; a later `write` opens it again. */
  close(): void {
    this.#open?.file.close();
    this.#open = undefined;
  }

  #openFixed(path: string, now: number): OpenFile | undefined {
    try {
      ensurePrivateDirectory(dirname(path));
      return { path, file: openAppendFile(path, this.#options.userId), until: Infinity };
    } catch (thrown) {
      this.#report("The configured log file cannot be used", path, messageOf(thrown));
      return this.#openForDay(now);
    }
  }

  #openForDay(now: number): OpenFile | undefined {
    const { directories, userId } = this.#options;
    for (const directory of directories) {
      const check = privateDirectory(directory, userId);
      if (!check.ok) {
        this.#report("The log directory is not safe", directory, check.reason);
        continue;
      }
      const path = join(directory, dailyName(now));
      try {
        const file = openAppendFile(path, userId);
        removeOldFiles(directory, now);
        return { path, file, until: startOfNextDay(now) };
      } catch (thrown) {
        this.#report("The log file cannot be opened", path, messageOf(thrown));
      }
    }
    return undefined;
  }

  #wasRemoved(now: number): boolean {
    if (now < this.#nextLook) return false;
    this.#nextLook = now + lookTime;
    return this.#open?.file.isRemoved() === true;
  }

  #report(message: string, path: string, reason: string): void {
    const trouble = `${message}\0${path}\0${reason}`;
    if (this.#troubles.has(trouble)) return;
    this.#troubles.add(trouble);
    this.#options.onTrouble(message, { path, reason });
  }
}

function startOfNextDay(time: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** By the day in the name, not by time stamps, which a copy or a restore changes. */
function removeOldFiles(directory: string, now: number): void {
  const oldest = dayOf(now - keptDays * dayLength);
  try {
    for (const name of readdirSync(directory)) {
      const day = /^clawdbot-(\d{4}-\d{2}-\d{2})\.log$/.exec(name)?.[1];
      if (day === undefined || day >= oldest) continue;
      const path = join(directory, name);
      if (lstatSync(path).isFile()) unlinkSync(path);
    }
  } catch {
    // An old file that stays does no harm; the next start tries again.
  }
}
