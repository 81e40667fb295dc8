/**
 * The one place of the project that opens a socket to somebody else's choice of address: resolve, judge every record, connect to
 * the address that was judged, judge again what the socket says it is connected to.
 * INVARIANT: a target whose records are not all open is never connected to, not even to those that are (dial.test.ts).
 */
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { systemClock, type Clock } from "@clawd/kernel";
import { isWithin, judgeAddress, peerAddress } from "./address.ts";
import { isTimeout, withDeadline } from "./deadline.ts";
import { isEgressFault, unreachable, type EgressFault } from "./fault.ts";
import type { Target } from "./host.ts";
import { isOpened, refusalOf, refusalOfAddress, type EgressRules } from "./rules.ts";
import type { Resolver } from "./resolver.ts";

export interface Dialer {
  /**
   * Connected, nothing read yet, and open for half-close.
   * @throws EgressFault with the reason; the signal's own reason when it aborts.
   */
  dial(target: Target, rules: EgressRules, signal?: AbortSignal): Promise<Socket>;
}

export interface DialerOptions {
  readonly resolver: Resolver;
  /** For everything until the connection stands. Default 15000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /**
   * Addresses of this machine (`192.0.2.1`) and networks that it is in (`2001:db8::1/64`): through them one comes in behind a
   * firewall. Default: those of its interfaces, of IPv6 with their network, asked for at each call.
   */
  readonly ownAddresses?: () => readonly string[];
}

/** One that does not answer must not use up the time of the next. */
const attemptMs = 5000;
const mostAttempts = 4;

export function createDialer(options: DialerOptions): Dialer {
  const { resolver, timeoutMs = 15_000, clock = systemClock, ownAddresses = interfaceAddresses } = options;

  const judged = async (target: Target, rules: EgressRules, signal: AbortSignal) => {
    const refusal = refusalOf(target, rules);
    if (refusal !== null) throw unreachable(refusal);
    const { name, isAddress } = target.host;
    const records = isAddress ? [name] : await resolver.resolve(name, signal);
    const own = ownAddresses();
    const addresses = new Set<string>();
    for (const record of records) {
      const reason = refusalOfAddress(record, target.port, rules);
      if (reason !== null) throw unreachable(reason);
      const address = judgeAddress(record).address!;
      if (own.some((range) => isWithin(address, range)) && !isOpened(address, target.port, rules))
        throw unreachable("own-address");
      addresses.add(address);
    }
    return addresses;
  };

  return {
    async dial(target, rules, signal) {
      try {
        return await withDeadline({ timeoutMs, clock, signal }, async (limit) => {
          const addresses = await judged(target, rules, limit);
          return connectToOne(inOrder(addresses), target.port, clock, limit);
        });
      } catch (fault) {
        signal?.throwIfAborted();
        if (isEgressFault(fault)) throw fault;
        throw unreachable(isTimeout(fault) ? "timed-out" : "connection-failed");
      }
    },
  };
}

/** IPv4 first: where there is no IPv6, waiting for it would be all that a caller notices. */
function inOrder(addresses: ReadonlySet<string>): readonly string[] {
  return [...addresses].toSorted((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
}

async function connectToOne(
  addresses: readonly string[],
  port: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Socket> {
  let last: EgressFault = unreachable("connection-failed");
  for (const address of addresses.slice(0, mostAttempts)) {
    try {
      return await withDeadline({ timeoutMs: attemptMs, clock, signal }, (limit) =>
        connectTo(address, port, limit),
      );
    } catch (fault) {
      signal.throwIfAborted();
      last = isEgressFault(fault) ? fault : unreachable(isTimeout(fault) ? "timed-out" : "connection-failed");
    }
  }
  throw last;
}

function connectTo(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // An address, so nothing is looked up again; the pinned connection is this one or none.
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true, keepAlive: true });
    const give = (fault: unknown) => {
      socket.destroy();
      reject(fault);
    };
    const abort = () => give(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", give);
    socket.once("connect", () => {
      signal.removeEventListener("abort", abort);
      // A fault that comes before the caller listens must not end the process; the caller sees the close.
      socket.on("error", () => {});
      socket.off("error", give);
      if (peerAddress(socket.remoteAddress) !== address || socket.remotePort !== port) {
        return give(unreachable("address-mismatch"));
      }
      resolve(socket);
    });
  });
}

/** In IPv6 the neighbours' addresses are global too, with nothing between them and this machine. */
function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address, family, cidr }) => (family === "IPv6" && cidr !== null ? cidr : address)),
  );
}
