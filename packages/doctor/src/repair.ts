/** Repairs that only ever narrow: what a report proposes, said first, then done. */
import { messageOf } from "@clawd/kernel";
import { ensurePrivateDirectory } from "@clawd/kernel/files";
import { closeSync, constants, fchmodSync, fstatSync, openSync } from "node:fs";
import type { Fix, Report } from "./finding.ts";

export interface Repair {
  readonly fix: Fix;
  readonly isDone: boolean;
  /** Why it was not done; null when it was. */
  readonly reason: string | null;
}

/** Each repair of the report once, in its order. */
export function planRepairs({ findings }: Report): readonly Fix[] {
  const fixes = findings.flatMap(({ fix }) => fix ?? []);
  return fixes.filter(
    (fix, index) => fixes.findIndex((other) => sentenceOf(other) === sentenceOf(fix)) === index,
  );
}

/** What the repair does, as a command of the shell. */
export function sentenceOf(fix: Fix): string {
  return fix.kind === "mkdir" ? `mkdir -m 700 ${fix.path}` : `chmod ${fix.mode.toString(8)} ${fix.path}`;
}

/** Does them one by one; one that fails does not keep the next from being done. */
export function repair(fixes: readonly Fix[]): Repair[] {
  return fixes.map((fix) => {
    try {
      if (fix.kind === "mkdir") ensurePrivateDirectory(fix.path);
      else narrow(fix.path, fix.mode);
      return { fix, isDone: true, reason: null };
    } catch (fault) {
      return { fix, isDone: false, reason: messageOf(fault) };
    }
  });
}

/** Takes bits away from the very thing that was opened: a link put in its place since the look is refused. */
function narrow(path: string, mode: number): void {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isDirectory())
      throw new TypeError(`${path} is neither a file nor a directory.`);
    fchmodSync(file, stats.mode & 0o777 & mode);
  } finally {
    closeSync(file);
  }
}
