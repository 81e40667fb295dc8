/**
 * A tunnel as far as it can be held to its target: TLS only to the server that CONNECT named, HTTP only for that host, anything
 * else only where the port is neither 443 nor 80. For hosts with secrets the tunnel ends here, and begins again.
 */
import { Agent } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket, type SecureContext } from "node:tls";
import type { CertificateAuthority } from "./authority.ts";
import type { Connection } from "./connections.ts";
import type { ProxyReason } from "./event.ts";
import { broken } from "./fault.ts";
import type { Target } from "./host.ts";
import { readOpening } from "./opening.ts";
import type { EgressSecret } from "./secret.ts";
import { secure } from "./secure.ts";

/** HTTP inside a tunnel: for one host, over connections to that host alone. */
export interface Passage {
  readonly target: Target;
  readonly usualPort: 80 | 443;
  readonly secrets: readonly EgressSecret[];
  readonly agent: Agent;
  readonly connection: Connection;
}

export interface TunnelOptions {
  readonly connection: Connection;
  readonly target: Target;
  /** Connected and judged; nothing read yet. */
  readonly upstream: Socket;
  /** Another one, judged again. */
  readonly dialAgain: () => Promise<Socket>;
  /** Of this host. */
  readonly secrets: readonly EgressSecret[];
  readonly authority: CertificateAuthority | null;
  /** Trusted for the host itself. */
  readonly trusted: () => SecureContext;
  readonly serveHttp: (stream: Duplex, passage: Passage) => void;
  readonly refuse: (reason: ProxyReason) => void;
}

export async function runTunnel(options: TunnelOptions): Promise<void> {
  const { connection, target, upstream, secrets, authority, serveHttp } = options;
  const { client } = connection;
  const opening = await readOpening(client, upstream, target);
  connection.arrived();
  const passage = (usualPort: 80 | 443): Passage => ({
    target,
    usualPort,
    secrets: usualPort === 443 ? secrets : [],
    agent: keepingAgent(options, usualPort === 443),
    connection,
  });
  switch (opening.kind) {
    case "closed":
      client.destroy();
      return void upstream.destroy();
    case "refused":
      options.refuse(opening.reason);
      client.destroy();
      return void upstream.destroy();
    case "http":
      return serveHttp(client, passage(80));
    case "tls":
      if (secrets.length === 0 || authority === null) return join(client, upstream);
      return serveHttp(unwrapped(client, target, authority), passage(443));
    case "opaque":
      return join(client, upstream);
  }
}

/** Both ways, each at the pace of who reads; the end of one way is not the end of the other. */
function join(client: Duplex, upstream: Socket): void {
  client.pipe(upstream);
  upstream.pipe(client);
}

/** TLS with the container, as the host, under the certificate that it was told to trust. */
function unwrapped(client: Duplex, { host }: Target, authority: CertificateAuthority): TLSSocket {
  const tls = new TLSSocket(client as Socket, {
    isServer: true,
    secureContext: authority.contextFor(host.name),
    ALPNProtocols: ["http/1.1"],
  });
  // A client that does not trust us hangs up; nothing of that is a fault of ours.
  tls.on("error", () => client.destroy());
  return tls;
}

/** One connection at a time, the one that is there first; later ones are dialled and judged anew. */
function keepingAgent(options: TunnelOptions, isSecure: boolean): Agent {
  const { connection, target, upstream, dialAgain, trusted } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let first: Socket | null = upstream;
  const open = async (): Promise<Duplex> => {
    const plain = first !== null && !first.destroyed ? first : await dialAgain();
    first = null;
    // Paused while it was looked at; nothing had come.
    if (plain.isPaused()) plain.resume();
    if (!isSecure) return plain;
    return secure(plain, target.host, trusted(), connection.signal);
  };
  agent.createConnection = (_options, give) => {
    open().then(
      (stream) => give?.(null, stream),
      () => give?.(broken(), undefined as never),
    );
    return undefined;
  };
  connection.signal.addEventListener("abort", () => agent.destroy(), { once: true });
  return agent;
}
