/** `clawdbot logs`: today's log file, and what is added to it. */
import { followLines, prettyLine, readLines } from "@clawd/log";
import { type Arguments, print, printError } from "../cli.ts";
import { logFileToday } from "../log-file.ts";

export async function logs({ options }: Arguments): Promise<number> {
  const path = logFileToday();
  if (path === undefined) {
    printError("There is no log of today yet.");
    printError("Hint: it is written while `clawdbot gateway` runs.");
    return 1;
  }
  const show = options["json"] === true ? print : (line: string) => print(prettyLine(line));
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  if (options["follow"] === true) await followLines(path, show, stop.signal);
  else readLines(path, 0, show);
  return 0;
}
