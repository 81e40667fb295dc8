/** CONNECT: the target is read, dialled, and held to what was said. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import type { CertificateAuthority } from "./authority.ts";
import type { Connection } from "./connections.ts";
import type { Gate } from "./gate.ts";
import { parseAuthority, type Target } from "./host.ts";
import { isHostOf } from "./named-host.ts";
import { misdirected, notValid, refuseStream } from "./refusal.ts";
import type { EgressSecret } from "./secret.ts";
import { runTunnel, type Passage } from "./tunnel.ts";

export interface TunnelPorts {
  readonly gate: Gate;
  readonly secrets: readonly EgressSecret[];
  readonly authority: CertificateAuthority | null;
  readonly trusted: () => SecureContext;
  readonly serveHttp: (stream: Duplex, passage: Passage) => void;
}

export async function serveTunnel(
  ports: TunnelPorts,
  connection: Connection,
  request: IncomingMessage,
  head: Buffer,
): Promise<void> {
  const { gate } = ports;
  const { client } = connection;
  const target = parseAuthority(request.url ?? "");
  if (target === null || !isMeant(request, target)) {
    connection.arrived();
    gate.refused(target, target === null ? "target-not-valid" : "host-mismatch");
    return refuseStream(client, target === null ? notValid : misdirected);
  }
  connection.leadsTo(target);
  let upstream: Socket;
  try {
    upstream = await gate.dial(connection, target);
  } catch (fault) {
    connection.arrived();
    const refusal = gate.refusalFor(connection, target, fault);
    return refusal === null ? void client.destroy() : refuseStream(client, refusal);
  }
  if (client.destroyed) return void upstream.destroy();
  // At other ports the server may speak first, whenever it likes.
  if (target.port !== 443 && target.port !== 80) connection.arrived();
  const onUpstreamClose = () => closeAfter(client);
  upstream.once("close", onUpstreamClose);
  client.write("HTTP/1.1 200 Connection established\r\n\r\n");
  if (head.length > 0) client.unshift(head);
  await runTunnel({
    connection,
    target,
    upstream,
    dialAgain: () => gate.dial(connection, target),
    secrets: ports.secrets.filter((secret) => secret.host === target.host.name),
    authority: ports.authority,
    trusted: ports.trusted,
    serveHttp(stream, passage) {
      // From here on there may be other connections to the host; this one ends alone.
      upstream.off("close", onUpstreamClose);
      ports.serveHttp(stream, passage);
    },
    refuse: (reason) => gate.refused(target, reason),
  });
}

/** Old clients send no Host with CONNECT; one that is sent must be the target. */
const isMeant = (request: IncomingMessage, target: Target) =>
  request.headers.host === undefined || isHostOf(request, target, target.port);

/** What is still to be written is written; who does not read it has until the sweep. */
function closeAfter(client: Duplex): void {
  if (client.writableLength === 0) client.destroy();
  else client.end();
}
