import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import { aDirectory } from "../test/builders.ts";
import { openStore } from "./store.ts";
import { memoryStore } from "./testing.ts";

const job = (id: string, rights = "r1") => ({ id, rights, definition: `{"of":"${id}"}`, state: "{}" });

test("jobs come in the order in which they were made, whatever was changed since", () => {
  const { jobs } = memoryStore({ clock: fakeClock() });
  for (const id of ["b", "__proto__", "a"]) jobs.put(job(id));
  jobs.put({ ...job("b"), state: '{"count":1}' });
  expect(jobs.list().map(({ id, state }) => [id, state])).toEqual([
    ["b", '{"count":1}'],
    ["__proto__", "{}"],
    ["a", "{}"],
  ]);
});

test("a policy is kept as long as a job names it", () => {
  const { jobs } = memoryStore({ clock: fakeClock() });
  jobs.keepRights("r1", "first");
  jobs.put(job("a", "r1"));
  jobs.keepRights("r1", "other text");
  jobs.keepRights("r2", "second");
  expect([jobs.rights("r1"), jobs.rights("r2"), jobs.rights("r3")]).toEqual(["first", "second", null]);
  jobs.remove("a");
  jobs.keepRights("r2", "second");
  expect([jobs.rights("r1"), jobs.rights("r2")]).toEqual([null, "second"]);
});

test("of each job the newest hundred runs are kept, and none once it is gone", () => {
  const { jobs } = memoryStore({ clock: fakeClock() });
  for (let n = 0; n < 150; n++) jobs.addRun("a", n, String(n));
  jobs.addRun("b", 1, "b");
  expect(jobs.runs("a", 1000)).toHaveLength(100);
  expect(jobs.runs("a", 2)).toMatchObject([{ endedAt: 149, record: "149" }, { record: "148" }]);
  jobs.remove("a");
  expect(jobs.runs("a", 10)).toEqual([]);
  expect(jobs.runs("b", 10)).toHaveLength(1);
});

test("a job outlives the process, and one of a transaction that failed was never there", () => {
  const directory = aDirectory();
  const first = openStore({ directory, clock: fakeClock() });
  first.jobs.put(job("a"));
  expect(() =>
    first.transaction(() => {
      first.jobs.put(job("b"));
      throw new Error("cut off");
    }),
  ).toThrow("cut off");
  first.close();
  const second = openStore({ directory, clock: fakeClock() });
  expect(second.jobs.list().map(({ id }) => id)).toEqual(["a"]);
  second.close();
});

test("a store of the version before gets its tables, and keeps what it holds", () => {
  const directory = aDirectory();
  const first = openStore({ directory, clock: fakeClock() });
  first.notes.set("a", "kept");
  first.close();
  const file = new DatabaseSync(join(directory, "gateway.sqlite"));
  file.exec("DROP TABLE jobs; DROP TABLE job_rights; DROP TABLE job_runs; PRAGMA user_version = 3");
  file.close();
  const second = openStore({ directory, clock: fakeClock() });
  expect(second.notes.get("a")).toBe("kept");
  expect(second.jobs.list()).toEqual([]);
  second.close();
});
