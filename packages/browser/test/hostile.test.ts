/** Programs in Chromium's place that say what no Chromium says: neither the gateway nor another browser suffers from it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@clawd/kernel";
import { type HostPlace, hostEnvironment, hostPlace } from "@clawd/tools/host";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../src/open-browser.ts";

let workspace: string;
let place: HostPlace;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), "clawd-workspace-"));
  place = hostPlace({ workspace, environment: hostEnvironment() });
});
afterAll(() => {
  place.end();
  rmSync(workspace, { recursive: true });
});

test.each([
  ["no JSON", "printf 'nonsense\\0'; sleep 60"],
  ["JSON of another kind", 'printf \'[]\\0null\\0"x"\\0{}\\0{"id":1}\\0{"id":"1","result":5}\\0\'; sleep 60'],
  [
    "the answer to what nobody asked",
    'printf \'{"id":99,"result":{}}\\0{"method":"Target.attachedToTarget"}\\0\'; sleep 60',
  ],
  ["more than is listened to", "head -c 70000000 /dev/zero | tr '\\0' 'x'; sleep 60"],
  ["nothing, and it ends", "echo no display >&2; exit 1"],
  ["nothing, and it ends itself by a signal", "kill -9 $$"],
])(
  "%s",
  async (_what, script) => {
    let cleaned = 0;
    const opening = openBrowser({
      place,
      argv: ["/bin/sh", "-c", script],
      clock: systemClock,
      clean: async () => void cleaned++,
    });
    await expect(opening).rejects.toMatchObject({ code: "CLAWD_BROWSER_START" });
    expect(cleaned).toBe(1);
  },
  60_000,
);

test("why it did not start is told in its own last words", async () => {
  const opening = openBrowser({
    place,
    argv: ["/bin/sh", "-c", "echo No usable sandbox >&2; exit 1"],
    clock: systemClock,
    clean: async () => undefined,
  });
  await expect(opening).rejects.toMatchObject({ message: expect.stringContaining("No usable sandbox") });
});

test("a program that is not there is told, and what was prepared for it is removed", async () => {
  let cleaned = 0;
  const opening = openBrowser({
    place,
    argv: ["/nowhere/chromium"],
    clock: systemClock,
    clean: async () => void cleaned++,
  });
  await expect(opening).rejects.toMatchObject({ code: "CLAWD_COMMAND_START" });
  expect(cleaned).toBe(1);
});
