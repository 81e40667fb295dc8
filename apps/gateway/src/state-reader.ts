/** The state that a request of `clawdbot policy` would meet in the gateway, from the credentials files. Reads, and writes nothing. */
import { stateOfRequest } from "@clawd/core/state";
import { messageOf, systemClock } from "@clawd/kernel";
import { filePairings } from "@clawd/pairing/file";
import type { StateFacts } from "@clawd/policy";
import { pathsFrom } from "./paths.ts";
import { networkNamed } from "./providers.ts";

const accountForm = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** `warn` hears once for each network of what cannot be read; nobody is approved by it. */
export function stateReader(warn: (message: string) => void): (request: unknown) => StateFacts {
  const { credentials: directory } = pathsFrom(process.env);
  const pairing = filePairings({ directory, clock: systemClock, network: networkNamed });
  const warned = new Set<string>();

  function grant(provider: string, account: string, sender: string) {
    try {
      return accountForm.test(account) ? pairing(provider, account)?.grantOf(sender) : undefined;
    } catch (fault) {
      if (!warned.has(provider)) warn(messageOf(fault));
      warned.add(provider);
      throw fault;
    }
  }

  return (request) => stateOfRequest(request, { grant });
}
