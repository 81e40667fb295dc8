import { fakeClock } from "@clawd/kernel/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { aDirectory } from "../test/builders.ts";
import { openMedia, openStore } from "./index.ts";

/** Runs a writer from number `first` on and kills it at its `count`th acknowledgement; returns the last one seen. */
async function writeUntilKilled(directory: string, first: number, count: number): Promise<number> {
  const script = join(import.meta.dirname, "../test/write.ts");
  const writer = spawn(process.execPath, ["--conditions=@clawd/source", script, directory, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last = -1;
  let seen = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    last = Number(line);
    if (++seen === count) writer.kill("SIGKILL");
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
  expect(writer.signalCode).toBe("SIGKILL");
  return last;
}

test(
  "nothing acknowledged is lost in 50 kills, nothing is stored by halves, and the chain verifies",
  {
    timeout: 120_000,
  },
  async () => {
    const directory = aDirectory();
    let next = 0;
    for (let kill = 0; kill < 50; kill++) {
      const acknowledged = await writeUntilKilled(directory, next, 1 + ((kill * 7) % 23));
      const store = openStore({ directory, clock: fakeClock() });
      const verification = store.audit.verify();
      expect(verification).toMatchObject({ ok: true });
      // One more than acknowledged may be there: stored, but killed before it could say so.
      const stored = verification.ok ? verification.count : 0;
      expect(stored).toBeGreaterThanOrEqual(acknowledged + 1);
      const pending = store.inbox.pending();
      const odd = Array.from({ length: stored }, (_, n) => String(n)).filter((n) => Number(n) % 2 === 1);
      const pendingIds = new Set(pending.map(({ eventId }) => eventId));
      expect(odd.filter((n) => !pendingIds.has(n))).toEqual([]);
      for (const { eventId, body } of pending) expect(JSON.parse(body)).toEqual({ n: Number(eventId) });
      expect(store.outbox.counts().queued).toBe(stored);
      for (const { eventId } of pending) {
        const again = store.inbox.put({
          provider: "irc",
          account: "default",
          eventId,
          receivedAt: 0,
          body: null,
          state: "finished",
        });
        expect(again.outcome).toBe("duplicate");
      }
      store.close();
      next = stored;
    }
  },
);

test("what was kept is whole after a kill in the middle of writing, and the halves are swept away", async () => {
  const directory = join(aDirectory(), "media");
  const script = join(import.meta.dirname, "../test/keep.ts");
  const kept: string[] = [];
  for (let kill = 0; kill < 10; kill++) {
    const keeper = spawn(process.execPath, ["--conditions=@clawd/source", script, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let seen = 0;
    for await (const line of createInterface({ input: keeper.stdout })) {
      kept.push(line);
      if (++seen === 3 + kill) keeper.kill("SIGKILL");
    }
  }
  const media = openMedia({ directory, clock: fakeClock() });
  for (const digest of kept) expect(await media.read(digest)).toHaveLength(200_000);
  await media.sweep({ isNamed: () => true, before: 0 });
  expect(readdirSync(directory).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
  for (const name of readdirSync(directory)) expect(await media.read(name)).toHaveLength(200_000);
}, 60_000);
