/**
 * The address ranges that are not the public internet: every row of IANA's special-purpose registries for IPv4 and IPv6, the
 * registry of IPv4 multicast, and what stands for an IPv4 address inside an IPv6 one. What is in none of them, and for IPv6 in
 * 2000::/3, is global unicast.
 */

export type AddressKind =
  | "unspecified"
  | "this-network"
  | "loopback"
  | "private"
  | "shared"
  | "link-local"
  | "unique-local"
  | "site-local"
  | "metadata"
  | "protocol-assignment"
  | "documentation"
  | "benchmark"
  | "anycast-service"
  | "translation"
  | "tunnel"
  | "mapped"
  | "multicast"
  | "broadcast"
  | "reserved";

/** In the order of looking: an address of a cloud's metadata service is that before it is anything else. */
export const specialRanges: readonly (readonly [range: string, kind: AddressKind])[] = [
  // Metadata services of clouds: whoever reads there has the machine's own credentials.
  ["169.254.169.254/32", "metadata"],
  ["169.254.169.253/32", "metadata"],
  ["169.254.169.123/32", "metadata"],
  ["169.254.170.2/32", "metadata"],
  ["169.254.170.23/32", "metadata"],
  ["169.254.0.23/32", "metadata"],
  ["100.100.100.200/32", "metadata"],
  ["168.63.129.16/32", "metadata"],
  ["192.0.0.192/32", "metadata"],
  ["fd00:ec2::/32", "metadata"],
  ["fd20:ce::254/128", "metadata"],
  ["fd00:42::42/128", "metadata"],

  ["0.0.0.0/32", "unspecified"],
  ["0.0.0.0/8", "this-network"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "shared"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "protocol-assignment"],
  ["192.0.2.0/24", "documentation"],
  ["192.31.196.0/24", "anycast-service"],
  ["192.52.193.0/24", "anycast-service"],
  ["192.88.99.0/24", "tunnel"],
  ["192.168.0.0/16", "private"],
  ["192.175.48.0/24", "anycast-service"],
  ["198.18.0.0/15", "benchmark"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["255.255.255.255/32", "broadcast"],
  ["240.0.0.0/4", "reserved"],

  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["::ffff:0:0/96", "mapped"],
  ["::ffff:0:0:0/96", "translation"],
  ["::/96", "mapped"],
  ["64:ff9b::/96", "translation"],
  ["64:ff9b:1::/48", "translation"],
  ["100::/64", "reserved"],
  ["100:0:0:1::/64", "reserved"],
  ["2001::/32", "tunnel"],
  ["2001:2::/48", "benchmark"],
  ["2001:db8::/32", "documentation"],
  // The rest of the protocol assignments: ORCHID, AMT, AS112, DRIP and what will be assigned next.
  ["2001::/23", "protocol-assignment"],
  ["2002::/16", "tunnel"],
  ["2620:4f:8000::/48", "anycast-service"],
  ["3ffe::/16", "reserved"],
  ["3fff::/20", "documentation"],
  ["5f00::/16", "reserved"],
  ["fc00::/7", "unique-local"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "site-local"],
  ["ff00::/8", "multicast"],
];

/** What an owner may open by its exact address. No metadata, no link-local (most metadata), nothing that stands for another address. */
export const kindsThatMayBeOpened: ReadonlySet<AddressKind> = new Set([
  "loopback",
  "private",
  "shared",
  "unique-local",
]);
