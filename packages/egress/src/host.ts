/**
 * One canonical form for hosts, made by the platform's URL parser, so that what was judged is what is connected to: lower case,
 * punycode, no final dot, IPv4 in four decimal numbers, IPv6 in its shortest form without brackets.
 * INVARIANT: two spellings of one host have one form, and no form is both a name and an address (host.test.ts).
 */
import { isIP } from "node:net";
import { judgeAddress } from "./address.ts";

export interface Host {
  /** A name of at least two labels, or an address. */
  readonly name: string;
  readonly isAddress: boolean;
}

export interface Target {
  readonly host: Host;
  readonly port: number;
}

const longestName = 253;
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
// Everything that could end the host part of a URL early, or be read differently by somebody else.
const notInAuthority = /[^!-~\u0080-\uffff]|[\s@/\\?#%<>"'`{}|^,;]/;

/** What the URL parser made of a host, `[…]` and final dot included, or a name as TLS carries it. Null when it is no host of ours. */
export function parseHost(text: string): Host | null {
  const url = text === "" || notInAuthority.test(text) ? null : urlOf(`http://${text}/`);
  if (url === null || url.port !== "" || text.endsWith(":") || text.endsWith(":80")) return null;
  return hostOf(url.hostname);
}

/** `host:port` as in CONNECT and Host. Without a port: the default, or null where none is given. */
export function parseAuthority(text: string, defaultPort?: number): Target | null {
  if (text.length > longestName + 8 || notInAuthority.test(text)) return null;
  const [, hostText, portText] = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (hostText === undefined) return null;
  const host = parseHost(hostText);
  const port = portText === undefined ? defaultPort : parsePort(portText);
  return host === null || port === undefined || port === null ? null : { host, port };
}

/** The URL and its target, or null: only http and https, no user, no password. */
export function parseUrl(text: string): { readonly url: URL; readonly target: Target } | null {
  const url = text.length > 8192 ? null : urlOf(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  if (url.username !== "" || url.password !== "" || /^[a-z]+:[/\\]*[^/\\?#]*@/i.test(text.trim()))
    return null;
  const host = hostOf(url.hostname);
  const port = url.port === "" ? defaultPort(url.protocol) : parsePort(url.port);
  if (host === null || port === null) return null;
  // A final dot is gone from here on: from Host, TLS and the cache's key alike.
  url.hostname = host.isAddress && host.name.includes(":") ? `[${host.name}]` : host.name;
  return { url, target: { host, port } };
}

function parsePort(text: string): number | null {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

/** As it is written in Host: without the scheme's own port, IPv6 in brackets. */
export function formatAuthority({ host, port }: Target, withoutPort?: number): string {
  const name = host.isAddress && host.name.includes(":") ? `[${host.name}]` : host.name;
  return port === withoutPort ? name : `${name}:${port}`;
}

export const defaultPort = (protocol: string) => (protocol === "https:" ? 443 : 80);

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function hostOf(hostname: string): Host | null {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname.replace(/\.$/, "");
  const { address } = judgeAddress(bare);
  if (address !== null) return { name: address, isAddress: true };
  const labels = bare.split(".");
  const isName =
    bare.length <= longestName &&
    labels.length > 1 &&
    labels.every((part) => label.test(part)) &&
    // A last label that begins like a number is an address to somebody.
    !/^\d/.test(labels.at(-1)!) &&
    isIP(bare) === 0;
  return isName ? { name: bare, isAddress: false } : null;
}
