/**
 * The only way out of a container: an HTTP proxy for one list of hosts. Names are resolved here, addresses judged here; what is
 * not open is refused with a sentence for people and one event for the audit.
 * INVARIANT: nothing is connected to that the list does not open by name, port and address (proxy.test.ts).
 */
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { systemClock, type Clock } from "@clawd/kernel";
import { openCertificateAuthority, type CertificateAuthority } from "./authority.ts";
import { createConnections, type Connection, type ConnectionLimits } from "./connections.ts";
import { createDialer } from "./dial.ts";
import type { ProxyEvent } from "./event.ts";
import { createGate } from "./gate.ts";
import { listenLocally, listenPrivately, type ListenOptions } from "./listen.ts";
import { headTooLarge, notValid, refuseStream, tooMany } from "./refusal.ts";
import type { Resolver } from "./resolver.ts";
import type { EgressRule } from "./rules.ts";
import type { EgressSecret } from "./secret.ts";
import { trusting } from "./secure.ts";
import { servePassage, serveRequest } from "./serve-request.ts";
import { serveTunnel, type TunnelPorts } from "./serve-tunnel.ts";
import { writeTrust } from "./trust.ts";
import type { Passage } from "./tunnel.ts";

export interface EgressProxyOptions {
  /** As `compileEgress` makes it; `public`: the public web, for a browser of the gateway's own machine. */
  readonly allow: readonly EgressRule[] | "public";
  readonly secrets?: readonly EgressSecret[];
  readonly resolver: Resolver;
  /** For hosts with secrets; absent: one in memory. One for all containers of a gateway is enough. */
  readonly authority?: CertificateAuthority;
  readonly onEvent?: (event: ProxyEvent) => void;
  readonly limits?: EgressLimits;
  /** Roots of one's own, PEM, for the hosts themselves. */
  readonly roots?: readonly string[];
  readonly clock?: Clock;
  /** See `DialerOptions`. */
  readonly ownAddresses?: () => readonly string[];
}

export interface EgressLimits {
  /** At once. Default 1024. */
  readonly connections?: number;
  /** Of the head of a request. Default 16384. */
  readonly headBytes?: number;
  /** For a head, and for the first bytes of a tunnel to 443 or 80. Default 15000. */
  readonly headMs?: number;
  /** Without a byte either way. Default 300000. */
  readonly idleMs?: number;
  /** Of one connection, both ways together, looked at now and then; absent: no limit. */
  readonly bytes?: number;
}

export interface EgressProxy {
  /** Serves one connection, whatever it comes over. */
  accept(stream: Duplex): void;
  /**
   * A unix socket in this directory, whose path it resolves to; with secrets also the certificates to trust (`trustFiles`).
   * @throws EgressFault CLAWD_EGRESS_SOCKET when the directory is not safe or the path too long.
   */
  listenForContainer(directory: string, options?: ListenOptions): Promise<string>;
  /** A port of this machine's loopback, for a program that takes no socket: whoever is on this machine can use it too. */
  listenOnLoopback(): Promise<number>;
  /** PEM of the authority; null when there are no secrets. */
  readonly certificate: string | null;
  /** Ends every connection and removes the sockets. Idempotent. */
  stop(): Promise<void>;
}

export function createEgressProxy(options: EgressProxyOptions): EgressProxy {
  const { allow, secrets = [], resolver, onEvent = () => {}, clock = systemClock, ownAddresses } = options;
  const dialer = createDialer({ resolver, clock, ...(ownAddresses && { ownAddresses }) });
  const gate = createGate(dialer, { hosts: allow }, onEvent);
  const authority = secrets.length === 0 ? null : (options.authority ?? openCertificateAuthority({ clock }));
  const connections = createConnections(limitsOf(options.limits), clock, ({ target }, reason) =>
    gate.refused(target, reason),
  );
  let context: SecureContext | undefined;
  const trusted = () => (context ??= trusting(options.roots));
  const serve = createHttp({ gate, secrets, authority, trusted }, options.limits?.headBytes ?? 16_384);
  const listeners = new Set<{ stop(): Promise<void> }>();

  function accept(stream: Duplex): void {
    stream.on("error", () => stream.destroy());
    const connection = connections.open(stream);
    if (connection !== null) return serve(connection);
    gate.refused(null, "too-many-connections");
    refuseStream(stream, tooMany);
  }

  return {
    accept,
    certificate: authority?.certificate ?? null,
    async listenForContainer(directory, listenOptions) {
      const listener = await listenPrivately(directory, accept, listenOptions);
      listeners.add(listener);
      if (authority !== null) writeTrust(directory, authority.certificate);
      return listener.path;
    },
    async listenOnLoopback() {
      const listener = await listenLocally(accept);
      listeners.add(listener);
      return listener.port;
    },
    async stop() {
      connections.stop();
      await Promise.all([...listeners].map((listener) => listener.stop()));
    },
  };
}

/** Node's own parser reads what containers send. Neither server listens: connections are given to them. */
function createHttp(ports: Omit<TunnelPorts, "serveHttp">, maxHeaderSize: number) {
  const { gate } = ports;
  const byClient = new WeakMap<Duplex, Connection>();
  const passages = new WeakMap<Duplex, Passage>();
  const outer = createServer({ maxHeaderSize }, (request, response) => {
    serveRequest(gate, byClient.get(request.socket)!, request, response).catch(() => response.destroy());
  });
  const inner = createServer({ maxHeaderSize }, (request, response) =>
    servePassage(gate, passages.get(request.socket)!, request, response),
  );
  const serveHttp = (stream: Duplex, passage: Passage) => {
    passages.set(stream, passage);
    inner.emit("connection", stream);
    // Paused since its first bytes were looked at.
    passage.connection.client.resume();
  };
  outer.on("connect", (request, client: Duplex, head: Buffer) => {
    client.on("error", () => client.destroy());
    serveTunnel({ ...ports, serveHttp }, byClient.get(client)!, request, head).catch(() => client.destroy());
  });
  // CONNECT inside a tunnel would be a tunnel that nobody looks into.
  inner.on("connect", (_request, stream: Duplex) => {
    gate.refused(passages.get(stream)?.target ?? null, "request-not-valid");
    refuseStream(stream, notValid);
  });
  for (const server of [outer, inner]) {
    // Beyond a number of headers Node would leave the others out.
    server.maxHeadersCount = 0;
    server.on("clientError", (fault: NodeJS.ErrnoException, stream: Duplex) => {
      if (fault.code === "ECONNRESET" || stream.destroyed) return void stream.destroy();
      gate.refused(passages.get(stream)?.target ?? null, "request-not-valid");
      refuseStream(stream, fault.code === "HPE_HEADER_OVERFLOW" ? headTooLarge : notValid);
    });
  }
  return (connection: Connection): void => {
    byClient.set(connection.client, connection);
    outer.emit("connection", connection.client);
  };
}

const limitsOf = (limits: EgressLimits = {}): ConnectionLimits => ({
  connections: limits.connections ?? 1024,
  headMs: limits.headMs ?? 15_000,
  idleMs: limits.idleMs ?? 300_000,
  bytes: limits.bytes ?? Infinity,
});
