import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostEnvironment, type HostPlace, hostPlace } from "@clawd/tools/host";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepFile, keptBounds } from "./keep-file.ts";

let workspace: string;
let place: HostPlace;
const kept = (name: string) => join(workspace, "media/browser", name);
const keep = (name: string) => keepFile(place.files, name, new Uint8Array(10));

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "clawd-kept-"));
  place = hostPlace({ workspace, environment: hostEnvironment() });
});
afterEach(() => {
  place.end();
  rmSync(workspace, { recursive: true, force: true });
});

test("a file is kept under its name, never over another one", async () => {
  expect(await keep("a.png")).toBe("media/browser/a.png");
  await expect(keep("a.png")).rejects.toMatchObject({ code: "CLAWD_FILE_CHANGED" });
});

const full = { code: "CLAWD_BROWSER_FULL" };

test("there is a bound to what lies there, in bytes", async () => {
  await keep("a.png");
  truncateSync(kept("a.png"), keptBounds.bytes - 9);
  await expect(keep("b.png")).rejects.toMatchObject(full);
  truncateSync(kept("a.png"), keptBounds.bytes - 10);
  expect(await keep("b.png")).toBe("media/browser/b.png");
});

test("and in files", async () => {
  mkdirSync(join(workspace, "media/browser"), { recursive: true });
  for (let count = 0; count < keptBounds.files; count++) writeFileSync(kept(`${count}`), "");
  await expect(keep("b.png")).rejects.toMatchObject(full);
  rmSync(kept("7"));
  expect(await keep("b.png")).toBe("media/browser/b.png");
});
