import { expect, test } from "vitest";
import { keyBytes, pasted } from "./keys.ts";

test.each([
  ["Enter", "\r"],
  ["C-c", "\x03"],
  ["C-C", "\x03"],
  ["C-[", "\x1b"],
  ["C-@", "\x00"],
  ["M-x", "\x1bx"],
  ["up", "\x1b[A"],
  ["a", "a"],
  ["😀", "😀"],
  ["PageDown", "\x1b[6~"],
])("%s", (key, bytes) => {
  expect(keyBytes(key)).toBe(bytes);
});

test.each(["", "Enterr", "C-", "C-1", "ab", "constructor", "__proto__"])("%j is no key", (key) => {
  expect(keyBytes(key)).toBeUndefined();
});

test("what is pasted cannot end the pasting", () => {
  expect(pasted("a\x1b[201~rm -rf\n")).toBe("\x1b[200~a[201~rm -rf\n\x1b[201~");
});
