import { expect, test } from "vitest";
import { createLanes } from "./lanes.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A task that says when it starts and ends when told. */
function aTask(name: string, log: string[]) {
  let finish: () => void = () => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  const run = async (signal: AbortSignal) => {
    log.push(`${name} starts`);
    await Promise.race([
      done,
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve())),
    ]);
    log.push(`${name} ends`);
  };
  return { run, finish };
}

test("runs one task at a time in a lane, in order, and lanes side by side", async () => {
  const lanes = createLanes({ concurrent: 8, perLane: 8 });
  const log: string[] = [];
  const [a1, a2, b1] = [aTask("a1", log), aTask("a2", log), aTask("b1", log)];
  const all = [lanes.run("a", a1.run), lanes.run("a", a2.run), lanes.run("b", b1.run)];
  await settled();
  expect(log).toEqual(["a1 starts", "b1 starts"]);
  a1.finish();
  b1.finish();
  await settled();
  a2.finish();
  expect(await Promise.all(all)).toEqual(["done", "done", "done"]);
  expect(log.indexOf("a2 starts")).toBeGreaterThan(log.indexOf("a1 ends"));
});

test("keeps to the bound over all lanes, and the first that waited goes first", async () => {
  const lanes = createLanes({ concurrent: 1, perLane: 8 });
  const log: string[] = [];
  const [a, b, c] = [aTask("a", log), aTask("b", log), aTask("c", log)];
  const all = [lanes.run("a", a.run), lanes.run("b", b.run), lanes.run("c", c.run)];
  await settled();
  expect(log).toEqual(["a starts"]);
  for (const task of [a, b, c]) {
    task.finish();
    await settled();
  }
  await Promise.all(all);
  expect(log.filter((line) => line.endsWith("starts"))).toEqual(["a starts", "b starts", "c starts"]);
});

test("a lane that is full takes no more and says so", async () => {
  const lanes = createLanes({ concurrent: 1, perLane: 2 });
  const log: string[] = [];
  const [a, b] = [aTask("a", log), aTask("b", log)];
  const all = [lanes.run("x", a.run), lanes.run("x", b.run)];
  expect(await lanes.run("x", aTask("c", log).run)).toBe("full");
  expect(lanes.size("x")).toBe(2);
  a.finish();
  b.finish();
  expect(await Promise.all(all)).toEqual(["done", "done"]);
  expect(lanes.size("x")).toBe(0);
});

test("stop aborts what runs and drops what waits, in that lane alone", async () => {
  const lanes = createLanes({ concurrent: 8, perLane: 8 });
  const log: string[] = [];
  const other = aTask("other", log);
  const mine = [lanes.run("x", aTask("a", log).run), lanes.run("x", aTask("b", log).run)];
  const theirs = lanes.run("y", other.run);
  await settled();
  expect(lanes.stop("x")).toBe(2);
  expect(await Promise.all(mine)).toEqual(["cancelled", "cancelled"]);
  expect(log).not.toContain("b starts");
  other.finish();
  expect(await theirs).toBe("done");
});

test("a task that fails rejects, and frees its lane", async () => {
  const lanes = createLanes({ concurrent: 1, perLane: 8 });
  const failing = lanes.run("x", () => Promise.reject(new Error("no")));
  const next = lanes.run("x", () => Promise.resolve());
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("done");
});

test("close drops what waits, lets what runs finish, and takes nothing new", async () => {
  const lanes = createLanes({ concurrent: 1, perLane: 8 });
  const log: string[] = [];
  const a = aTask("a", log);
  const all = [lanes.run("x", a.run), lanes.run("x", aTask("b", log).run)];
  await settled();
  const closing = lanes.close(60_000);
  expect(await lanes.run("y", aTask("c", log).run)).toBe("cancelled");
  a.finish();
  await closing;
  expect(await Promise.all(all)).toEqual(["done", "cancelled"]);
});

test("close aborts what does not finish within the grace", async () => {
  const lanes = createLanes({ concurrent: 1, perLane: 8 });
  const log: string[] = [];
  const running = lanes.run("x", aTask("a", log).run);
  await settled();
  await lanes.close(0);
  expect(await running).toBe("cancelled");
});
