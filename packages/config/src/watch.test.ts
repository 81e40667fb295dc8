import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Issue } from "@clawd/kernel";
import { fakeClock } from "@clawd/kernel/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { WatchDirectory } from "./directory-watch.ts";
import { loadConfig } from "./load.ts";
import { watchConfig, type ConfigWatch, type WatchConfigOptions } from "./watch.ts";

const schema = z.strictObject({
  n: z.number().optional(),
  part: z.strictObject({ m: z.number() }).optional(),
});
type Value = z.infer<typeof schema>;

let directory: string;
let path: string;
let stop: (() => void) | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "config-watch-"));
  path = join(directory, "clawdbot.json");
});
afterEach(() => {
  stop?.();
  stop = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** A watch on the test's own events and clock. */
function watching(options: Partial<WatchConfigOptions<Value>> = {}) {
  const clock = fakeClock();
  const changes: Value[] = [];
  const issues: Issue[] = [];
  const listeners = new Map<string, () => void>();
  const losses = new Map<string, () => void>();
  const watchDirectory: WatchDirectory = (watched, onEvent, onLost) => {
    listeners.set(watched, onEvent);
    losses.set(watched, onLost);
    return { close: () => void listeners.delete(watched) };
  };
  const load = { path, environment: {}, schema };
  const initial = loadConfig(load);
  if (!initial.ok) throw new Error("The test's config is broken.");
  const watch: ConfigWatch<Value> = watchConfig({
    ...load,
    initial: initial.value,
    clock,
    watchDirectory,
    onChange: ({ value }) => void changes.push(value),
    onIssues: (found) => void issues.push(...found),
    ...options,
  });
  stop = () => watch.stop();
  const event = (where = directory) => listeners.get(where)?.();
  /** One event, and time for it to be acted on. */
  const changed = async (where?: string) => {
    event(where);
    await clock.advance(1000);
  };
  return { clock, changes, issues, listeners, losses, watch, event, changed };
}

test("a change is taken over once the file has settled", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changes, clock, event, watch } = watching();
  watch.start();
  await clock.advance(300);
  expect(changes).toEqual([]);
  writeFileSync(path, "{ n: 2 }");
  event();
  await clock.advance(299);
  expect(changes).toEqual([]);
  await clock.advance(1);
  expect(changes).toEqual([{ n: 2 }]);
  expect(watch.current().value).toEqual({ n: 2 });
});

test("many events, and a file that is still being written, make one change", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changes, clock, event, issues, watch } = watching();
  watch.start();
  await clock.advance(300);
  for (const text of ["{ n: ", "{ n: 2", "{ n: 2 }"]) {
    writeFileSync(path, text);
    for (let count = 0; count < 50; count++) event();
    await clock.advance(100);
  }
  await clock.advance(1000);
  expect(changes).toEqual([{ n: 2 }]);
  expect(issues).toEqual([]);
});

test("an event without a change changes nothing", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changed, changes, watch } = watching();
  watch.start();
  await changed();
  writeFileSync(path, "{ n: 1 }");
  await changed();
  expect(changes).toEqual([]);
});

test("a change made between the load and the start is found", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changes, clock, watch } = watching();
  writeFileSync(path, "{ n: 2 }");
  watch.start();
  await clock.advance(300);
  expect(changes).toEqual([{ n: 2 }]);
});

test("a broken file is reported once, and the last good config stays until it is mended", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changed, changes, issues, watch } = watching();
  watch.start();
  for (const text of ["{ n: 'x' }", "{ n: 'x' }", ""]) {
    writeFileSync(path, text);
    await changed();
    await changed();
  }
  expect(issues).toMatchObject([{ code: "wrong-type", path: "n" }, { code: "syntax" }]);
  expect(watch.current().value).toEqual({ n: 1 });
  writeFileSync(path, "{ n: 3 }");
  await changed();
  expect(changes).toEqual([{ n: 3 }]);
});

test("a deleted file is an error, and the last good config stays", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changed, changes, issues, watch } = watching();
  watch.start();
  rmSync(path);
  await changed();
  expect(issues).toMatchObject([{ code: "config-missing", message: expect.stringContaining("deleted") }]);
  expect(watch.current().value).toEqual({ n: 1 });
  writeFileSync(path, "{ n: 1 }");
  await changed();
  expect(changes).toEqual([{ n: 1 }]);
});

