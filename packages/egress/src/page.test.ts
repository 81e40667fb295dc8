import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { aDialer, aServer, opened, type Origin } from "../test/a-network.ts";
import { isEgressFault } from "./fault.ts";
import { createGuardedFetch } from "./fetch.ts";
import { createPageFetcher, type PageOptions } from "./page.ts";

const running: Origin[] = [];
afterEach(async () => {
  for (const origin of running.splice(0)) await origin.stop();
});

async function fetchOf(
  headers: Record<string, string>,
  body: string | Buffer,
  options: PageOptions = {},
  status = 200,
) {
  const site = await aServer((_request, response) => response.writeHead(status, headers).end(body));
  running.push(site);
  const rules = { hosts: [{ host: "*.test", ports: [site.port] }, opened(site.port)] };
  const fetchPage = createPageFetcher(createGuardedFetch({ dialer: aDialer() }));
  return fetchPage(`http://a.site.test:${site.port}/`, { rules, ...options });
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "read",
    (fault: unknown) => (isEgressFault(fault) ? fault.code : String(fault)),
  );
const html = { "content-type": "text/html; charset=utf-8" };

test("a page comes as text, with its title, its status and where it is", async () => {
  const page = await fetchOf(html, "<title>T</title><h1>Head</h1>Body", {}, 404);
  expect(page).toMatchObject({
    status: 404,
    title: "T",
    text: "# Head\n\nBody",
    mediaType: "text/html",
    isCut: false,
  });
});

test.each([
  ["application/json", '{"a":"<b>"}'],
  ["text/plain", "a <b> c"],
  ["application/ld+json", "{}"],
  ["text/csv", "a,b"],
])("%s passes through as it is", async (type, body) => {
  expect(await fetchOf({ "content-type": type }, body)).toMatchObject({ title: null, text: body });
});

test.each([
  ["image/png"],
  ["application/octet-stream"],
  ["application/zip"],
  ["video/mp4"],
  ["application/pdf"],
  ["font/woff"],
])("%s is refused", async (type) =>
  expect(await codeOf(fetchOf({ "content-type": type }, "x"))).toBe("CLAWD_EGRESS_CONTENT"),
);

test("binary content under the name of text, or under none, is refused", async () => {
  expect(await codeOf(fetchOf({ "content-type": "text/plain" }, Buffer.from([1, 0, 2])))).toBe(
    "CLAWD_EGRESS_CONTENT",
  );
  expect(await codeOf(fetchOf({}, Buffer.from([1, 0, 2])))).toBe("CLAWD_EGRESS_CONTENT");
  expect((await fetchOf({}, "plain")).text).toBe("plain");
});

test.each([
  ["text/plain; charset=iso-8859-1", Buffer.from("caf\u00e9", "latin1")],
  ["text/plain", Buffer.from("\ufeffcaf\u00e9", "utf8")],
  ["text/plain", Buffer.from("\ufeffcaf\u00e9", "utf16le")],
  ["text/html", Buffer.from("<meta charset=windows-1252>caf\u00e9", "latin1")],
  ["text/plain; charset=no-such-charset", Buffer.from("caf\u00e9")],
])("%s is read in its charset", async (type, body) => {
  expect((await fetchOf({ "content-type": type }, body)).text).toBe("café");
});

test("a long page is cut, by bytes as by characters, and says so", async () => {
  expect(await fetchOf(html, "x".repeat(5000), { maxChars: 100 })).toMatchObject({
    text: "x".repeat(100),
    isCut: true,
  });
  const byBytes = await fetchOf(html, "y".repeat(5000), { maxBytes: 1000 });
  expect([byBytes.text.length, byBytes.isCut]).toEqual([1000, true]);
  expect((await fetchOf(html, `a${"😀".repeat(10)}`, { maxChars: 4 })).text).toBe("a😀");
});

test("a bomb of a page is read up to the bound", async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, "x"));
  const page = await fetchOf({ ...html, "content-encoding": "gzip" }, bomb, { maxBytes: 10_000 });
  expect([page.text.length, page.isCut]).toEqual([10_000, true]);
});

test("a page that is built to exhaust its reader is refused", async () => {
  expect(await codeOf(fetchOf(html, "<div>".repeat(100_000)))).toBe("CLAWD_EGRESS_CONTENT");
});
