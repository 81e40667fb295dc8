import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@clawd/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import { diskWatch } from "./disk-watch.ts";

function aWorkspace(maxBytes: number) {
  const path = mkdtempSync(join(tmpdir(), "clawd-disk-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const clock = fakeClock();
  return { path, clock, watch: diskWatch({ path: () => path, maxBytes, clock, onFull: () => undefined }) };
}

test("a workspace over its limit takes no more commands, until something was removed", async () => {
  const { path, clock, watch } = aWorkspace(100_000);
  await watch.check();
  mkdirSync(join(path, "deep"));
  writeFileSync(join(path, "deep/large"), "x".repeat(200_000));
  await clock.advance(31_000);
  await watch.check();
  await expect
    .poll(() =>
      watch.check().then(
        () => "passed",
        ({ code }) => code as string,
      ),
    )
    .toBe("CLAWD_SANDBOX_DISK");
  rmSync(join(path, "deep/large"));
  await watch.check();
});

test("what a link leads to is not the workspace's", async () => {
  const { path, clock, watch } = aWorkspace(100_000);
  symlinkSync("/usr", join(path, "usr"));
  await watch.check();
  await clock.advance(31_000);
  await watch.check();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await watch.check();
});
