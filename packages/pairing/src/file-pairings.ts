/** The pairings of an installation: one for each account of each network that can pair, opened when it is first asked for. */
import type { Clock, Logger } from "@clawd/kernel";
import { readdirSync, statSync } from "node:fs";
import { filePairingStore } from "./file-store.ts";
import { openPairing, type Pairing } from "./pairing.ts";
import type { PairingNetwork } from "./sender.ts";

export interface FilePairingsOptions {
  /** `~/.clawdbot/credentials`. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Undefined for a network that is not known. */
  readonly network: (id: string) => (PairingNetwork & { readonly canPair: boolean }) | undefined;
}

/** Undefined where there is no pairing. @throws CLAWD_PAIRING_NAME for an account that cannot be a file name. */
export function filePairings(
  options: FilePairingsOptions,
): (provider: string, account: string) => Pairing | undefined {
  const { directory, clock, logger, network: networkNamed } = options;
  const open = new Map<string, Pairing>();
  return (provider, account) => {
    const key = JSON.stringify([provider, account]);
    const known = open.get(key);
    if (known !== undefined) return known;
    const network = networkNamed(provider);
    if (network?.canPair !== true) return undefined;
    const store = filePairingStore({ directory, provider, account });
    const pairing = openPairing({ store, clock, network, ...(logger === undefined ? {} : { logger }) });
    open.set(key, pairing);
    return pairing;
  };
}

/** Accounts of a provider, beside the default one, that somebody asked to be let in by. */
export function accountsWithRequests(directory: string, provider: string): readonly string[] {
  // What stands there instead of a directory is a fault of whoever opens a file in it, and says which.
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const form = new RegExp(`^${provider.replaceAll("-", "--")}-([a-z0-9_][a-z0-9_-]*)-pairing\\.json$`);
  return readdirSync(directory).flatMap((name) => form.exec(name)?.[1] ?? []);
}
