import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@clawd/kernel/testing";
import { expect, onTestFinished, test } from "vitest";
import { examinePairingFiles, filePairings } from "./file.ts";

const network = {
  canPair: true,
  sharedSenders: [],
  canonicalSender: (entry: string) =>
    /^\d+$/.test(entry)
      ? ({ ok: true, id: entry } as const)
      : ({ ok: false, message: "no id", hint: "a number" } as const),
};

function aDirectory(): string {
  const directory = join(mkdtempSync(join(tmpdir(), "clawd-examine-pairing-")), "credentials");
  mkdirSync(directory, { mode: 0o700 });
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const examine = (directory: string, account = "default") =>
  examinePairingFiles({ directory, provider: "example", account, network, clock: fakeClock() });

test("files that can be trusted, and none at all, have nothing wrong", () => {
  const directory = aDirectory();
  expect(examine(directory)).toEqual([]);
  const pairing = filePairings({ directory, clock: fakeClock(), network: () => network });
  pairing("example", "default")!.approveId("42");
  expect(examine(directory)).toEqual([]);
});

test("what cannot be read is named once, and a name that is no file's too", () => {
  const directory = aDirectory();
  writeFileSync(join(directory, "example-allowFrom.json"), "{", { mode: 0o600 });
  expect(examine(directory)).toHaveLength(1);
  expect(examine(directory)[0]).toContain("example-allowFrom.json");
  expect(examine(directory, "../up")).toEqual([expect.any(String)]);
});
