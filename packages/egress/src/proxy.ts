/**
 * The only way out of a container: an HTTP proxy for one list of hosts. Names are resolved here, addresses judged here; what is
 * not open is refused with a sentence for people and one event for the audit.
 * INVARIANT: nothing is connected to that the list does not open by name, port and address (proxy.test.ts).
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { systemClock, type Clock } from "@clawd/kernel";
import { openCertificateAuthority, type CertificateAuthority } from "./authority.ts";
import { createConnections, type Connection, type ConnectionLimits } from "./connections.ts";
import { createDialer } from "./dial.ts";
import type { ProxyEvent, ProxyReason } from "./event.ts";
import { reasonOf } from "./fault.ts";
import { forward } from "./forward.ts";
import { formatAuthority, parseAuthority, parseUrl, type Target } from "./host.ts";
import { listenPrivately, type ListenOptions } from "./listen.ts";
import * as say from "./refusal.ts";
import type { Resolver } from "./resolver.ts";
import type { EgressRule } from "./rules.ts";
import type { EgressSecret } from "./secret.ts";
import { trusting } from "./secure.ts";
import { writeTrust } from "./trust.ts";
import { runTunnel, type Passage } from "./tunnel.ts";

export interface EgressProxyOptions {
  /** As `compileEgress` makes it. */
  readonly allow: readonly EgressRule[];
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
  /** PEM of the authority; null when there are no secrets. */
  readonly certificate: string | null;
  /** Ends every connection and removes the sockets. Idempotent. */
  stop(): Promise<void>;
}

