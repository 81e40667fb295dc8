import { expect, test } from "vitest";
import { aPairing, minute } from "../test/a-pairing.ts";

const locked = expect.objectContaining({ code: "CLAWD_PAIRING_LOCKED" });

test("after ten wrong codes even the right one is refused, for five minutes", async () => {
  const { pairing, paired, clock } = aPairing();
  const code = paired("1");
  for (let guess = 0; guess < 10; guess++) expect(pairing.approve(`WRONG${guess}`)).toBeUndefined();
  expect(() => pairing.approve(code)).toThrow(locked);
  expect(() => pairing.deny(code)).toThrow(locked);
  await clock.advance(5 * minute - 1);
  expect(() => pairing.approve(code)).toThrow(locked);
  expect(pairing.isApproved("1")).toBe(false);
  await clock.advance(1);
  expect(pairing.approve(code)?.id).toBe("1");
});

test("a million guesses get at most ten looks in five minutes", async () => {
  const { pairing, paired, clock } = aPairing();
  paired("1");
  let looks = 0;
  for (let guess = 0; guess < 10_000; guess++) {
    try {
      pairing.approve(String(guess));
      looks++;
    } catch (fault) {
      expect(fault).toEqual(locked);
    }
    if (guess % 1000 === 999) await clock.advance(minute);
  }
  expect(looks).toBe(20);
});

test("wrong codes of denials count with those of approvals", () => {
  const { pairing, paired } = aPairing();
  const code = paired("1");
  for (let guess = 0; guess < 5; guess++) {
    pairing.approve("WRONG");
    pairing.deny("WRONG");
  }
  expect(() => pairing.approve(code)).toThrow(locked);
});

test("a right code, or five quiet minutes, begin the count anew", async () => {
  const { pairing, paired, clock } = aPairing();
  const [first, second] = [paired("1"), paired("2")];
  for (let guess = 0; guess < 9; guess++) pairing.approve("WRONG");
  expect(pairing.approve(first)?.id).toBe("1");
  for (let guess = 0; guess < 9; guess++) pairing.approve("WRONG");
  await clock.advance(5 * minute);
  pairing.approve("WRONG");
  expect(pairing.approve(second)?.id).toBe("2");
});

test("the owner can still admit, and revoke, by id while codes are refused", () => {
  const { pairing } = aPairing();
  for (let guess = 0; guess < 10; guess++) pairing.approve("WRONG");
  expect(pairing.approveId("1").id).toBe("1");
  expect(pairing.revoke("1")).toBe(true);
});
