import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dailyName, findDailyFile, logDirectories } from "./daily-files.ts";
import { followLines, prettyLine, readLines } from "./read-log.ts";

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-read-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("whole lines are shown, however long they are; one that is still being written is not", () => {
  const path = join(aDirectory(), "a.log");
  const long = "ä".repeat(100_000);
  writeFileSync(path, `one\n${long}\nhal`);
  const lines: string[] = [];
  const next = readLines(path, 0, (line) => lines.push(line));
  expect(lines).toEqual(["one", long]);
  appendFileSync(path, "f\n");
  readLines(path, next, (line) => lines.push(line));
  expect(lines.at(-1)).toBe("half");
});

test("what is added is shown until the signal", async () => {
  const path = join(aDirectory(), "a.log");
  writeFileSync(path, "one\n");
  const stop = new AbortController();
  const lines: string[] = [];
  let seen = () => {};
  const following = followLines(path, (line) => (lines.push(line), seen()), stop.signal);
  const second = new Promise<void>((resolve) => (seen = () => lines.length === 2 && resolve()));
  appendFileSync(path, "two\n");
  await second;
  stop.abort();
  await following;
  expect(lines).toEqual(["one", "two"]);
});

test("a line is shown with its fields, and what is none as it is", () => {
  const line = JSON.stringify({ time: "T", level: "warn", message: "Trouble", code: "X", count: 2 });
  expect(prettyLine(line)).toBe('T  warn   Trouble  code="X"  count=2');
  expect(prettyLine("no JSON")).toBe("no JSON");
});

test("the file of a day is found in the first directory that has it", () => {
  const [first, second] = [aDirectory(), aDirectory()];
  const options = { directory: first, temporaryDirectory: second, userId: 7 };
  expect(logDirectories(options)).toEqual([first, join(second, "clawdbot-7")]);
  const day = new Date(2026, 0, 31, 12).getTime();
  expect(dailyName(day)).toBe("clawdbot-2026-01-31.log");
  expect(findDailyFile(day, options)).toBe(undefined);
  writeFileSync(join(first, dailyName(day)), "");
  expect(findDailyFile(day, options)).toBe(join(first, "clawdbot-2026-01-31.log"));
});
