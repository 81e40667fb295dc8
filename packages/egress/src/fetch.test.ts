import type { IncomingMessage, RequestListener } from "node:http";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import {
  aDialer,
  aLookup,
  aSecureServer,
  aServer,
  aTcpServer,
  everywhere,
  opened,
  rootCertificate,
  type Origin,
} from "../test/a-network.ts";
import { forbiddenUrls } from "../test/spellings.ts";
import { isEgressFault } from "./fault.ts";
import { createGuardedFetch, type FetchRefused } from "./fetch.ts";
import type { Lookup } from "./resolver.ts";
import type { EgressRules } from "./rules.ts";

const running: Origin[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((origin) => origin.stop()));
});
const serve = async (answer: RequestListener) => {
  const origin = await aServer(answer);
  running.push(origin);
  return origin;
};
const siteRules = (...ports: number[]): EgressRules => ({
  hosts: [{ host: "*.test", ports }, opened(...ports)],
});
const events: FetchRefused[] = [];
const fetcher = (lookup: Lookup = everywhere) =>
  createGuardedFetch({
    dialer: aDialer(lookup),
    roots: [rootCertificate],
    onEvent: (event) => events.push(event),
  });
const bodyOf = async (body: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
};
const fault = (work: Promise<unknown>) =>
  work.then(
    () => "answered",
    (thrown: unknown) => (isEgressFault(thrown) ? thrown.code : String(thrown)),
  );

test("fetches a page and keeps its type", async () => {
  const site = await serve((_request, response) =>
    response.setHeader("content-type", "text/plain; charset=utf-8").end("hello"),
  );
  const answer = await fetcher()(`http://a.site.test:${site.port}/x?y`, { rules: siteRules(site.port) });
  expect([answer.status, answer.mediaType, await bodyOf(answer.body)]).toEqual([200, "text/plain", "hello"]);
});

test("T-G1: no spelling of a private address is ever connected to, and all are refused with one text", async () => {
  const trap = await serve((_request, response) => response.end("secret"));
  const urls = forbiddenUrls(trap.port);
  expect(urls.length).toBeGreaterThanOrEqual(200);
  const private4 = ["127.0.0.1", "169.254.169.254"];
  const hostile: Lookup = async (name) => (name.includes("public") ? private4 : ["127.0.0.1"]);
  const guarded = fetcher(hostile);
  const texts = new Set<string>();
  events.length = 0;
  // Every name is open at the trap's port: what is left to refuse them is the judgement of the address alone.
  const rules: EgressRules = { hosts: [{ host: "*.test", ports: [trap.port] }] };
  for (const url of urls) {
    for (const options of [{}, { rules }]) {
      const thrown = await guarded(url, options).catch((reason: unknown) => reason);
      if (!isEgressFault(thrown)) throw new Error(`fetched ${url}`);
      texts.add(`${thrown.code} ${thrown.message} ${thrown.hint}`);
    }
  }
  expect(trap.connects()).toBe(0);
  expect(texts.size).toBe(1);
  expect(events).toHaveLength(urls.length * 2);
  expect(events.some(({ reason }) => reason === "address-not-global")).toBe(true);
});

test("what does not answer reads like what is refused", async () => {
  const gone = await aServer(() => {});
  await gone.stop();
  const rules = siteRules(gone.port);
  const closed = await fetcher()(`http://a.site.test:${gone.port}/`, { rules }).catch(
    (thrown: unknown) => thrown,
  );
  const refused = await fetcher(async () => ["10.0.0.1"])(`http://a.site.test:${gone.port}/`, {
    rules,
  }).catch((thrown: unknown) => thrown);
  const unknown = await fetcher(aLookup({}))(`http://a.site.test:${gone.port}/`, { rules }).catch(
    (thrown: unknown) => thrown,
  );
  const told = [closed, refused, unknown].map(
    (thrown) => isEgressFault(thrown) && `${thrown.code} ${thrown.message} ${thrown.hint}`,
  );
  expect(new Set(told).size).toBe(1);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  "T-G5: a chain of redirects that turns private at hop %i ends there",
  async (hop) => {
    const trap = await serve((_request, response) => response.end("secret"));
    const site = await serve((request, response) => {
      const at = Number(request.url!.slice(1));
      const location = at + 1 === hop ? `http://inside.test:${trap.port}/` : `/${at + 1}`;
      response.writeHead([301, 302, 303, 307, 308][at % 5]!, { location }).end();
    });
    events.length = 0;
    const lookup = aLookup({ "a.site.test": ["127.0.0.1"], "inside.test": ["10.0.0.1"] });
    const rules: EgressRules = {
      hosts: [{ host: "*.test", ports: [site.port, trap.port] }, opened(site.port)],
    };
    const work = fetcher(lookup)(`http://a.site.test:${site.port}/0`, { rules, maxRedirects: 10 });
    expect(await fault(work)).toBe("CLAWD_EGRESS_UNREACHABLE");
    expect([trap.connects(), events]).toEqual([
      0,
      [{ kind: "fetch-refused", host: "inside.test", port: trap.port, reason: "address-not-global", hop }],
    ]);
  },
);

test.each([
  "file:///etc/hostname",
  "ftp://a.site.test/",
  "http://u:p@a.site.test/",
  "javascript:1",
  "//",
  "http://127.0.0.1/",
  "data:,x",
])("a redirect to %s is refused", async (location) => {
  const site = await serve((_request, response) => response.writeHead(302, { location }).end());
  const work = fetcher()(`http://a.site.test:${site.port}/`, { rules: siteRules(site.port) });
  expect(await fault(work)).toBe("CLAWD_EGRESS_UNREACHABLE");
});

test("a name that turns private between two hops is refused at the second", async () => {
  const site = await serve((_request, response) => response.writeHead(302, { location: "/again" }).end());
  const answers = [["127.0.0.1"], ["10.0.0.1"]];
  const work = fetcher(async () => answers.shift() ?? [])(`http://a.site.test:${site.port}/`, {
    rules: siteRules(site.port),
  });
  expect(await fault(work)).toBe("CLAWD_EGRESS_UNREACHABLE");
  expect(site.connects()).toBe(1);
});

test("more redirects than allowed are a fault of their own", async () => {
  const site = await serve((_request, response) => response.writeHead(302, { location: "/" }).end());
  const ask = (maxRedirects: number) =>
    fault(fetcher()(`http://a.site.test:${site.port}/`, { rules: siteRules(site.port), maxRedirects }));
  expect([await ask(0), await ask(3)]).toEqual(["CLAWD_EGRESS_REDIRECTS", "CLAWD_EGRESS_REDIRECTS"]);
  expect(site.connects()).toBe(1 + 4);
});

test("credentials stay with the origin that they were given for", async () => {
  const seen: IncomingMessage["headers"][] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers);
    response.end();
  });
  const site = await serve((request, response) => {
    seen.push(request.headers);
    const location = request.url === "/" ? "/here" : `http://a.site.test:${other.port}/there`;
    response.writeHead(302, { location }).end();
  });
  const headers = {
    Authorization: "Bearer canary",
    Cookie: "canary",
    "X-Api-Key": "canary",
    "Accept-Language": "de",
  };
  const answer = await fetcher()(`http://a.site.test:${site.port}/`, {
    rules: siteRules(site.port, other.port),
    headers,
  });
  await bodyOf(answer.body);
  expect(
    seen.map(({ authorization, cookie, "x-api-key": key, "accept-language": language }) => [
      authorization,
      cookie,
      key,
      language,
    ]),
  ).toEqual([
    ["Bearer canary", "canary", "canary", "de"],
    ["Bearer canary", "canary", "canary", "de"],
    [undefined, undefined, undefined, "de"],
  ]);
});

