/** What runs on this machine, as /proc has it: containers' processes are seen from here too. */
import { readFileSync, readdirSync } from "node:fs";

let last = 0;

/** Seconds that nobody else sleeps, so that a `sleep` is told from every other. */
export const aDuration = (): string => `${process.pid}${++last}.5`;

/** Processes that sleep for so long, zombies left out. */
export function sleepers(duration: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cmdline`).split("\0")[1] === duration)
    .map(Number);
}

export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** Kilobytes of a field such as `VmHWM` in its status, or `Pss` of all it maps. */
export function kilobytes(pid: number, field: string): number {
  const text = read(field === "Pss" ? `/proc/${pid}/smaps_rollup` : `/proc/${pid}/status`);
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
