/** What is wrong with the pairing files of an account, for `doctor`. */
import { type Clock, messageOf, silentLogger } from "@clawd/kernel";
import { filePairingStore } from "./file-store.ts";
import { openPairing } from "./pairing.ts";
import type { PairingNetwork } from "./sender.ts";

/** Each thing in a sentence; empty when the files can be trusted or there are none. Never throws, and writes nothing. */
export function examinePairingFiles(options: {
  readonly directory: string;
  readonly provider: string;
  readonly account: string;
  readonly network: PairingNetwork;
  readonly clock: Clock;
}): readonly string[] {
  const { directory, provider, account, network, clock } = options;
  const found: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void found.push(`${provider}: ${message}`) };
  const open = () =>
    openPairing({ store: filePairingStore({ directory, provider, account }), clock, network, logger });
  for (const look of [() => open().approved(), () => open().list()]) {
    try {
      look();
    } catch (fault) {
      found.push(messageOf(fault));
    }
  }
  return [...new Set(found)];
}
