import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import { openStore } from "./store.ts";
import { memoryStore } from "./testing.ts";

test("a note is what was last written under its name, hostile names included", () => {
  const { notes } = memoryStore({ clock: fakeClock() });
  for (const key of ["a", "__proto__", ""]) {
    expect(notes.get(key)).toBeNull();
    notes.set(key, "1");
    notes.set(key, "2");
    expect(notes.get(key)).toBe("2");
  }
});

test("a note outlives the process, and one of a transaction that failed was never written", () => {
  const directory = mkdtempSync(join(tmpdir(), "clawd-notes-"));
  const first = openStore({ directory, clock: fakeClock() });
  first.notes.set("a", "kept");
  expect(() =>
    first.transaction(() => {
      first.notes.set("a", "lost");
      throw new Error("cut off");
    }),
  ).toThrow("cut off");
  first.close();
  const second = openStore({ directory, clock: fakeClock() });
  expect(second.notes.get("a")).toBe("kept");
  second.close();
  rmSync(directory, { recursive: true });
});
