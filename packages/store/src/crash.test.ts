import { fakeClock } from "@clawd/kernel/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { aDirectory } from "../test/builders.ts";
import { openStore } from "./index.ts";

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
