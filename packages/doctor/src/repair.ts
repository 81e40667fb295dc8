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
  switch (fix.kind) {
    case "mkdir":
      return `mkdir -m 700 ${fix.path}`;
    case "chmod":
      return `chmod ${fix.mode.toString(8)} ${fix.path}`;
    case "build-image":
      return `clawdbot sandbox build ${fix.image}`;
    case "remove-containers":
      return `remove ${fix.containers.map((id) => id.slice(0, 12)).join(" ")}`;
  }
}

/** What repairs of containers are done with. */
export interface RepairPorts {
  buildImage(image: "sandbox" | "browser"): Promise<void>;
  removeContainer(id: string): Promise<void>;
}

/** Does them one by one; one that fails does not keep the next from being done. */
export async function repair(fixes: readonly Fix[], ports?: RepairPorts): Promise<Repair[]> {
  const done: Repair[] = [];
  for (const fix of fixes) {
    try {
      await perform(fix, ports);
      done.push({ fix, isDone: true, reason: null });
    } catch (fault) {
      done.push({ fix, isDone: false, reason: messageOf(fault) });
    }
  }
  return done;
}

async function perform(fix: Fix, ports: RepairPorts | undefined): Promise<void> {
  if (fix.kind === "mkdir") ensurePrivateDirectory(fix.path);
  else if (fix.kind === "chmod") narrow(fix.path, fix.mode);
  else if (ports === undefined) throw new TypeError("no container engine was given for it");
  else if (fix.kind === "build-image") await ports.buildImage(fix.image);
  else for (const id of fix.containers) await ports.removeContainer(id);
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
