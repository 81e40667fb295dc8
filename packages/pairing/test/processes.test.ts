import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filePairingStore } from "../src/file.ts";
import type { Grant } from "../src/grant.ts";
import { aPairing, inDirectory, minute } from "./a-pairing.ts";

interface Told {
  readonly approved: Readonly<Record<string, Grant>>;
  readonly revoked: readonly string[];
  readonly mostPending: number;
  readonly created: number;
}

function start(directory: string, name: string, rounds: number): Promise<Told> {
  const script = join(import.meta.dirname, "busy-process.ts");
  const child = spawn(
    process.execPath,
    ["--conditions=@clawd/source", "--no-warnings", script, directory, name, String(rounds)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`exit ${code}`)),
    );
  });
}

test(
  "eight processes at once lose no approval, double none, and never pass the cap",
  { timeout: 60_000 },
  () =>
    inDirectory(async (directory) => {
      const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
      const told = await Promise.all(names.map((name) => start(directory, name, 12)));
      const { pairing, store, clock } = aPairing({
        store: filePairingStore({ directory, provider: "telegram" }),
      });
      await clock.advance(minute);
      const revoked = new Set(told.flatMap((process) => process.revoked));
      const expected = told
        .flatMap((process) => Object.entries(process.approved))
        .filter(([id, { until }]) => !revoked.has(id) && (until === null || until > clock.now()))
        .map(([id, grant]) => ({ id, ...grant }));
      const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);
      expect([...pairing.approved()].sort(byId)).toEqual(expected.sort(byId));
      expect(expected).toHaveLength(8 * 7);
      expect(Object.keys(store.approvals().grants).length).toBeGreaterThan(8 * 3);
      expect(pairing.list().filter(({ id }) => id === "everybody").length).toBeLessThanOrEqual(1);
      pairing.revoke("everybody");
      expect([...store.approvals().allowFrom].sort()).toEqual(expected.map(({ id }) => id));
      expect(Math.max(...told.map(({ mostPending }) => mostPending))).toBe(3);
      expect(told.reduce((sum, { created }) => sum + created, 0)).toBeGreaterThan(0);
    }),
);
