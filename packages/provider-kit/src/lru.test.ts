import { expect, test } from "vitest";
import { createLru } from "./lru.ts";

test("what was used longest ago makes room", () => {
  const lru = createLru<string, number>(2);
  lru.set("a", 1);
  lru.set("b", 2);
  expect(lru.get("a")).toBe(1);
  lru.set("c", 3);
  expect([lru.has("a"), lru.has("b"), lru.has("c"), lru.size]).toEqual([true, false, true, 2]);
});

test("setting again replaces the value and counts as use", () => {
  const lru = createLru<string, number>(2);
  lru.set("a", 1);
  lru.set("b", 2);
  lru.set("a", 3);
  lru.set("c", 4);
  expect([lru.get("a"), lru.get("b")]).toEqual([3, undefined]);
});

test("looking whether a key is there is no use of it", () => {
  const lru = createLru<string, number>(2);
  lru.set("a", 1);
  lru.set("b", 2);
  lru.has("a");
  lru.set("c", 3);
  expect(lru.has("a")).toBe(false);
});

test("keeps undefined values and names of Object.prototype like any others", () => {
  const lru = createLru<string, undefined>(3);
  lru.set("__proto__", undefined);
  expect(lru.get("__proto__")).toBeUndefined();
  expect([lru.has("__proto__"), lru.has("constructor"), lru.delete("__proto__"), lru.size]).toEqual([
    true,
    false,
    true,
    0,
  ]);
});
