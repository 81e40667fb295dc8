import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isClawdError } from "@clawd/kernel";
import { hostEnvironment, type HostPlace, hostPlace } from "@clawd/tools/host";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inboundBounds, inboundDirectory, stageFile } from "./stage-file.ts";

let directory: string;
let place: HostPlace;
const inbound = () => join(directory, "workspace", inboundDirectory);
const bytes = (text: string) => new TextEncoder().encode(text);
const stage = (name: string, text: string) => stageFile(place.files, name, bytes(text));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-stage-"));
  for (const name of ["outside", "workspace"]) mkdirSync(join(directory, name));
  place = hostPlace({ workspace: join(directory, "workspace"), environment: hostEnvironment() });
});
afterEach(() => {
  place.end();
  rmSync(directory, { recursive: true, force: true });
});

test("the same file is put there once, another one of its name beside it", async () => {
  expect(await stage("a.txt", "one")).toBe("media/inbound/a.txt");
  expect(await stage("a.txt", "one")).toBe("media/inbound/a.txt");
  expect(await stage("a.txt", "two")).toBe("media/inbound/a-1.txt");
  expect(await stage("a.txt", "two")).toBe("media/inbound/a-1.txt");
  expect(readdirSync(inbound()).sort()).toEqual(["a-1.txt", "a.txt"]);
});

describe("there is a bound to what lies there", () => {
  const full = { code: "CLAWD_INBOUND_FULL", hint: "Remove files there that are not needed." };

  test("in bytes", async () => {
    await stage("a.txt", "one");
    truncateSync(join(inbound(), "a.txt"), inboundBounds.bytes - 2);
    await expect(stage("b.txt", "two")).rejects.toMatchObject(full);
    truncateSync(join(inbound(), "a.txt"), inboundBounds.bytes - 3);
    expect(await stage("b.txt", "two")).toBe("media/inbound/b.txt");
  });

  test("in files", async () => {
    await stage("a.txt", "one");
    for (let n = 1; n < inboundBounds.files; n++) writeFileSync(join(inbound(), `${n}`), "");
    await expect(stage("b.txt", "two")).rejects.toMatchObject(full);
  });

  test("in files of one name", async () => {
    for (let n = 0; n < 100; n++) await stage("a.txt", `${n}`);
    await expect(stage("a.txt", "x")).rejects.toMatchObject(full);
  });
});

describe("while somebody makes a directory and a link to the outside in turn", () => {
  let flipping: Worker;
  afterEach(() => flipping.terminate());

  /** `name` of the workspace is both in turn, as fast as a thread can, and is emptied now and then. */
  async function flip(name: string): Promise<void> {
    symlinkSync(join(directory, "outside"), join(directory, "workspace/link"));
    const code = `
      const fs = require("node:fs"), { parentPort, workerData: { w, name } } = require("node:worker_threads");
      const safely = (work) => { try { work(); } catch {} };
      const at = w + "/" + name;
      safely(() => fs.mkdirSync(at, { recursive: true }));
      parentPort.postMessage("up");
      for (let n = 0; ; n++) {
        safely(() => fs.rmSync(w + "/aside", { recursive: true }));
        safely(() => fs.renameSync(at, w + "/aside"));
        safely(() => fs.renameSync(w + "/link", at));
        for (let i = 0; i < 200; i++) fs.existsSync(w);
        safely(() => fs.renameSync(at, w + "/link"));
        safely(() => fs.renameSync(w + "/aside", at));
        for (let i = 0; i < 2000; i++) fs.existsSync(w);
        if (n % 20 === 0) safely(() => { for (const one of fs.readdirSync(at)) fs.rmSync(at + "/" + one, { recursive: true }); });
      }`;
    flipping = new Worker(code, { eval: true, workerData: { w: join(directory, "workspace"), name } });
    await new Promise((resolve) => flipping.once("message", resolve));
  }

  /** T-H6 for what comes in. A file that cannot be put there is refused; none is ever outside. */
  test.each([
    ["media/inbound", 7000],
    ["media", 3000],
  ])("of %s", { timeout: 120_000 }, async (name, times) => {
    await flip(name);
    const counts: Record<string, number> = {};
    for (let n = 0; n < times; n++) {
      const outcome = await stage(`${n % 500}.txt`, `canary ${n}`).then(
        () => "done",
        (fault: unknown) => {
          if (isClawdError(fault)) return fault.code;
          throw fault;
        },
      );
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    expect(readdirSync(join(directory, "outside"))).toEqual([]);
    // Both sides of the race were met.
    expect(counts).toEqual(
      expect.objectContaining({ done: expect.any(Number), CLAWD_FILE_LINK: expect.any(Number) }),
    );
  });
});
