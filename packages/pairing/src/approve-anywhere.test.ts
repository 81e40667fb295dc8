import { fakeClock } from "@clawd/kernel/testing";
import { expect, test } from "vitest";
import { approveAnywhere } from "./approve-anywhere.ts";
import { memoryPairingStore } from "./memory.ts";
import { openPairing, type Pairing } from "./pairing.ts";

const network = {
  sharedSenders: [],
  canonicalSender: (entry: string) => ({ ok: true, id: entry }) as const,
};

function accounts(...names: readonly string[]) {
  const clock = fakeClock();
  const made = new Map<string, Pairing>(
    names.map((name) => [name, openPairing({ store: memoryPairingStore(), clock, network })]),
  );
  const codeAt = (name: string, id: string) => {
    const asked = made.get(name)!.ask({ id, meta: {} });
    return asked.outcome === "created" ? asked.code : "";
  };
  return { codeAt, open: (name: string) => made.get(name)!, names };
}

test("a code is approved at the account that holds it, and nowhere else", () => {
  const { codeAt, open, names } = accounts("default", "work", "home");
  const code = codeAt("work", "42");
  codeAt("home", "43");
  expect(approveAnywhere(` ${code.toLowerCase()} `, { profile: "friend" }, names, open)).toMatchObject({
    account: "work",
    approved: { id: "42", grant: { profile: "friend" } },
  });
  expect(names.map((name) => open(name).approved().length)).toEqual([0, 1, 0]);
});

test("a code that nobody holds is approved nowhere, and guesses are counted at the first account alone", () => {
  const { open, names, codeAt } = accounts("default", "work");
  expect(approveAnywhere("AAAAAAAA", {}, names, open)).toBe(undefined);
  expect(approveAnywhere("AAAAAAAA", {}, [], open)).toBe(undefined);
  const code = codeAt("work", "42");
  const guess = () => approveAnywhere("AAAAAAAA", {}, names, open);
  expect(() => Array.from({ length: 20 }, guess)).toThrow(
    expect.objectContaining({ code: "CLAWD_PAIRING_LOCKED" }),
  );
  expect(open("work").approve(code)).toMatchObject({ id: "42" });
});