test("a file that appears is taken over, and from then on its deletion is an error", async () => {
  const { changed, changes, issues, watch } = watching();
  watch.start();
  await changed();
  expect([changes, issues]).toEqual([[], []]);
  writeFileSync(path, "{ n: 1 }");
  await changed();
  expect(changes).toEqual([{ n: 1 }]);
  rmSync(path);
  await changed();
  expect(issues).toMatchObject([{ code: "config-missing" }]);
  expect(watch.current().value).toEqual({ n: 1 });
});

test("included files are followed into their directories, broken ones too", async () => {
  const parts = join(directory, "parts");
  mkdirSync(parts);
  writeFileSync(path, '{ part: { $include: "./parts/p.json5" } }');
  writeFileSync(join(parts, "p.json5"), "{ m: 1 }");
  const { changed, changes, issues, listeners, watch } = watching();
  watch.start();
  expect([...listeners.keys()].sort()).toEqual([directory, parts]);
  writeFileSync(join(parts, "p.json5"), "{ m: ");
  await changed(parts);
  expect(issues).toMatchObject([{ code: "syntax", file: "parts/p.json5" }]);
  writeFileSync(join(parts, "p.json5"), "{ m: 2 }");
  await changed(parts);
  expect(changes).toEqual([{ part: { m: 2 } }]);
  writeFileSync(path, "{}");
  await changed();
  writeFileSync(path, "{ n: 5 }");
  await changed();
  expect([...listeners.keys()]).toEqual([directory]);
});

test("a change that the application cannot take over is reported, and the old config stays", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changed, issues, watch } = watching({
    onChange: () => {
      throw new Error("Port 1 is taken.");
    },
  });
  watch.start();
  writeFileSync(path, "{ n: 2 }");
  await changed();
  expect(issues).toMatchObject([
    { code: "config-not-taken", message: expect.stringContaining("Port 1 is taken.") },
  ]);
  expect(watch.current().value).toEqual({ n: 1 });
});

test("where a directory cannot be watched it is asked every five seconds", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changes, clock, watch } = watching({
    watchDirectory: () => {
      throw new Error("ENOSPC");
    },
  });
  watch.start();
  await clock.advance(300);
  writeFileSync(path, "{ n: 2 }");
  await clock.advance(4000);
  expect(changes).toEqual([]);
  await clock.advance(1300);
  expect(changes).toEqual([{ n: 2 }]);
});

test("a watch that was lost is made again", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changed, changes, clock, listeners, losses, watch } = watching();
  watch.start();
  await clock.advance(300);
  losses.get(directory)?.();
  expect(listeners.size).toBe(0);
  await clock.advance(5300);
  expect(listeners.size).toBe(1);
  writeFileSync(path, "{ n: 2 }");
  await changed();
  expect(changes).toEqual([{ n: 2 }]);
});

test("start and stop may be called twice; after stop nothing is watched, waited for or reported", async () => {
  writeFileSync(path, "{ n: 1 }");
  const { changes, clock, event, listeners, watch } = watching();
  watch.stop();
  watch.start();
  watch.start();
  expect(listeners.size).toBe(1);
  writeFileSync(path, "{ n: 2 }");
  event();
  watch.stop();
  watch.stop();
  await clock.advance(60_000);
  expect(listeners.size).toBe(0);
  expect(changes).toEqual([]);
  watch.start();
  await clock.advance(300);
  expect(changes).toEqual([{ n: 2 }]);
});

test("with the real file system, an atomic replacement is noticed", async () => {
  writeFileSync(path, "{ n: 1 }");
  const clock = fakeClock();
  const initial = loadConfig({ path, environment: {}, schema });
  if (!initial.ok) throw new Error("The test's config is broken.");
  let watch: ConfigWatch<Value> | undefined;
  const changed = new Promise<Value>((resolve, reject) => {
    watch = watchConfig({
      path,
      environment: {},
      schema,
      initial: initial.value,
      // Time runs by itself here: what is waited for is the event of the system.
      clock: { ...clock, sleep: () => new Promise((wake) => setImmediate(wake)) },
      onChange: ({ value }) => resolve(value),
      onIssues: ([issue]) => reject(new Error(issue?.message)),
    });
    stop = () => watch?.stop();
    watch.start();
  });
  await new Promise((resolve) => setImmediate(resolve));
  writeFileSync(`${path}.tmp`, "{ n: 2 }");
  renameSync(`${path}.tmp`, path);
  expect(await changed).toEqual({ n: 2 });
});
