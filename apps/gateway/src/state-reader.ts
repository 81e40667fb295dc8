/** The state that a request of `clawdbot policy` would meet in the gateway, from the credentials files. Reads, and writes nothing. */
import { messageOf, systemClock } from "@clawd/kernel";
import { openPairing, type Pairing } from "@clawd/pairing";
import { filePairingStore } from "@clawd/pairing/file";
import type { StateFacts } from "@clawd/policy";
import { pathsFrom } from "./paths.ts";
import { networkNamed } from "./providers.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What the gateway takes as well for everybody whose approval cannot be read (`stateOf` of @clawd/core). */
const leastProfile = "stranger";
const accountForm = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Each account's files are opened once. `warn` hears once for each network of what cannot be read; nobody is approved by it. */
export function stateReader(warn: (message: string) => void): (request: unknown) => StateFacts {
  const { credentials: directory } = pathsFrom(process.env);
  const open = new Map<string, Pairing | undefined>();
  const warned = new Set<string>();

  function pairingFor(provider: string, account: string): Pairing | undefined {
    const key = `${provider}:${account}`;
    if (open.has(key)) return open.get(key);
    const network = networkNamed(provider);
    const pairing =
      network?.canPair === true && accountForm.test(account)
        ? openPairing({
            store: filePairingStore({ directory, provider, account }),
            clock: systemClock,
            network,
          })
        : undefined;
    open.set(key, pairing);
    return pairing;
  }

  function factsOf({ provider, account = "default", chat, sender }: Fields): StateFacts {
    const { id } = fieldsOf(sender);
    if (typeof provider !== "string" || typeof account !== "string" || typeof id !== "string") return {};
    try {
      const held = pairingFor(provider, account)?.grantOf(id);
      const isDirect = fieldsOf(chat)["kind"] === "dm";
      return { isPaired: isDirect && held !== undefined, profile: held?.profile ?? null };
    } catch (fault) {
      if (!warned.has(provider)) warn(messageOf(fault));
      warned.add(provider);
      return { isPaired: false, profile: leastProfile };
    }
  }

  return (request) => {
    const fields = fieldsOf(request);
    const { contributors, to } = fields;
    const { chat, ...place } = fieldsOf(to);
    const target = factsOf({ ...place, chat, sender: { id: fieldsOf(chat)["id"] } });
    // How much of a budget is left is the running gateway's to know: here it is the rules that are asked about.
    const more = {
      isWithinBudget: true,
      isTargetPaired: target.isPaired === true,
      ...(Array.isArray(contributors) && { contributors: contributors.map((one) => factsOf(fieldsOf(one))) }),
    };
    return { ...factsOf(fields), ...more };
  };
}

function fieldsOf(value: unknown): Fields {
  return Object(value) as Fields;
}
