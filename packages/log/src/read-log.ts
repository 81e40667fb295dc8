/** A log file for people: its lines, those that are added to it, and a line as it is read most easily. */
import { closeSync, openSync, readSync, statSync, watch } from "node:fs";

/** Shows every line of the file and, until the signal, each that is added. A file that was begun anew is shown anew. */
export async function followLines(
  path: string,
  show: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let position = readLines(path, 0, show);
  if (signal.aborted) return;
  const watcher = watch(path, { signal }, () => {
    position = readLines(path, statSync(path).size < position ? 0 : position, show);
  });
  await new Promise<void>((resolve) => watcher.on("close", resolve).on("error", () => resolve()));
}

/** Shows the whole lines from the byte `start` on; returns where the next one begins. */
export function readLines(path: string, start: number, show: (line: string) => void): number {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(1 << 16);
    let position = start;
    let rest = Buffer.alloc(0);
    for (;;) {
      const read = readSync(file, chunk, 0, chunk.length, position + rest.length);
      if (read === 0) return position;
      const whole = Buffer.concat([rest, chunk.subarray(0, read)]);
      const end = whole.lastIndexOf(10) + 1;
      for (const line of whole.subarray(0, end).toString("utf8").split("\n").slice(0, -1)) show(line);
      position += end;
      rest = whole.subarray(end);
    }
  } finally {
    closeSync(file);
  }
}

/** Time, level, message, then the fields. What is no line of the log stays as it is. */
export function prettyLine(line: string): string {
  try {
    const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [String(time), String(level).padEnd(5), String(message), ...rest].join("  ");
  } catch {
    return line;
  }
}
