import { basename } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pairingFiles } from "./file-name.ts";

const names = (provider: string, account?: string) =>
  Object.values(pairingFiles("/d", provider, account)).map((path) => basename(path));

test("the default account's files carry no account, the others' do", () => {
  expect(names("telegram").slice(0, 2)).toEqual(["telegram-pairing.json", "telegram-allowFrom.json"]);
  expect(names("telegram", "default")).toEqual(names("telegram"));
  expect(names("telegram", "work").slice(0, 2)).toEqual([
    "telegram-work-pairing.json",
    "telegram-work-allowFrom.json",
  ]);
});

test.each(["", ".", "..", "../x", "a/b", "a\\b", "a\0", "A", "é", "a b", "-a", "a-", "x".repeat(65), "a.b"])(
  "%j is no name for a provider or an account",
  (name) => {
    const refused = expect.objectContaining({ code: "CLAWD_PAIRING_NAME" });
    expect(() => pairingFiles("/d", name)).toThrow(refused);
    expect(() => pairingFiles("/d", "telegram", name)).toThrow(refused);
  },
);

test("no two accounts share a file name", () => {
  const name = fc.stringMatching(/^[ab](?:[-ab]{0,4}[ab])?$/);
  const account = fc.oneof(name, fc.constantFrom("default", "pairing", "pairing-allow"));
  fc.assert(
    fc.property(name, account, name, account, (provider, own, otherProvider, otherAccount) => {
      fc.pre(provider !== otherProvider || own !== otherAccount);
      expect(names(provider, own)).not.toEqual(
        expect.arrayContaining([expect.toBeOneOf(names(otherProvider, otherAccount))]),
      );
    }),
    { seed: 7, numRuns: 500 },
  );
});
