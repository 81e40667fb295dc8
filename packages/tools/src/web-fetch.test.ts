import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createDialer,
  createGuardedFetch,
  createPageFetcher,
  createResolver,
  type EgressRules,
} from "@clawd/egress";
import { webFetch, type WebContext } from "./web-fetch.ts";

let server: Server;
let port: number;
let connects: number;
beforeEach(async () => {
  connects = 0;
  server = createServer((request, response) => {
    if (request.url === "/missing") response.statusCode = 404;
    response
      .setHeader("content-type", "text/html")
      .end("<title>T</title><h1>Head</h1><p hidden>secret</p>Body");
  });
  server.on("connection", () => connects++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Every name leads to loopback; `rules` absent: the public web. */
function context(rules?: EgressRules): WebContext {
  const resolver = createResolver({ lookup: async () => ["127.0.0.1"] });
  const fetchPage = createPageFetcher(
    createGuardedFetch({ dialer: createDialer({ resolver, ownAddresses: () => [] }) }),
  );
  return { fetchPage: (url, options) => fetchPage(url, { ...options, ...(rules && { rules }) }) };
}
const open = (): EgressRules => ({
  hosts: [
    { host: "*.site.test", ports: [port] },
    { host: "127.0.0.1", ports: [port], private: true },
  ],
});
const call = (input: unknown, rules?: EgressRules) =>
  webFetch.call(input, context(rules), new AbortController().signal);

test("answers with what a reader sees, and where it comes from", async () => {
  const url = `http://a.site.test:${port}/`;
  expect(await call({ url }, open())).toEqual({
    content: [{ type: "text", text: `Address: ${url}\nTitle: T\n\n# Head\n\nBody` }],
    isError: false,
    details: { origin: "web", url, status: 200, mediaType: "text/html", isCut: false },
  });
});

test("takes plain text where it is asked for, and says when there is more", async () => {
  const answer = await call({ url: `http://a.site.test:${port}/`, format: "text", maxChars: 100 }, open());
  expect(answer.content).toEqual([{ type: "text", text: expect.stringContaining("Head\n\nBody") }]);
});

test("a page that is not there is an error with its status", async () => {
  const answer = await call({ url: `http://a.site.test:${port}/missing` }, open());
  expect([answer.isError, answer.details?.["status"]]).toEqual([true, 404]);
});

test("T-G1: whatever is refused is refused in the same words, and nothing is connected to", async () => {
  const urls = [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "a.site.test",
    "169.254.169.254",
    "u@a.site.test",
  ].flatMap((host) => [`http://${host}:${port}/`, `https://${host}/`, `http://${host}/`]);
  const texts = new Set<string>();
  for (const url of [...urls, "file:///etc/passwd", "", "x", `ftp://127.0.0.1:${port}/`]) {
    const answer = await call({ url });
    expect(answer.isError).toBe(true);
    texts.add(JSON.stringify(answer));
  }
  expect([texts.size, connects]).toEqual([1, 0]);
});

test("unknown parameters are refused", async () => {
  const answer = await call({ url: `http://a.site.test:${port}/`, headers: { host: "x" } }, open());
  expect([answer.isError, connects]).toEqual([true, 0]);
});
