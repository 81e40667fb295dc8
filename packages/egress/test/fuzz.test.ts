/** Nonsense, and what is nearly right, at the proxy: nothing is connected to, nothing throws, and it serves on. */
import fc from "fast-check";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aRig, aTcpServer, opened, type ARig, type Origin } from "./a-network.ts";
import { raw } from "./clients.ts";

let trap: Origin;
let rig: ARig;
let path: string;
const faults: unknown[] = [];
const onFault = (fault: unknown) => faults.push(fault);
beforeAll(async () => {
  process.on("uncaughtException", onFault);
  trap = await aTcpServer((socket) => socket.end("trap"));
  // Only this one name is open; every name leads to the trap.
  rig = await aRig({ allow: [{ host: "open.site.test", ports: [trap.port] }, opened(trap.port)] });
  path = rig.path;
});
afterAll(async () => {
  process.off("uncaughtException", onFault);
  await rig.stop();
  await trap.stop();
});

/** Sends, ends, and waits until the proxy has ended too. */
function send(bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on("error", () => {}).on("close", () => resolve());
    socket.resume().end(bytes);
  });
}

const host = fc.oneof(
  fc.domain(),
  fc.ipV4Extended(),
  fc.ipV6().map((text) => `[${text}]`),
  fc.constantFrom(
    "evil.open.site.test",
    "open.site.test.evil.test",
    "open.site.test@evil.test",
    "open.site.test\u0000",
    "127.0.0.2",
    "localhost",
    "*",
  ),
);
const requestLine = fc
  .record({
    method: fc.constantFrom("CONNECT", "GET", "POST", "connect", "TRACE", "PRI", "X"),
    scheme: fc.constantFrom("", "http://", "https://", "ftp://", "//", "http:"),
    host,
    port: fc.oneof(
      fc.constantFrom("", ":443", ":80", ":0", ":x"),
      fc.nat(70_000).map((port) => `:${port}`),
    ),
    path: fc.constantFrom("", "/", "/../x", "?q", "#f"),
    version: fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", ""),
  })
  .map(
    ({ method, scheme, host: name, port, path: at, version }) =>
      `${method} ${scheme}${name}${port}${at} ${version}`,
  );
const header = fc.oneof(
  fc.constantFrom(
    "Host: open.site.test",
    "Content-Length: 5",
    "Content-Length: -1",
    "Transfer-Encoding: chunked",
    "Connection: close",
    "Host:",
    ": x",
    " folded",
  ),
  fc.string({ maxLength: 40 }),
);
const request = fc
  .record({
    line: requestLine,
    headers: fc.array(header, { maxLength: 5 }),
    end: fc.constantFrom("\r\n\r\n", "\n\n", "\r\n", ""),
  })
  .map(({ line, headers, end }) => Buffer.from([line, ...headers].join("\r\n") + end, "utf8"));

test("bytes by chance and requests by chance reach nothing", async () => {
  const before = trap.connects();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        request,
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      ),
      (bytes) => send(bytes),
    ),
    { numRuns: 1500, endOnFailure: true },
  );
  expect([trap.connects() - before, faults]).toEqual([0, []]);
  const authority = `open.site.test:${trap.port}`;
  expect((await raw(path, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)).status).toBe(200);
});

test("what is sent into a tunnel by chance ends nothing but the tunnel", async () => {
  const authority = `open.site.test:${trap.port}`;
  const head = Buffer.from(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        request,
        fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from([22, 3, 1, ...bytes])),
      ),
      (bytes) => send(Buffer.concat([head, bytes])),
    ),
    { numRuns: 300, endOnFailure: true },
  );
  expect(faults).toEqual([]);
});
