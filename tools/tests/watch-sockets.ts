/** For every test file: a socket that the product opens without being named as one who may fails the test that made it (T-G2). */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
// @ts-expect-error plain JavaScript, because processes that tests start load it too
import { watchSockets } from "./declared-sockets.mjs";

interface Violation {
  readonly who: string;
  readonly to: string;
  readonly stack: string;
}

const found: Violation[] = [];
(watchSockets as (report: (violation: Violation) => void) => void)((violation) => found.push(violation));

/** Where processes of the tests write theirs; one for each process of vitest. */
const variable = "CLAWD_TEST_SOCKET_REPORT";
if (process.env[variable] === undefined) {
  const directory = mkdtempSync(join(tmpdir(), "clawd-sockets-"));
  process.env[variable] = join(directory, "violations.jsonl");
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
}
const report = process.env[variable]!;

afterEach(() => {
  if (existsSync(report)) {
    const lines = readFileSync(report, "utf8").trim().split("\n");
    rmSync(report);
    found.push(...lines.map((line) => JSON.parse(line) as Violation));
  }
  const [first] = found;
  if (first === undefined) return;
  found.length = 0;
  throw new TypeError(
    `${first.who} opened a socket to ${first.to}, and is not named in tools/checks/declared-connections.mjs.\n${first.stack}`,
  );
});
