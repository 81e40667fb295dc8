import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@clawd/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import { accountsWithRequests, filePairings } from "./file.ts";

const network = (id: string) =>
  id === "example" || id === "mute"
    ? {
        id,
        canPair: id === "example",
        sharedSenders: [],
        canonicalSender: (entry: string) => ({ ok: true, id: entry }) as const,
      }
    : undefined;

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-pairings-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("each account has one pairing, in files of its own", () => {
  const directory = aDirectory();
  const pairing = filePairings({ directory, clock: fakeClock(), network });
  expect(pairing("example", "default")).toBe(pairing("example", "default"));
  pairing("example", "work")!.approveId("42");
  expect(pairing("example", "default")!.approved()).toEqual([]);
  const again = filePairings({ directory, clock: fakeClock(), network });
  expect(again("example", "work")!.approved()).toMatchObject([{ id: "42" }]);
});

test.each(["mute", "unknown", "__proto__"])("the network %s has none", (provider) => {
  expect(filePairings({ directory: "/nowhere", clock: fakeClock(), network })(provider, "default")).toBe(
    undefined,
  );
});

test("accounts that somebody asked at are found by their files", () => {
  const directory = aDirectory();
  expect(accountsWithRequests(join(directory, "absent"), "example")).toEqual([]);
  const pairing = filePairings({ directory, clock: fakeClock(), network });
  for (const account of ["default", "work"]) pairing("example", account)!.ask({ id: "42", meta: {} });
  expect(accountsWithRequests(directory, "example")).toEqual(["work"]);
});
