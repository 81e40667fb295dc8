/** Builders for the tests of this package. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock, recordingLogger } from "@clawd/kernel/testing";
import { memoryPairingStore } from "../src/memory.ts";
import { openPairing, type Pairing, type PairingOptions } from "../src/pairing.ts";
import { emptyState } from "../src/store.ts";
import { testNetwork } from "../src/testing.ts";

export const minute = 60_000;
export const hour = 60 * minute;

/** A pairing over memory, with everything it stands on. */
export function aPairing(options: Partial<PairingOptions> = {}) {
  const clock = fakeClock();
  const logger = recordingLogger();
  const store = options.store ?? memoryPairingStore();
  const pairing = openPairing({ store, clock, network: testNetwork, logger, ...options });
  /** Asks, and has the code delivered. */
  const paired = (id: string): string => {
    const asked = pairing.ask({ id });
    if (asked.outcome !== "created") throw new Error(`no code for ${id}: ${asked.outcome}`);
    pairing.delivered(id);
    return asked.code;
  };
  return { pairing, clock, logger, store, paired };
}

export function approvedIds(pairing: Pairing): readonly string[] {
  return pairing.approved().map(({ id }) => id);
}

/** A store whose allow file a person wrote. */
export function aStoreOf(allowFrom: readonly string[], grants: Readonly<Record<string, unknown>> = {}) {
  return memoryPairingStore({ ...emptyState, approvals: { allowFrom, grants } });
}

/** Runs the test in a directory of its own, which is gone afterwards. */
export function inDirectory<Result>(run: (directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), "pairing-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  let result: Result;
  try {
    result = run(directory);
  } catch (fault) {
    remove();
    throw fault;
  }
  if (result instanceof Promise) return result.finally(remove) as Result;
  remove();
  return result;
}
