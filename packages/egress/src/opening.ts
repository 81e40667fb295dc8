/**
 * What a tunnel begins with decides how much of it can be held to its target: TLS names its server, HTTP its host. The bytes that
 * were looked at are put back.
 */
import { METHODS } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { longestHello, readClientHello } from "./client-hello.ts";
import type { ProxyReason } from "./event.ts";
import { parseHost, type Target } from "./host.ts";

export type Opening =
  | { readonly kind: "tls" }
  | { readonly kind: "http" }
  /** Neither; or the server speaks first. */
  | { readonly kind: "opaque" }
  | { readonly kind: "closed" }
  | { readonly kind: "refused"; readonly reason: ProxyReason };

const mostPieces = 128;

/** Resolves as soon as the client's first bytes (or, at ports that are neither 80 nor 443, the server's) say what it is. */
export function readOpening(client: Duplex, upstream: Socket, target: Target): Promise<Opening> {
  const mayServerBegin = target.port !== 443 && target.port !== 80;
  return new Promise((resolve) => {
    let seen: Buffer = Buffer.alloc(0);
    const decide = (opening: Opening) => {
      client.off("data", onClient).off("end", onEnd).off("close", onClose).pause();
      upstream.off("data", onUpstream).off("close", onClose);
      if (mayServerBegin) upstream.pause();
      if (seen.length > 0) client.unshift(seen);
      resolve(opening);
    };
    let pieces = 0;
    const onClient = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      // Each piece is read from the beginning: nobody sends a hello in hundreds, but to keep us busy.
      const isTorn = ++pieces > mostPieces;
      const opening: Opening | null = isTorn
        ? { kind: "refused", reason: "protocol-not-allowed" }
        : openingOf(seen, target);
      if (opening !== null) decide(opening);
    };
    const onUpstream = (chunk: Buffer) => {
      // Half of a hello and then the server: not a protocol, but a way round the check.
      if (seen.length > 0) return decide({ kind: "refused", reason: "protocol-not-allowed" });
      upstream.pause().unshift(chunk);
      decide({ kind: "opaque" });
    };
    const onEnd = () =>
      decide(
        mayServerBegin && seen.length === 0
          ? { kind: "opaque" }
          : { kind: "refused", reason: "protocol-not-allowed" },
      );
    const onClose = () => decide({ kind: "closed" });
    client.on("data", onClient).once("end", onEnd).once("close", onClose);
    upstream.once("close", onClose);
    if (mayServerBegin) upstream.on("data", onUpstream);
    client.resume();
  });
}

/** Null while too little is there to say. */
export function openingOf(seen: Uint8Array, target: Target): Opening | null {
  if (seen[0] === 22) return tlsOpening(seen, target);
  const isHttp = target.port === 443 ? false : beginsLikeHttp(seen);
  if (isHttp === null) return null;
  if (isHttp) return { kind: "http" };
  const isFree = target.port !== 443 && target.port !== 80;
  return isFree ? { kind: "opaque" } : { kind: "refused", reason: "protocol-not-allowed" };
}

function tlsOpening(seen: Uint8Array, { host }: Target): Opening | null {
  const hello = readClientHello(seen);
  switch (hello.kind) {
    case "incomplete":
      return seen.length > longestHello ? { kind: "refused", reason: "protocol-not-allowed" } : null;
    case "refused":
      return { kind: "refused", reason: "protocol-not-allowed" };
    case "nameless":
      return host.isAddress ? { kind: "tls" } : { kind: "refused", reason: "server-name-missing" };
    case "named": {
      const isSame = !host.isAddress && parseHost(hello.name)?.name === host.name;
      return isSame ? { kind: "tls" } : { kind: "refused", reason: "server-name-mismatch" };
    }
  }
}

const methods: ReadonlySet<string> = new Set([...METHODS, "PRI"]);
const longestMethod = Math.max(...[...methods].map(({ length }) => length));

/** A method and a space, after any number of empty lines that servers skip. Null while it still may become that. */
function beginsLikeHttp(seen: Uint8Array): boolean | null {
  let at = 0;
  while (seen[at] === 13 || seen[at] === 10) at++;
  if (at > 64) return true;
  const word = Buffer.from(seen.subarray(at, at + longestMethod + 1))
    .toString("latin1")
    .toUpperCase();
  const space = /[ \t]/.exec(word)?.index;
  if (space !== undefined) return methods.has(word.slice(0, space));
  return [...methods].some((method) => method.startsWith(word)) ? null : false;
}