export function createEgressProxy(options: EgressProxyOptions): EgressProxy {
  const { allow, secrets = [], resolver, onEvent = () => {}, limits = {}, clock = systemClock } = options;
  const rules = { hosts: allow };
  const dialer = createDialer({
    resolver,
    clock,
    ...(options.ownAddresses && { ownAddresses: options.ownAddresses }),
  });
  const authority = secrets.length === 0 ? null : (options.authority ?? openCertificateAuthority({ clock }));
  const secretsOf = ({ host }: Target) => secrets.filter((secret) => secret.host === host.name);
  let context: SecureContext | undefined;
  const trusted = () => (context ??= trusting(options.roots));

  const full: ConnectionLimits & { readonly headBytes: number } = {
    connections: limits.connections ?? 1024,
    headBytes: limits.headBytes ?? 16_384,
    headMs: limits.headMs ?? 15_000,
    idleMs: limits.idleMs ?? 300_000,
    bytes: limits.bytes ?? Infinity,
  };
  const listeners = new Set<{ stop(): Promise<void> }>();
  const byClient = new WeakMap<Duplex, Connection>();
  const passages = new WeakMap<Duplex, Passage>();
  const targets = new WeakMap<Connection, Target>();
  const refused = (target: Target | null, reason: ProxyReason) =>
    onEvent({ kind: "connection-refused", host: target?.host.name ?? "", port: target?.port ?? 0, reason });
  const connections = createConnections(full, clock, (connection, reason) =>
    refused(targets.get(connection) ?? null, reason),
  );

  const heads = { maxHeaderSize: full.headBytes, headersTimeout: full.headMs, requestTimeout: 0 };
  const outer = createServer(heads, (request, response) => void onRequest(request, response));
  outer.on("connect", (request, client: Duplex, head: Buffer) => void onConnect(request, client, head));
  const inner = createServer(heads, onPassage);
  // CONNECT inside a tunnel would be a tunnel that nobody looks into.
  inner.on("connect", (_request, stream: Duplex) => {
    refused(passages.get(stream)?.target ?? null, "request-not-valid");
    say.refuseStream(stream, say.notValid);
  });
  for (const server of [outer, inner]) server.on("clientError", onClientError).maxHeadersCount = 0;

  async function dial(connection: Connection, target: Target): Promise<Socket> {
    const socket = await dialer.dial(target, rules, connection.signal);
    connection.carry(socket);
    const { name: host } = target.host;
    onEvent({ kind: "connection-opened", host, port: target.port, address: socket.remoteAddress ?? "" });
    socket.once("close", () => {
      const counts = { sentBytes: socket.bytesWritten, receivedBytes: socket.bytesRead };
      onEvent({ kind: "connection-closed", host, port: target.port, ...counts });
    });
    return socket;
  }

  /** What is said about a target that was not dialled; null when the client left. */
  function refusalFor(connection: Connection, target: Target, fault: unknown): say.Refusal | null {
    if (connection.signal.aborted) return null;
    const reason = reasonOf(fault);
    refused(target, reason);
    const isSilent = reason === "connection-failed" || reason === "timed-out" || reason === "name-unresolved";
    const place = formatAuthority(target);
    return isSilent ? say.notReached(place) : say.notOpen(place);
  }

  async function onConnect(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const connection = byClient.get(client)!;
    client.on("error", () => client.destroy());
    const target = parseAuthority(request.url ?? "");
    const isMeant =
      target !== null && (request.headers.host === undefined || isHostOf(request, target, target.port));
    if (target === null || !isMeant) {
      connection.arrived();
      refused(target, target === null ? "target-not-valid" : "host-mismatch");
      return say.refuseStream(client, target === null ? say.notValid : say.misdirected);
    }
    targets.set(connection, target);
    let upstream: Socket;
    try {
      upstream = await dial(connection, target);
    } catch (fault) {
      connection.arrived();
      const refusal = refusalFor(connection, target, fault);
      return refusal === null ? void client.destroy() : say.refuseStream(client, refusal);
    }
    if (client.destroyed) return void upstream.destroy();
    if (target.port !== 443 && target.port !== 80) connection.arrived();
    upstream.once("close", () => closeAfter(client));
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) client.unshift(head);
    await runTunnel({
      connection,
      target,
      upstream,
      dialAgain: () => dial(connection, target),
      secrets: secretsOf(target),
      authority,
      trusted,
      serveHttp(stream, passage) {
        upstream.removeAllListeners("close");
        passages.set(stream, passage);
        inner.emit("connection", stream);
        // Paused since its first bytes were looked at.
        client.resume();
      },
      refuse: (reason) => refused(target, reason),
    });
  }

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = byClient.get(request.socket)!;
    connection.arrived();
    const parsed = parseUrl(request.url ?? "");
    const target = parsed === null || parsed.url.protocol !== "http:" ? null : parsed.target;
    if (target === null || request.method === "TRACE") {
      refused(target, "target-not-valid");
      return say.refuseResponse(response, say.notValid);
    }
    if (!isHostOf(request, target, 80)) {
      refused(target, "host-mismatch");
      return say.refuseResponse(response, say.misdirected);
    }
    let over: Socket;
    try {
      over = await dial(connection, target);
    } catch (fault) {
      const refusal = refusalFor(connection, target, fault);
      return refusal === null ? void response.destroy() : say.refuseResponse(response, refusal);
    }
    const onBroken = () => say.refuseResponse(response, say.notReached(formatAuthority(target)));
    const path = `${parsed!.url.pathname}${parsed!.url.search}`;
    forward(request, response, { target, path, usualPort: 80, over, secrets: [], onBroken });
  }

  function onPassage(request: IncomingMessage, response: ServerResponse): void {
    const passage = passages.get(request.socket)!;
    const { target, usualPort, secrets: put, agent, connection } = passage;
    const path = request.url ?? "";
    if (!isHostOf(request, target, usualPort)) {
      refused(target, "host-mismatch");
      return say.refuseResponse(response, say.misdirected);
    }
    // An absolute form names a host once more, TRACE says back what was put in.
    if ((!path.startsWith("/") && path !== "*") || request.method === "TRACE") {
      refused(target, "request-not-valid");
      return say.refuseResponse(response, say.notValid);
    }
    for (const { header } of put) {
      const method = request.method ?? "";
      onEvent({ kind: "secret-used", host: target.host.name, port: target.port, method, header });
    }
    const onBroken = () => {
      if (connection.signal.aborted) return;
      refused(target, "connection-failed");
      say.refuseResponse(response, say.notReached(formatAuthority(target)));
    };
    forward(request, response, { target, path, usualPort, over: agent, secrets: put, onBroken });
  }

  function onClientError(fault: NodeJS.ErrnoException, stream: Duplex): void {
    if (fault.code === "ECONNRESET" || stream.destroyed) return void stream.destroy();
    refused(passages.get(stream)?.target ?? null, "request-not-valid");
    if (fault.code === "HPE_HEADER_OVERFLOW") return say.refuseStream(stream, say.headTooLarge);
    say.refuseStream(stream, fault.code === "ERR_HTTP_REQUEST_TIMEOUT" ? say.tooSlow : say.notValid);
  }

  function accept(stream: Duplex): void {
    stream.on("error", () => stream.destroy());
    const connection = connections.open(stream);
    if (connection === null) {
      refused(null, "too-many-connections");
      return say.refuseStream(stream, say.tooMany);
    }
    byClient.set(stream, connection);
    outer.emit("connection", stream);
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
    async stop() {
      connections.stop();
      outer.close();
      inner.close();
      await Promise.all([...listeners].map((listener) => listener.stop()));
    },
  };
}

/** Exactly one Host, and it is the target. */
function isHostOf(request: IncomingMessage, target: Target, usualPort: number): boolean {
  const [said, ...others] = request.headersDistinct.host ?? [];
  const host = said === undefined || others.length > 0 ? null : parseAuthority(said, usualPort);
  return host !== null && host.host.name === target.host.name && host.port === target.port;
}

/** What is still to be written is written; who does not read it has until the sweep. */
function closeAfter(client: Duplex): void {
  if (client.writableLength === 0) client.destroy();
  else client.end();
}
