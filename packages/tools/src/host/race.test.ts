import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { isClawdError } from "@clawd/kernel";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostEnvironment } from "./environment.ts";
import { type HostPlace, hostPlace } from "./host-place.ts";

/** T-H6: 10^5 each with CLAWD_LONG_TESTS. Writes wait for the disk, so that there are fewer of them otherwise. */
const isLong = Boolean(process.env["CLAWD_LONG_TESTS"]);
const operations = isLong ? 100_000 : 10_000;
const writes = isLong ? operations : operations / 4;
const canary = "canary-outside";

let directory: string;
let place: HostPlace;
let flipping: Worker;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-race-"));
  for (const name of ["outside", "workspace/real"]) mkdirSync(join(directory, name), { recursive: true });
  for (const name of ["file", "deep"]) writeFileSync(join(directory, "outside", name), canary);
  writeFileSync(join(directory, "workspace/real/file"), "inside");
  place = hostPlace({ workspace: join(directory, "workspace"), environment: hostEnvironment() });
});

afterEach(async () => {
  await flipping.terminate();
  rmSync(directory, { recursive: true });
});

/** A thread that makes `workspace/dir` a directory and a link to the outside in turn, as fast as it can, until it is ended. */
async function flip(script: string): Promise<void> {
  const code = `
    const fs = require("node:fs"), { parentPort, workerData: w } = require("node:worker_threads");
    const safely = (work) => { try { work(); } catch {} };
    fs.symlinkSync("../outside", w + "/link");
    fs.symlinkSync("../outside/file", w + "/filelink");
    fs.cpSync(w + "/real", w + "/dir", { recursive: true });
    parentPort.postMessage("up");
    for (;;) { ${script} }`;
  flipping = new Worker(code, { eval: true, workerData: join(directory, "workspace") });
  await new Promise((resolve) => flipping.once("message", resolve));
}

// A writer makes the directory anew while it is away; then the one that was put aside gives way.
const directories = `
  safely(() => fs.rmSync(w + "/aside", { recursive: true }));
  safely(() => fs.renameSync(w + "/dir", w + "/aside"));
  safely(() => fs.renameSync(w + "/link", w + "/dir"));
  for (let i = 0; i < 200; i++) fs.existsSync(w);
  safely(() => fs.renameSync(w + "/dir", w + "/link"));
  safely(() => fs.renameSync(w + "/aside", w + "/dir"));
  for (let i = 0; i < 200; i++) fs.existsSync(w);`;

const files = `
  safely(() => fs.writeFileSync(w + "/dir/new", "inside"));
  safely(() => fs.renameSync(w + "/dir/new", w + "/dir/file"));
  safely(() => fs.writeFileSync(w + "/dir/pause", "inside"));
  safely(() => fs.symlinkSync("../../outside/file", w + "/dir/new2"));
  safely(() => fs.renameSync(w + "/dir/new2", w + "/dir/file"));`;

/**
 * What came of so many operations, by kind, and of more until both sides of the race were met; everything that is no answer of
 * the port is a defect.
 */
async function tally(operation: () => Promise<string>, times = operations): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const wasMet = () => Math.min(...["done", "CLAWD_FILE_LINK"].map((kind) => counts[kind] ?? 0)) > 10;
  for (let index = 0; index < times || (!wasMet() && index < 30 * times); index++) {
    const outcome = await operation().catch((fault: unknown) => {
      if (isClawdError(fault)) return fault.code;
      throw fault;
    });
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (outcome === canary) break;
  }
  if (!(canary in counts)) expect(wasMet(), "both sides of the race were met").toBe(true);
  return counts;
}

const outsideIsAsItWas = () => {
  expect(readdirSync(directory).sort()).toEqual(["outside", "workspace"]);
  expect(readdirSync(join(directory, "outside")).sort()).toEqual(["deep", "file"]);
  expect(readFileSync(join(directory, "outside/file"), "utf8")).toBe(canary);
};

const reading = async () => {
  const { bytes } = await place.files.read("dir/file", { maxBytes: 100 });
  const text = Buffer.from(bytes).toString();
  return text === "inside" ? "done" : text;
};
const writing = async () => {
  await place.files.write("dir/file", Buffer.from("inside"));
  return "done";
};

test.each([
  ["directory", directories],
  ["file", files],
])(
  "a %s that is a link half of the time never shows what is outside",
  { timeout: 600_000 },
  async (_, script) => {
    await flip(script);
    const counts = await tally(reading);
    expect(counts).not.toHaveProperty(canary);
  },
);

test.each([
  ["directory", directories],
  ["file", files],
])(
  "nothing is written outside through a %s that is a link half of the time",
  { timeout: 600_000 },
  async (_, script) => {
    await flip(script);
    await tally(writing, writes);
    outsideIsAsItWas();
  },
);

test("neither listing, removing, nor a command's directory gets outside", { timeout: 600_000 }, async () => {
  await flip(directories);
  const counts = await tally(async () => {
    const { entries } = await place.files.list("dir", 10);
    return entries.some(({ name }) => name === "deep") ? canary : "done";
  });
  expect(counts).not.toHaveProperty(canary);
  for (let index = 0; index < operations / 100; index++) {
    await place.files.remove("dir/deep").catch(() => undefined);
    const command = await place
      .start({ argv: ["ls"], cwd: "dir", environment: place.environment.base, input: "none" })
      .catch(() => null);
    for await (const { bytes } of command?.output ?? [])
      expect(Buffer.from(bytes).toString()).not.toContain("deep");
  }
  outsideIsAsItWas();
});
