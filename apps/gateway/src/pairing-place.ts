/** Which network, account and pairing files the words of a `clawdbot pairing` command mean. */
import { type Logger, nearestName, silentLogger, systemClock } from "@clawd/kernel";
import type { Pairing } from "@clawd/pairing";
import { accountsWithRequests, filePairings } from "@clawd/pairing/file";
import type { Network } from "@clawd/provider-kit";
import { type Arguments, printError, UsageError } from "./cli.ts";
import { pathsFrom } from "./paths.ts";
import { networks } from "./providers.ts";

export interface PairingPlace {
  readonly network: Network;
  readonly account: string;
  readonly pairing: Pairing;
  /** What follows the provider on the command line. */
  readonly rest: string | undefined;
}

/** @throws UsageError */
export function pairingPlace({ positionals, options }: Arguments): PairingPlace {
  const byFlag = typeof options["provider"] === "string";
  const name = (byFlag ? String(options["provider"]) : (positionals[0] ?? "")).trim().toLowerCase();
  const pairable = networks.filter((network) => network.canPair);
  const network = pairable.find(({ id }) => id === name);
  if (network === undefined) {
    const ids = pairable.map(({ id }) => id);
    const near = nearestName(name, ids);
    const hint = near ? `did you mean ${near}?` : `one of: ${ids.join(", ")}`;
    throw new UsageError(name === "" ? "Which provider?" : `No such provider: ${name}.`, hint);
  }
  if (byFlag && positionals.length > 1)
    throw new UsageError("Too many arguments.", "the provider is given by --provider");
  const account = options["account"] === undefined ? "default" : String(options["account"]);
  if (account.trim() === "")
    throw new UsageError("--account must not be blank.", "leave it out for the default account");
  return {
    network,
    account,
    pairing: openPairingOf(network, account),
    rest: byFlag ? positionals[0] : positionals[1],
  };
}

export function openPairingOf(network: Network, account: string): Pairing {
  const logger: Logger = {
    ...silentLogger,
    warn: (message, { count } = {}) =>
      printError(`Warning: ${message}${count === undefined ? "" : ` (${count})`}.`),
  };
  const directory = pathsFrom(process.env).credentials;
  return filePairings({ directory, clock: systemClock, network: () => network, logger })(
    network.id,
    account,
  )!;
}

/** Accounts beside the default one that have pairing files. */
export const otherAccounts = (provider: string): readonly string[] =>
  accountsWithRequests(pathsFrom(process.env).credentials, provider);
