/**
 * Names become addresses here, and nowhere else. All A and AAAA records are asked for; an error of either question is an error of
 * the whole, so that nobody gets the half of an answer that suits them.
 */
import { Resolver as DnsResolver } from "node:dns/promises";
import { systemClock, type Clock } from "@clawd/kernel";
import { unreachable } from "./fault.ts";
import { withDeadline } from "./deadline.ts";

/** Every address of a name, or a rejection. Tests and machines with resolvers of their own bring one. */
export type Lookup = (name: string, signal: AbortSignal) => Promise<readonly string[]>;

export interface Resolver {
  /** At least one address. @throws EgressFault `name-unresolved`. */
  resolve(name: string, signal?: AbortSignal): Promise<readonly string[]>;
}

export interface ResolverOptions {
  /** Absent: name servers are asked, without /etc/hosts and without a thread of Node's pool for each question. */
  readonly lookup?: Lookup;
  /** `address` or `address:port`. Absent: the system's. */
  readonly servers?: readonly string[];
  /** Default 5000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

const mostAddresses = 64;

export function createResolver(options: ResolverOptions = {}): Resolver {
  const { timeoutMs = 5000, clock = systemClock } = options;
  const lookup = options.lookup ?? askNameServers(options.servers);
  return {
    async resolve(name, signal) {
      let addresses: readonly string[];
      try {
        addresses = await withDeadline({ timeoutMs, clock, signal }, (limit) => lookup(name, limit));
      } catch {
        throw unreachable("name-unresolved");
      }
      if (addresses.length === 0 || addresses.length > mostAddresses) throw unreachable("name-unresolved");
      return addresses;
    },
  };
}

function askNameServers(servers: readonly string[] | undefined): Lookup {
  return async (name, signal) => {
    // A resolver for each name, so that giving up on one gives up on no other.
    const dns = new DnsResolver({ timeout: 2000, tries: 2 });
    if (servers !== undefined) dns.setServers(servers);
    const cancel = () => dns.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      // The final dot: no search domain of this machine comes after it.
      const [v4, v6] = await Promise.all([
        dns.resolve4(`${name}.`).catch(noneWhenThereIsNone),
        dns.resolve6(`${name}.`).catch(noneWhenThereIsNone),
      ]);
      return [...v4, ...v6];
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };
}

/** The name exists, without records of this type. */
function noneWhenThereIsNone(fault: NodeJS.ErrnoException): string[] {
  if (fault.code === "ENODATA") return [];
  throw fault;
}