test("TLS is verified for the name, over the address that was judged", async () => {
  const site = await aSecureServer(["a.site.test"], (_request, response) => response.end("safe"));
  running.push(site);
  const rules = siteRules(site.port);
  const answer = await fetcher()(`https://a.site.test:${site.port}/`, { rules });
  expect(await bodyOf(answer.body)).toBe("safe");
  expect(await fault(fetcher()(`https://b.site.test:${site.port}/`, { rules }))).toBe("CLAWD_EGRESS_BROKEN");
  const strict = createGuardedFetch({ dialer: aDialer() });
  expect(await fault(strict(`https://a.site.test:${site.port}/`, { rules }))).toBe("CLAWD_EGRESS_BROKEN");
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
] as const)(
  "%s is decoded, and a bomb of it stops at the bound of what comes out",
  async (coding, compress) => {
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024));
    const site = await serve((request, response) => {
      response.setHeader("content-encoding", coding);
      response.end(request.url === "/bomb" ? bomb : compress("small"));
    });
    const rules = siteRules(site.port);
    const small = await fetcher()(`http://a.site.test:${site.port}/`, { rules });
    expect(await bodyOf(small.body)).toBe("small");
    const large = await fetcher()(`http://a.site.test:${site.port}/bomb`, { rules, maxBytes: 100_000 });
    let read = 0;
    const drain = async () => {
      for await (const piece of large.body) read += piece.length;
    };
    expect(await fault(drain())).toBe("CLAWD_EGRESS_TOO_LARGE");
    expect(read).toBe(100_000);
  },
);

test.each([["constructor"], ["gzip, gzip"], ["compress"]])(
  "the encoding %s is no answer that can be read",
  async (coding) => {
    const site = await serve((_request, response) => response.setHeader("content-encoding", coding).end("x"));
    const answer = await fetcher()(`http://a.site.test:${site.port}/`, { rules: siteRules(site.port) });
    expect(await fault(bodyOf(answer.body))).toBe("CLAWD_EGRESS_BROKEN");
  },
);

test("a body that breaks off is broken, not short", async () => {
  const site = await aTcpServer((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  });
  running.push(site);
  const answer = await fetcher()(`http://a.site.test:${site.port}/`, { rules: siteRules(site.port) });
  expect(await fault(bodyOf(answer.body))).toBe("CLAWD_EGRESS_BROKEN");
});

test("an answer that never comes, or never ends, is given up when its time is over", async () => {
  const clock = fakeClock();
  const site = await serve((request, response) => {
    if (request.url === "/half") response.write("half");
  });
  const guarded = createGuardedFetch({ dialer: aDialer(), clock });
  const rules = siteRules(site.port);
  const silent = fault(guarded(`http://a.site.test:${site.port}/`, { rules, timeoutMs: 1000 }));
  const half = await guarded(`http://a.site.test:${site.port}/half`, { rules, timeoutMs: 1000 });
  const reading = fault(bodyOf(half.body));
  while (site.connects() < 2) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(1000);
  expect(await reading).toBe("CLAWD_EGRESS_TIMEOUT");
  expect(await silent).toBe("CLAWD_EGRESS_UNREACHABLE");
});

test("the caller's signal ends a body with its own reason", async () => {
  const site = await serve((_request, response) => void response.write("half"));
  const ended = new AbortController();
  const answer = await fetcher()(`http://a.site.test:${site.port}/`, {
    rules: siteRules(site.port),
    signal: ended.signal,
  });
  const reading = bodyOf(answer.body);
  ended.abort(new Error("enough"));
  await expect(reading).rejects.toThrow("enough");
});
