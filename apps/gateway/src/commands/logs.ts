/** `clawdbot logs`: today's log file, and what is added to it. */
import { type Arguments, print, printError } from "../cli.ts";
import { logFileToday } from "../log-file.ts";
import { closeSync, existsSync, openSync, readSync, statSync, watch } from "node:fs";

export async function logs({ options }: Arguments): Promise<number> {
  const path = logFileToday();
  if (path === undefined || !existsSync(path)) {
    printError("There is no log of today yet.");
    printError("Hint: it is written while `clawdbot gateway` runs.");
    return 1;
  }
  const show = options["json"] === true ? print : (line: string) => print(pretty(line));
  let position = copyLines(path, 0, show);
  if (options["follow"] !== true) return 0;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const watcher = watch(path, { signal: stop.signal }, () => {
    position = copyLines(path, statSync(path).size < position ? 0 : position, show);
  });
  await new Promise<void>((resolve) => watcher.on("close", resolve).on("error", () => resolve()));
  return 0;
}

/** Shows the whole lines from `start` on; returns where the next one begins. */
function copyLines(path: string, start: number, show: (line: string) => void): number {
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

function pretty(line: string): string {
  try {
    const { time, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return [String(time), String(level).padEnd(5), String(message), ...rest].join("  ");
  } catch {
    return line;
  }
}
