/** What one proxy may connect to, and the telling of it: each connection, each refusal, once. */
import type { Socket } from "node:net";
import type { Connection } from "./connections.ts";
import type { Dialer } from "./dial.ts";
import type { ProxyEvent, ProxyReason } from "./event.ts";
import { reasonOf } from "./fault.ts";
import { formatAuthority, type Target } from "./host.ts";
import { notOpen, notReached, type Refusal } from "./refusal.ts";
import type { EgressRules } from "./rules.ts";

export interface Gate {
  /** @throws EgressFault; then `refusalFor` says what the client is told. */
  dial(connection: Connection, target: Target): Promise<Socket>;
  /** For the audit. */
  refused(target: Target | null, reason: ProxyReason): void;
  /** Tells the audit too. Null when the client has left. */
  refusalFor(connection: Connection, target: Target, fault: unknown): Refusal | null;
  /** A request that this header was put into. */
  secretUsed(target: Target, method: string, header: string): void;
}

/** The name is open, the host is not there: no secret, and a person needs to know. */
const silent: ReadonlySet<ProxyReason> = new Set(["connection-failed", "timed-out", "name-unresolved"]);

export function createGate(dialer: Dialer, rules: EgressRules, onEvent: (event: ProxyEvent) => void): Gate {
  const refused: Gate["refused"] = (target, reason) =>
    onEvent({ kind: "connection-refused", host: target?.host.name ?? "", port: target?.port ?? 0, reason });
  return {
    refused,
    async dial(connection, target) {
      const socket = await dialer.dial(target, rules, connection.signal);
      connection.carry(socket);
      const place = { host: target.host.name, port: target.port };
      onEvent({ kind: "connection-opened", ...place, address: socket.remoteAddress ?? "" });
      socket.once("close", () => {
        const { bytesWritten: sentBytes, bytesRead: receivedBytes } = socket;
        onEvent({ kind: "connection-closed", ...place, sentBytes, receivedBytes });
      });
      return socket;
    },
    refusalFor(connection, target, fault) {
      if (connection.signal.aborted) return null;
      const reason = reasonOf(fault);
      refused(target, reason);
      const place = formatAuthority(target);
      return silent.has(reason) ? notReached(place) : notOpen(place);
    },
    secretUsed(target, method, header) {
      onEvent({ kind: "secret-used", host: target.host.name, port: target.port, method, header });
    },
  };
}
