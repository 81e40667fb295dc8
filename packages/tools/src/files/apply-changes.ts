/** Carries out planned changes: all of them, or none. Each is bound to the version that it was planned on. */
import { isClawdError, messageOf } from "@clawd/kernel";
import type { Files } from "@clawd/sandbox";
import type { PlannedChange } from "./plan-patch.ts";

/** A change that was made, and how it is taken back. */
interface Done {
  readonly path: string;
  readonly undo: () => Promise<void>;
}

/** Thrown on by `applyChanges`, with what could not be taken back. */
export interface HalfDone {
  readonly fault: unknown;
  /** Paths that are neither as they were nor sure to be as they should be. */
  readonly left: readonly string[];
}

/** Null when everything is done. Otherwise nothing is, but for the paths in `left`. */
export async function applyChanges(
  changes: readonly PlannedChange[],
  files: Files,
): Promise<HalfDone | null> {
  const done: Done[] = [];
  try {
    // What is removed goes last, so that a text that moves is in two places for a moment and never in none.
    for (const change of [...changes].sort(
      (one, other) => Number(one.after === null) - Number(other.after === null),
    ))
      done.push(await carryOut(change, files));
    return null;
  } catch (fault) {
    const left: string[] = [];
    for (const { path, undo } of done.reverse())
      await undo().catch((reason: unknown) =>
        left.push(`${path} (${isClawdError(reason) ? reason.code : messageOf(reason)})`),
      );
    return { fault, left };
  }
}

async function carryOut({ path, before, after }: PlannedChange, files: Files): Promise<Done> {
  if (after === null) {
    await files.remove(path, { version: before!.version });
    return { path, undo: async () => void (await files.write(path, before!.bytes, "absent")) };
  }
  const missing = before === null ? await missingDirectories(path, files) : [];
  const expect = before === null ? "absent" : { version: before.version };
  const { version } = await files.write(path, after, expect);
  const undo = async () => {
    if (before !== null) return void (await files.write(path, before.bytes, { version }));
    await files.remove(path, { version });
    // One that somebody else put something into meanwhile stays.
    for (const directory of missing) await files.remove(directory).catch(() => undefined);
  };
  return { path, undo };
}

/** The directories that writing makes, the deepest first. */
async function missingDirectories(path: string, files: Files): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const directory = path.slice(0, end);
    if ((await files.stat(directory)) !== null) break;
    missing.push(directory);
  }
  return missing;
}
