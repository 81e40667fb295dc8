import fc from "fast-check";
import { expect, test } from "vitest";
import { isWithin, judgeAddress, mayBeOpened, peerAddress } from "./address.ts";
import { specialRanges } from "./special-addresses.ts";

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "93.184.216.34",
  "192.0.1.1",
  "100.63.255.255",
  "100.128.0.0",
  "172.32.0.0",
  "198.20.0.0",
])("%s is global", (address) => expect(judgeAddress(address)).toEqual({ isGlobal: true, address }));

test.each(["2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::1", "2001:200::1"])(
  "%s is global",
  (address) => expect(judgeAddress(address)).toEqual({ isGlobal: true, address }),
);

test.each([
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "this-network"],
  ["10.255.255.255", "private"],
  ["172.31.255.255", "private"],
  ["192.168.0.0", "private"],
  ["100.64.0.0", "shared"],
  ["100.127.255.255", "shared"],
  ["169.254.1.1", "link-local"],
  ["169.254.169.254", "metadata"],
  ["100.100.100.200", "metadata"],
  ["168.63.129.16", "metadata"],
  ["192.0.0.8", "protocol-assignment"],
  ["198.19.255.255", "benchmark"],
  ["203.0.113.9", "documentation"],
  ["192.88.99.1", "tunnel"],
  ["224.0.0.251", "multicast"],
  ["250.1.1.1", "reserved"],
  ["255.255.255.255", "broadcast"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::ffff:8.8.8.8", "mapped"],
  ["0:0:0:0:0:ffff:7f00:1", "mapped"],
  ["::7f00:1", "mapped"],
  ["::ffff:0:8.8.8.8", "translation"],
  ["64:ff9b::8.8.8.8", "translation"],
  ["64:ff9b:1::1", "translation"],
  ["64:ff9b:2::1", "outside-global-unicast"],
  ["2002:808:808::1", "tunnel"],
  ["2001:0:1::1", "tunnel"],
  ["2001:470::5efe:808:808", "tunnel"],
  ["2001:1ff::1", "protocol-assignment"],
  ["fe80::1", "link-local"],
  ["fd12::1", "unique-local"],
  ["fd00:ec2::254", "metadata"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["4000::1", "outside-global-unicast"],
  ["3fff:0fff::1", "documentation"],
])("%s is no global address: %s", (address, kind) => {
  expect(judgeAddress(address)).toMatchObject({ isGlobal: false, kind });
});

test.each([
  "",
  " 8.8.8.8",
  "8.8.8.8 ",
  "8.8.8",
  "010.8.8.8",
  "0x8.8.8.8",
  "134744072",
  "[2606:4700::1]",
  "fe80::1%lo",
  "2606:4700::1%1",
  "８.8.8.8",
  "8.8.8.8\n",
  "x",
  "constructor",
])("%j is no address at all", (text) =>
  expect(judgeAddress(text)).toEqual({ isGlobal: false, address: null, kind: "no-address" }),
);

test("the first and the last address of every special range are refused, and so is what stands for one of IPv4 in IPv6", () => {
  for (const [range] of specialRanges) {
    const [network] = range.split("/") as [string];
    expect(judgeAddress(network).isGlobal, range).toBe(false);
    if (network.includes(":")) continue;
    for (const wrapped of [
      `::ffff:${network}`,
      `::${network}`,
      `64:ff9b::${network}`,
      `::ffff:0:${network}`,
    ]) {
      expect(judgeAddress(wrapped).isGlobal, wrapped).toBe(false);
    }
  }
});

test("an owner can open private addresses, never metadata, link-local or what stands for another address", () => {
  const openable = ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "100.64.0.1", "fd12::1"];
  const never = [
    "169.254.169.254",
    "169.254.1.1",
    "fd00:ec2::254",
    "fe80::1",
    "100.100.100.200",
    "::ffff:10.0.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "x",
  ];
  expect(openable.filter((address) => !mayBeOpened(judgeAddress(address)))).toEqual([]);
  expect(never.filter((address) => mayBeOpened(judgeAddress(address)))).toEqual([]);
});

test("an address is within its own network, and within no other", () => {
  const address = "2606:4700:1:2::9";
  const ranges = [
    address,
    "2606:4700:1:2::5/64",
    "2606:4700:1:3::5/64",
    "2606:4700:1:2::8",
    "93.184.216.34",
    "fe80::1%lo/64",
    "x/64",
    "",
  ];
  expect(ranges.filter((range) => isWithin(address, range))).toEqual([address, "2606:4700:1:2::5/64"]);
  expect(isWithin("93.184.216.34", "93.184.216.34")).toBe(true);
});

test("the peer of a dual-stack socket is the IPv4 address that it is", () => {
  expect(
    ["::ffff:93.184.216.34", "93.184.216.34", "2606:4700:0:0::1", "fe80::1%lo", undefined].map(peerAddress),
  ).toEqual(["93.184.216.34", "93.184.216.34", "2606:4700::1", null, null]);
});

test("never throws, and calls nothing global that is outside both unicast spaces", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.ipV4Extended()), (text) => {
      const verdict = judgeAddress(text);
      if (!verdict.isGlobal || verdict.address.includes(".")) return;
      expect(verdict.address).toMatch(/^[23]/);
    }),
    { numRuns: 5000 },
  );
});
