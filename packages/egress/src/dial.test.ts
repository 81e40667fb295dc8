import { afterEach, beforeEach, expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import { createServer } from "node:net";
import { aLookup, aTcpServer, listen, opened, type Origin } from "../test/a-network.ts";
import { createDialer } from "./dial.ts";
import { reasonOf } from "./fault.ts";
import { parseAuthority } from "./host.ts";
import { createResolver, type Lookup } from "./resolver.ts";
import type { EgressRules } from "./rules.ts";

let origin: Origin;
beforeEach(async () => {
  origin = await aTcpServer((socket) => socket.end("hello"));
});
afterEach(() => origin.stop());

const target = (text: string) => parseAuthority(text)!;
const dialerOf = (lookup: Lookup, own: readonly string[] = []) =>
  createDialer({ resolver: createResolver({ lookup }), ownAddresses: () => own });
const listed = (port: number) => [{ host: "*.site.test", ports: [port] }, opened(port)];
const anyName = (port: number): EgressRules => ({ hosts: listed(port) });
const refusal = (work: Promise<unknown>) => work.then(() => "connected", reasonOf);

test("connects to the address that was judged, and asks for the name once", async () => {
  const lookup = aLookup({ "a.site.test": ["127.0.0.1"] });
  const socket = await dialerOf(lookup).dial(target(`a.site.test:${origin.port}`), anyName(origin.port));
  socket.destroy();
  expect([socket.remoteAddress ?? "127.0.0.1", lookup.asked]).toEqual(["127.0.0.1", ["a.site.test"]]);
});

test("a name that answers public first and private second is never connected to", async () => {
  const answers = [["93.184.216.34"], ["127.0.0.1"]];
  let asked = 0;
  const lookup: Lookup = async () => answers[Math.min(asked++, 1)]!;
  const rules: EgressRules = { hosts: [{ host: "*.site.test", ports: [origin.port] }] };
  const dialer = dialerOf(lookup);
  // The first answer is pinned: it goes there (and finds nobody in time), not to what the name says by then.
  const gone = new AbortController();
  const first = dialer.dial(target(`a.site.test:${origin.port}`), rules, gone.signal).catch(() => "gave up");
  gone.abort();
  expect(await first).toBe("gave up");
  expect(await refusal(dialer.dial(target(`a.site.test:${origin.port}`), rules))).toBe("address-not-global");
  expect(origin.connects()).toBe(0);
});

test.each([
  [["127.0.0.1", "10.0.0.1"]],
  [["10.0.0.1", "127.0.0.1"]],
  [["127.0.0.1", "::1"]],
  [["127.0.0.1", "93.184.216.34", "169.254.169.254"]],
  [["127.0.0.1", "not an address"]],
  [["127.0.0.1", "::ffff:127.0.0.1"]],
  [["127.0.0.1", "fe80::1%lo"]],
])("records %j are refused as a whole, though one of them is open", async (addresses) => {
  const dialer = dialerOf(async () => addresses);
  expect(await refusal(dialer.dial(target(`a.site.test:${origin.port}`), anyName(origin.port)))).toBe(
    "address-not-global",
  );
  expect(origin.connects()).toBe(0);
});

test.each<[string, Lookup]>([
  ["fails", () => Promise.reject(new Error("SERVFAIL"))],
  ["has no records", async () => []],
  ["has more records than anybody needs", async () => Array.from({ length: 65 }, () => "127.0.0.1")],
])("a name whose resolution %s is not connected to", async (_what, lookup) => {
  const dialer = dialerOf(lookup);
  expect(await refusal(dialer.dial(target(`a.site.test:${origin.port}`), anyName(origin.port)))).toBe(
    "name-unresolved",
  );
  expect(origin.connects()).toBe(0);
});

test("a resolver that never answers is given up", async () => {
  const clock = fakeClock();
  const resolver = createResolver({ lookup: () => new Promise(() => {}), clock, timeoutMs: 5000 });
  const dialer = createDialer({ resolver, clock, ownAddresses: () => [] });
  const work = refusal(dialer.dial(target(`a.site.test:${origin.port}`), anyName(origin.port)));
  await clock.advance(5000);
  expect(await work).toBe("name-unresolved");
});

// Elsewhere than on Linux the loopback network has one address.
test.runIf(process.platform === "linux")(
  "goes to the very address, not to another of the same machine",
  async () => {
    const other = await listen(
      createServer((socket) => socket.end()),
      "127.0.0.3",
    );
    const rules: EgressRules = {
      hosts: [...listed(other.port), { host: "127.0.0.3", ports: [other.port], private: true }],
    };
    const socket = await dialerOf(async () => ["127.0.0.3"]).dial(target(`a.site.test:${other.port}`), rules);
    expect(socket.remoteAddress).toBe("127.0.0.3");
    socket.destroy();
    await other.stop();
  },
);

test("the caller's signal ends it with its own reason", async () => {
  const ended = new AbortController();
  const dialer = dialerOf(() => new Promise(() => {}));
  const work = dialer.dial(target("a.site.test:443"), anyName(443), ended.signal);
  ended.abort(new Error("enough"));
  await expect(work).rejects.toThrow("enough");
});

test("nothing is looked up for a name or a port that is not open", async () => {
  const lookup = aLookup({});
  const dialer = dialerOf(lookup);
  expect(await refusal(dialer.dial(target(`b.other.test:${origin.port}`), anyName(origin.port)))).toBe(
    "host-not-allowed",
  );
  expect(await refusal(dialer.dial(target("site.test:443"), anyName(443)))).toBe("host-not-allowed");
  expect(await refusal(dialer.dial(target("evilsite.test:443"), anyName(443)))).toBe("host-not-allowed");
  expect(await refusal(dialer.dial(target("a.site.test:22"), anyName(443)))).toBe("port-not-allowed");
  expect(await refusal(dialer.dial(target("a.site.test:22"), { hosts: "public" }))).toBe("port-not-allowed");
  expect(lookup.asked).toEqual([]);
});

test("a private address is open at its own port alone, and for its own number alone", async () => {
  const dialer = dialerOf(async () => ["127.0.0.1"]);
  const rules: EgressRules = { hosts: [opened(origin.port)] };
  const socket = await dialer.dial(target(`127.0.0.1:${origin.port}`), rules);
  socket.destroy();
  expect(await refusal(dialer.dial(target(`127.0.0.1:${origin.port + 1}`), rules))).toBe("port-not-allowed");
  expect(await refusal(dialer.dial(target(`127.0.0.2:${origin.port}`), rules))).toBe("host-not-allowed");
  const unmarked: EgressRules = { hosts: [{ host: "127.0.0.1", ports: [origin.port] }] };
  expect(await refusal(dialer.dial(target(`127.0.0.1:${origin.port}`), unmarked))).toBe("address-not-global");
});

test("metadata stays closed, whatever a rule says", async () => {
  const rules: EgressRules = { hosts: [{ host: "169.254.169.254", ports: [80], private: true }] };
  expect(await refusal(dialerOf(async () => []).dial(target("169.254.169.254:80"), rules))).toBe(
    "address-not-global",
  );
});

test("an address of this machine is closed, though it is public, until a rule opens it", async () => {
  const dialer = dialerOf(async () => ["93.184.216.34"], ["127.0.0.1", "93.184.216.34"]);
  expect(await refusal(dialer.dial(target("a.site.test:443"), { hosts: "public" }))).toBe("own-address");
  expect(
    await refusal(
      dialerOf(async () => ["127.0.0.1"], ["127.0.0.1"]).dial(
        target(`a.site.test:${origin.port}`),
        anyName(origin.port),
      ),
    ),
  ).toBe("connected");
});

test("a neighbour of this machine is closed, though its address is global", async () => {
  const own = ["2606:4700:1:2::5/64", "fe80::1%lo/64", "x"];
  const dialer = dialerOf(async () => ["2606:4700:1:2:ffff::1"], own);
  expect(await refusal(dialer.dial(target("a.site.test:443"), { hosts: "public" }))).toBe("own-address");
});

test("where the first address does not answer, the next one that was judged is tried", async () => {
  const dialer = dialerOf(async () => ["127.0.0.2", "127.0.0.1"]);
  const rules: EgressRules = {
    hosts: [...listed(origin.port), { host: "127.0.0.2", ports: [origin.port], private: true }],
  };
  const socket = await dialer.dial(target(`a.site.test:${origin.port}`), rules);
  expect(socket.remoteAddress).toBe("127.0.0.1");
  socket.destroy();
});
