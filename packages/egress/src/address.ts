/**
 * Judges addresses: global unicast, or not and what instead.
 * INVARIANT: what cannot be read as exactly one address is not global (address.test.ts).
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { kindsThatMayBeOpened, specialRanges, type AddressKind } from "./special-addresses.ts";

export type AddressVerdict =
  | { readonly isGlobal: true; readonly address: string }
  | {
      readonly isGlobal: false;
      /** In canonical form; null when it is no address at all. */
      readonly address: string | null;
      readonly kind: AddressKind | "no-address" | "outside-global-unicast";
    };

type Parsed = ipaddr.IPv4 | ipaddr.IPv6;

const ranges = specialRanges.map(([range, kind]) => {
  const [network, bits] = ipaddr.parseCIDR(range);
  return { version: network.kind(), network, bits, kind };
});
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** Takes one address as resolvers and sockets write it: no brackets, no zone, no legacy spelling. Never throws. */
export function judgeAddress(text: string): AddressVerdict {
  // The parser of ipaddr.js also reads octal, hexadecimal and short forms; the platform's does not.
  if (isIP(text) === 0 || text.includes("%")) return { isGlobal: false, address: null, kind: "no-address" };
  const parsed = ipaddr.parse(text);
  const address = canonical(parsed);
  const kind = specialKind(parsed);
  if (kind !== undefined) return { isGlobal: false, address, kind };
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(globalUnicast)) {
    return { isGlobal: false, address, kind: "outside-global-unicast" };
  }
  return { isGlobal: true, address };
}

/** True for an address that an owner may open by naming it exactly. */
export function mayBeOpened(verdict: AddressVerdict): boolean {
  return !verdict.isGlobal && (kindsThatMayBeOpened as ReadonlySet<string>).has(verdict.kind);
}

/** `127.0.0.1` for the form that a dual-stack socket gives an IPv4 peer, else the address in its shortest form; null for no address. */
export function peerAddress(text: string | undefined): string | null {
  if (text === undefined || isIP(text) === 0 || text.includes("%")) return null;
  return canonical(ipaddr.process(text));
}

/** True when the address is this one, or of this network (`2001:db8::1/64`, whatever follows the prefix). False for what is neither. */
export function isWithin(address: string, range: string): boolean {
  const [network = "", bits] = range.split("/");
  const own = peerAddress(network);
  if (own === null || isIP(own) !== isIP(address)) return false;
  if (bits === undefined) return own === address;
  return ipaddr.parse(address).match(ipaddr.parse(own) as never, Number(bits));
}

function specialKind(address: Parsed): AddressKind | undefined {
  const version = address.kind();
  for (const range of ranges) {
    if (range.version === version && address.match(range.network as never, range.bits)) return range.kind;
  }
  return address instanceof ipaddr.IPv6 ? isatapKind(address) : undefined;
}

/** ISATAP: any prefix, then 0000:5efe or 0200:5efe, then an IPv4 address that the packet is sent to. */
function isatapKind({ parts }: ipaddr.IPv6): AddressKind | undefined {
  return parts[5] === 0x5efe && (parts[4]! & 0xfdff) === 0 ? "tunnel" : undefined;
}

function canonical(address: Parsed): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
