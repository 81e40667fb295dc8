import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock, recordingLogger } from "@clawd/kernel/testing";
import { openMedia } from "@clawd/store";
import { expect, onTestFinished, test } from "vitest";
import { keepFiles, type OutboundFilesPorts } from "./outbound-files.ts";

function aStore(waiting: Set<string> = new Set()) {
  const parent = mkdtempSync(join(tmpdir(), "clawd-out-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, "media");
  const clock = fakeClock();
  const logger = recordingLogger();
  const ports: OutboundFilesPorts = {
    logger,
    places: { enter: () => Promise.reject(new Error("no place")) },
    media: openMedia({ directory, clock, maxBytes: 100 }),
    outbox: { filesWaiting: () => waiting },
    maxBytes: 100,
    now: () => clock.now(),
  };
  const keep = (text: string) =>
    keepFiles(
      [{ digest: "", name: "a.txt", mimeType: "text/plain", size: text.length, bytes: Buffer.from(text) }],
      ports,
    );
  return { parent, directory, clock, logger, waiting, keep };
}

test("where there is no room, what nothing names any more gives way, and what waits does not", async () => {
  const { keep, clock, waiting, directory } = aStore();
  const first = (await keep("a".repeat(60))) as readonly { readonly digest: string }[];
  await clock.advance(11 * 60_000);
  expect(await keep("b".repeat(60))).toMatchObject([{ name: "a.txt", size: 60 }]);
  expect(readdirSync(directory)).not.toContain(first[0]!.digest);
  for (const name of readdirSync(directory)) waiting.add(name);
  await clock.advance(11 * 60_000);
  expect(await keep("c".repeat(60))).toEqual({ refused: "too many files wait to be sent; try again later" });
  expect(readdirSync(directory)).toEqual([...waiting]);
});

test("what was kept a moment ago does not give way: its message may not be stored yet", async () => {
  const { keep, clock } = aStore();
  await keep("a".repeat(60));
  await clock.advance(9 * 60_000);
  expect(await keep("b".repeat(60))).toHaveProperty("refused");
});

test("a disk that cannot be written is said without its path", async () => {
  const { keep, directory, parent, logger } = aStore();
  writeFileSync(directory, "a file in its place");
  const refused = await keep("a");
  expect(refused).toEqual({ refused: "the gateway cannot keep the file now, CLAWD_FILE_WRITE" });
  expect(JSON.stringify(refused)).not.toContain(parent);
  expect(logger.lines).toHaveLength(1);
});
