/** A small internet on loopback: origins that count who connects, names that lead to them, and what a container would have. */
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { makeCertificate } from "../src/certificate.ts";
import { createDialer } from "../src/dial.ts";
import { createEgressProxy, type EgressProxyOptions } from "../src/proxy.ts";
import { createResolver, type Lookup } from "../src/resolver.ts";
import type { ProxyEvent } from "../src/event.ts";
import type { EgressRule } from "../src/rules.ts";

export interface Origin {
  readonly port: number;
  /** How many have connected. */
  connects(): number;
  stop(): Promise<void>;
}

export function listen(server: Server, address = "127.0.0.1"): Promise<Origin> {
  let connects = 0;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connects++;
    sockets.add(socket);
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, address, 4096, () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        connects: () => connects,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      }),
    );
  });
}

export const aServer = (answer: RequestListener) => listen(createHttpServer(answer));
export const aTcpServer = (serve: (socket: Socket) => void) =>
  listen(createServer({ allowHalfOpen: true }, serve));
export const aSecureServer = (names: readonly string[], answer: RequestListener) =>
  listen(createHttpsServer(aCertificate(names), answer));

const rootKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
const root = { subject: "Test root", key: rootKey.privateKey, publicKey: rootKey.publicKey };
const from = Date.now() - 60_000;
const until = Date.now() + 3_600_000;
/** What clients have to trust to trust `aSecureServer`. */
export const rootCertificate = makeCertificate({
  subject: root.subject,
  publicKey: root.publicKey,
  issuer: root,
  from,
  until,
  usage: { authority: true },
});

export function aCertificate(names: readonly string[]): { readonly key: string; readonly cert: string } {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const cert = makeCertificate({
    subject: names[0]!,
    publicKey: pair.publicKey,
    issuer: root,
    from,
    until,
    usage: { names },
  });
  return { key: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string, cert };
}

/** Every name leads to these addresses; counts the questions. */
export function aLookup(names: Readonly<Record<string, readonly string[]>>): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup = async (name: string) => {
    asked.push(name);
    const addresses = Object.hasOwn(names, name) ? names[name] : undefined;
    if (addresses === undefined) throw new Error("NXDOMAIN");
    return addresses;
  };
  return Object.assign(lookup, { asked });
}

export const everywhere: Lookup = async () => ["127.0.0.1"];

/** The rule that opens exactly this test's port on loopback. */
export const opened = (...ports: number[]): EgressRule => ({ host: "127.0.0.1", ports, private: true });

export const aDialer = (lookup: Lookup = everywhere) =>
  createDialer({ resolver: createResolver({ lookup }), ownAddresses: () => [] });

export interface ARig {
  readonly proxy: ReturnType<typeof createEgressProxy>;
  readonly events: ProxyEvent[];
  readonly directory: string;
  /** The unix socket. */
  readonly path: string;
  /** What the supervisor does in a container: 127.0.0.1 to the socket. */
  readonly forwarder: Origin;
  /** For HTTP_PROXY. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A proxy on its unix socket with a forwarder before it. Names lead to loopback unless told otherwise. */
export async function aRig(
  options: Partial<EgressProxyOptions> & Pick<EgressProxyOptions, "allow"> & { readonly lookup?: Lookup },
): Promise<ARig> {
  const directory = mkdtempSync(join(tmpdir(), "clawd-egress-"));
  const events: ProxyEvent[] = [];
  const proxy = createEgressProxy({
    resolver: createResolver({ lookup: options.lookup ?? everywhere }),
    onEvent: (event) => events.push(event),
    ownAddresses: () => [],
    roots: [rootCertificate],
    ...options,
  });
  const path = await proxy.listenForContainer(directory);
  const forwarder = await aTcpServer((socket) => {
    const up = connect({ path, allowHalfOpen: true });
    up.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.on("close", () => up.destroy());
    socket.pipe(up).pipe(socket);
  });
  return {
    proxy,
    events,
    directory,
    path,
    forwarder,
    url: `http://127.0.0.1:${forwarder.port}`,
    async stop() {
      await proxy.stop();
      await forwarder.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

export const refusals = (events: readonly ProxyEvent[]) =>
  events.flatMap((event) => (event.kind === "connection-refused" ? [event.reason] : []));
