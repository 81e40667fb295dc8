/** Walks the files of a place in the order of their names, without what .gitignore files leave out, and never without an end. */
import { setImmediate } from "node:timers/promises";
import { type Clock, isClawdError } from "@clawd/kernel";
import type { FileStat, Place } from "@clawd/sandbox";
import { type Effort, type IgnoreRules, parseIgnore, searchEffort } from "./ignore.ts";

export interface FoundFile {
  /** As the files of the place take it. */
  readonly path: string;
  /** From where the walk began. */
  readonly relative: string;
  readonly kind: FileStat["kind"];
  readonly size: number;
}

/** How far one search goes. */
export interface SearchBudget {
  /** True when the time or the number of entries is over. */
  readonly isOver: boolean;
  spend(): void;
}

const mostEntries = 200_000;
const mostInDirectory = 20_000;
const deepest = 100;
const mostMilliseconds = 30_000;
/** Milliseconds after which others get a turn. */
const mostAtOnce = 20;

export function searchBudget(clock: Clock): SearchBudget {
  const end = clock.now() + mostMilliseconds;
  let entries = 0;
  return {
    get isOver() {
      return entries > mostEntries || clock.now() > end;
    },
    spend: () => void entries++,
  };
}

interface Level {
  readonly rules: IgnoreRules;
  /** Of the directory whose file it is, from the home; empty for the home. */
  readonly base: string;
}

/** Directories come before what is in them. Links are told and not followed, `.git` is not told. */
export async function* walkFiles(
  place: Place,
  start: string,
  budget: SearchBudget,
  signal: AbortSignal,
): AsyncGenerator<FoundFile, void> {
  const size = await fileSize(place, start);
  if (size !== null) {
    const relative = start.slice(start.lastIndexOf("/") + 1);
    yield { path: start, relative, kind: "file", size };
    return;
  }
  const effort = searchEffort();
  let pausedAt = performance.now();
  const above = await rulesAbove(place, start, effort);
  yield* walkDirectory(start, "", above.home, above.levels, 0);

  async function* walkDirectory(
    path: string,
    relative: string,
    fromHome: string,
    above: readonly Level[],
    depth: number,
  ): AsyncGenerator<FoundFile, void> {
    signal.throwIfAborted();
    const listing = await place.files.list(path, mostInDirectory).catch((fault: unknown) => {
      // What went away or may not be read is not there; where the walk begins it has to be.
      if (depth > 0 && isClawdError(fault)) return null;
      throw fault;
    });
    if (listing === null) return;
    const levels = [...above];
    if (listing.entries.some(({ name, kind }) => name === ".gitignore" && kind === "file"))
      levels.unshift({ rules: await rulesIn(place, path, effort), base: fromHome });
    for (const { name, kind, size } of listing.entries) {
      budget.spend();
      if (budget.isOver) return;
      if (performance.now() - pausedAt > mostAtOnce) {
        await setImmediate();
        signal.throwIfAborted();
        pausedAt = performance.now();
      }
      if (name === ".git") continue;
      const entry = join(fromHome, name);
      if (isIgnored(entry, kind === "directory", levels)) continue;
      const found = { path: join(path, name), relative: join(relative, name), kind, size };
      yield found;
      if (kind === "directory" && depth < deepest)
        yield* walkDirectory(found.path, found.relative, entry, levels, depth + 1);
    }
  }
}

/** Null when the walk begins at something else than a file. A link to a file counts as one. */
async function fileSize(place: Place, path: string): Promise<number | null> {
  const stat = await place.files.stat(path);
  if (stat?.kind === "file") return stat.size;
  if (stat?.kind !== "link") return null;
  try {
    return (await place.files.read(path, { offset: 0, maxBytes: 0 })).stat.size;
  } catch (fault) {
    if (isClawdError(fault)) return null;
    throw fault;
  }
}

/** The deepest file that says anything decides. */
function isIgnored(path: string, isDirectory: boolean, levels: readonly Level[]): boolean {
  for (const { rules, base } of levels) {
    const relative = base === "" ? path : path.slice(base.length + 1);
    const verdict = rules.verdict(relative, isDirectory);
    if (verdict !== null) return verdict === "ignore";
  }
  return false;
}

/** Rules between the home and where the search begins hold there too. Elsewhere than below the home, none do. */
async function rulesAbove(
  place: Place,
  start: string,
  effort: Effort,
): Promise<{ home: string; levels: readonly Level[] }> {
  const prefix = `${place.home}/`;
  const inside = start.startsWith("/")
    ? `${start}/`.startsWith(prefix)
      ? start.slice(prefix.length)
      : null
    : start;
  const names = inside?.split("/").filter((name) => name !== "" && name !== ".");
  if (names === undefined || names.includes("..")) return { home: "", levels: [] };
  const levels: Level[] = [];
  for (let depth = 0; depth < names.length; depth++) {
    const base = names.slice(0, depth).join("/");
    levels.unshift({ rules: await rulesIn(place, base === "" ? "." : base, effort), base });
  }
  return { home: names.join("/"), levels };
}

async function rulesIn(place: Place, directory: string, effort: Effort): Promise<IgnoreRules> {
  const path = join(directory, ".gitignore");
  try {
    const { bytes } = await place.files.read(path, { maxBytes: 262_144 });
    return parseIgnore(Buffer.from(bytes).toString(), effort);
  } catch (fault) {
    if (isClawdError(fault)) return parseIgnore("", effort);
    throw fault;
  }
}

/** A name that begins like something else than a name is still one below its directory. */
function join(directory: string, name: string): string {
  if (directory === "") return name;
  return directory === "."
    ? /^[~@]|:/.test(name)
      ? `./${name}`
      : name
    : `${directory.replace(/\/$/, "")}/${name}`;
}
