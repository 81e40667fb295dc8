import { expect, test } from "vitest";
import { codeAlphabet, codeLength, holderOf, newCode } from "./code.ts";

test("a code is 40 bits of 32 symbols that nobody mistakes for another", () => {
  expect(new Set(codeAlphabet).size).toBe(32);
  expect(codeAlphabet).toBe("ABCDEFGHJKLMNPQRSTUVWXYZ23456789");
  expect(codeLength).toBe(8);
});

test("every symbol of a code is drawn from the whole alphabet", () => {
  const asked: number[] = [];
  const code = newCode((below) => asked.push(below) - 1, new Set());
  expect(code).toBe("ABCDEFGH");
  expect(asked).toEqual(Array(8).fill(32));
});

test("a typed code finds its holder, and nothing that is not a code finds anybody", () => {
  const holders = [{ code: "ABCD2345" }, { code: "wxyz6789" }, { code: "" }];
  expect(holderOf(" wXyZ6789 ", holders)).toBe(holders[1]);
  for (const typed of ["ABCD234", "ABCD2345 X", "\ud800", "__proto__", "x".repeat(4096)]) {
    expect(holderOf(typed, holders)).toBeUndefined();
  }
});
