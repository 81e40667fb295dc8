import { connect as connectNet, type Socket } from "node:net";
import { Duplex, PassThrough } from "node:stream";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { fakeClock } from "@clawd/kernel/testing";
import {
  aLookup,
  aRig,
  aServer,
  aTcpServer,
  opened,
  refusals,
  type ARig,
  type Origin,
} from "../test/a-network.ts";
import { helloBytes, openTunnel, raw } from "../test/clients.ts";

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).toReversed()) await part.stop();
});
const keep = async <Part extends { stop(): Promise<void> }>(part: Promise<Part>): Promise<Part> => {
  running.push(await part);
  return part;
};
const anEcho = () => keep(aTcpServer((socket) => socket.pipe(socket)));
const aSite = () =>
  keep(
    aServer((request, response) => response.end(`${request.method} ${request.headers.host} ${request.url}`)),
  );
const open = (origin: Origin, host = "*.site.test") => [{ host, ports: [origin.port] }, opened(origin.port)];
const rig = (options: Parameters<typeof aRig>[0]): Promise<ARig> => keep(aRig(options));

test("hands a request on to a host that is open, and tells of it", async () => {
  const site = await aSite();
  const { path, events } = await rig({ allow: open(site) });
  const host = `a.site.test:${site.port}`;
  const answer = await raw(
    path,
    `GET http://${host}/x?y HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  expect([answer.status, answer.text.split("\r\n\r\n")[1]]).toEqual([
    200,
    expect.stringContaining(`GET ${host} /x?y`),
  ]);
  expect(events[0]).toEqual({
    kind: "connection-opened",
    host: "a.site.test",
    port: site.port,
    address: "127.0.0.1",
  });
});

test("headers of one connection stay on it, also those that Connection names", async () => {
  let seen: readonly string[] = [];
  const site = await keep(
    aServer((request, response) => {
      seen = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
      response.end();
    }),
  );
  const { path } = await rig({ allow: open(site) });
  const host = `a.site.test:${site.port}`;
  const headers = `Host: ${host}\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\nX-Mine: 1\r\nX-Kept: 1\r\nTE: trailers\r\nConnection: close, X-Mine\r\n`;
  await raw(path, `GET http://${host}/ HTTP/1.1\r\n${headers}\r\n`);
  expect(seen.toSorted()).toEqual(["connection", "host", "x-kept"]);
});

test("a tunnel carries bytes both ways, and the end of one way is not the end of the other", async () => {
  const late = await keep(
    aTcpServer((socket) => {
      let text = "";
      socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
      socket.on("end", () => socket.end(`got ${text}`));
    }),
  );
  const { path } = await rig({ allow: open(late) });
  const tunnel = await openTunnel(path, `a.site.test:${late.port}`);
  tunnel.socket.end("all of it");
  expect([tunnel.status, await tunnel.rest()]).toEqual([200, "got all of it"]);
});

test("a server that speaks first is heard first", async () => {
  const greeter = await keep(aTcpServer((socket) => socket.write("220 ready\r\n")));
  const { path } = await rig({ allow: open(greeter) });
  const tunnel = await openTunnel(path, `a.site.test:${greeter.port}`);
  const [first] = (await once(tunnel.socket.resume(), "data")) as [Buffer];
  tunnel.socket.destroy();
  expect(first.toString()).toBe("220 ready\r\n");
});

test.each([
  ["a host that is not listed", "b.other.test", "host-not-allowed"],
  ["the domain of a wildcard itself", "site.test", "host-not-allowed"],
  ["a name that only ends alike", "a.evilsite.test", "host-not-allowed"],
  ["an address in place of a name", "127.0.0.2", "host-not-allowed"],
  ["an address in IPv6", "[::1]", "host-not-allowed"],
])("%s is refused with a sentence for people and one event", async (_what, host, reason) => {
  const site = await aSite();
  const { path, events } = await rig({ allow: open(site) });
  const authority = `${host}:${site.port}`;
  const connect = await raw(path, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const get = await raw(path, `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  expect([connect.status, get.status, site.connects()]).toEqual([403, 403, 0]);
  expect(connect.text).toContain("sandbox.egress.allow");
  expect(refusals(events)).toEqual([reason, reason]);
});

test("T-G7: another port of an open host is refused", async () => {
  const site = await aSite();
  const { path, events } = await rig({ allow: open(site) });
  const answer = await raw(path, "CONNECT a.site.test:22 HTTP/1.1\r\nHost: a.site.test:22\r\n\r\n");
  expect([answer.status, refusals(events), site.connects()]).toEqual([403, ["port-not-allowed"], 0]);
});

test.each([[["10.0.0.1"]], [["127.0.0.1", "10.0.0.1"]], [["169.254.169.254"]], [["::1"]]])(
  "an open name that leads to %j is refused",
  async (addresses) => {
    const site = await aSite();
    const { path, events } = await rig({ allow: open(site), lookup: async () => addresses });
    const answer = await raw(
      path,
      `CONNECT a.site.test:${site.port} HTTP/1.1\r\nHost: a.site.test:${site.port}\r\n\r\n`,
    );
    expect([answer.status, refusals(events), site.connects()]).toEqual([403, ["address-not-global"], 0]);
  },
);

test("a name that does not resolve, and a host that does not answer, are told apart from what is closed", async () => {
  const gone = await aSite();
  await gone.stop();
  const { path, events } = await rig({
    allow: open(gone),
    lookup: aLookup({ "a.site.test": ["127.0.0.1"] }),
  });
  const ask = (host: string) =>
    raw(path, `CONNECT ${host}:${gone.port} HTTP/1.1\r\nHost: ${host}:${gone.port}\r\n\r\n`);
  expect([(await ask("a.site.test")).status, (await ask("b.site.test")).status]).toEqual([502, 502]);
  expect(refusals(events)).toEqual(["connection-failed", "name-unresolved"]);
});

test.each([
  ["an origin form", "GET / HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["https in the open", "GET https://a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["another scheme", "GET ftp://a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["a user in the address", "GET http://u:p@a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["TRACE", "TRACE http://a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["CONNECT without a port", "CONNECT a.site.test HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["CONNECT to port 0", "CONNECT a.site.test:0 HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  ["CONNECT to a URL", "CONNECT http://a.site.test:443/ HTTP/1.1\r\nHost: a.site.test\r\n\r\n"],
  [
    "two lengths",
    "POST http://a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
  ],
  [
    "a length and chunks",
    "POST http://a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["no HTTP", "\u0016\u0003\u0001\u0000\u0005hello"],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
])("%s is no request to a proxy", async (_what, bytes) => {
  const { path, events } = await rig({ allow: [{ host: "*.site.test", ports: [80, 443] }, opened(80, 443)] });
  const answer = await raw(path, bytes);
  expect(answer.status).toBe(400);
  expect(refusals(events)).toHaveLength(1);
});

test("T-G7: Host must be the target, of a request as of a tunnel", async () => {
  const site = await aSite();
  const { path, events } = await rig({ allow: open(site) });
  const host = `a.site.test:${site.port}`;
  const fronted = await raw(path, `GET http://${host}/ HTTP/1.1\r\nHost: b.other.test:${site.port}\r\n\r\n`);
  const twice = await raw(
    path,
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nHost: b.other.test\r\n\r\n`,
  );
  const tunnelled = await raw(path, `CONNECT ${host} HTTP/1.1\r\nHost: b.other.test:${site.port}\r\n\r\n`);
  expect([fronted.status, twice.status, tunnelled.status, site.connects()]).toEqual([421, 421, 421, 0]);
  expect(refusals(events)).toEqual(["host-mismatch", "host-mismatch", "host-mismatch"]);
});

test.each([
  ["at once", (request: string) => [request]],
  ["byte by byte", (request: string) => Array.from(request)],
  ["after empty lines", (request: string) => ["\r\n\n\r\n", request]],
])("T-G7: plain HTTP in a tunnel names its host in every request, sent %s", async (_how, cut) => {
  const site = await aSite();
  const { path, events } = await rig({ allow: open(site) });
  const host = `a.site.test:${site.port}`;
  const tunnel = await openTunnel(path, host);
  const send = async (request: string) => {
    for (const piece of cut(request)) {
      tunnel.socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const reading = tunnel.rest();
  await send(`GET /1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await send(`GET /2 HTTP/1.1\r\nHost: b.other.test:${site.port}\r\n\r\n`);
  const text = await reading;
  expect(text).toContain(`GET ${host} /1`);
  expect(text).toContain("421 Misdirected");
  expect(refusals(events)).toEqual(["host-mismatch"]);
});

const tlsRig = async (lookup?: Parameters<typeof aRig>[0]["lookup"]) => {
  const echo = await anEcho();
  return { echo, ...(await rig({ allow: open(echo), ...(lookup && { lookup }) })) };
};

test("T-G7: TLS in a tunnel asks for the server that the tunnel was opened to", async () => {
  const { echo, path, events } = await tlsRig();
  const authority = `a.site.test:${echo.port}`;
  const through = async (bytes: Buffer) => {
    const tunnel = await openTunnel(path, authority);
    tunnel.socket.end(bytes);
    return (await tunnel.rest()).length;
  };
  const right = await helloBytes({ servername: "a.site.test" });
  expect(await through(right)).toBe(right.length);
  expect(await through(await helloBytes({ servername: "A.Site.Test" }))).toBeGreaterThan(0);
  expect(await through(await helloBytes({ servername: "b.site.test" }))).toBe(0);
  expect(await through(await helloBytes({ servername: "b.other.test" }))).toBe(0);
  expect(await through(await helloBytes({}))).toBe(0);
  expect(await through(right.subarray(0, 50))).toBe(0);
  expect(refusals(events)).toEqual([
    "server-name-mismatch",
    "server-name-mismatch",
    "server-name-missing",
    "protocol-not-allowed",
  ]);
});

test("T-G7: at 443 there is TLS or nothing", async () => {
  // The port itself cannot be listened on; what is decided there is decided before a byte goes on.
  const { openingOf } = await import("./opening.ts");
  const target = { host: { name: "a.site.test", isAddress: false }, port: 443 };
  const kinds = ["GET / HTTP/1.1\r\n", "SSH-2.0-x", "PRI * HTTP/2.0", "\r\n", "x"].map((text) =>
    openingOf(Buffer.from(text), target),
  );
  expect(new Set(kinds.map((opening) => opening?.kind === "refused" && opening.reason))).toEqual(
    new Set(["protocol-not-allowed"]),
  );
  expect(openingOf(Buffer.from("SSH-2.0-x"), { ...target, port: 80 })).toEqual({
    kind: "refused",
    reason: "protocol-not-allowed",
  });
  expect(openingOf(Buffer.from("SSH-2.0-x"), { ...target, port: 22 })).toEqual({ kind: "opaque" });
  expect(openingOf(await helloBytes({ servername: "a.site.test" }), target)).toEqual({ kind: "tls" });
});

test("T-G7: half a hello and then the server's word is no way round the check", async () => {
  const servers: Socket[] = [];
  const quiet = await keep(aTcpServer((socket) => servers.push(socket)));
  const { path, events } = await rig({ allow: open(quiet) });
  const tunnel = await openTunnel(path, `a.site.test:${quiet.port}`);
  tunnel.socket.write((await helloBytes({ servername: "b.other.test" })).subarray(0, 20));
  // Let it arrive before the server speaks.
  for (let at = 0; at < 50; at++) await new Promise((resolve) => setImmediate(resolve));
  servers[0]!.write("220 ready\r\n");
  expect([await tunnel.rest(), refusals(events)]).toEqual(["", ["protocol-not-allowed"]]);
});

test.each([
  ["a length that Connection takes away", "Connection: close, content-length\r\nContent-Length: "],
  ["a length of a GET", "Connection: close\r\nContent-Length: "],
])("T-G7: no second request can be hidden in the body of the first, by %s", async (_how, header) => {
  let seen = "";
  const site = await keep(
    aTcpServer((socket) => {
      socket.on("data", (chunk: Buffer) => {
        seen += chunk.toString("latin1");
        if (seen.includes("b.other.test")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      });
    }),
  );
  const { path } = await rig({ allow: open(site) });
  const host = `a.site.test:${site.port}`;
  const hidden = `GET /hidden HTTP/1.1\r\nHost: b.other.test\r\n\r\n`;
  const request = (target: string) =>
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${header}${hidden.length}\r\n\r\n${hidden}`;
  const check = () => {
    const [head, body] = [seen.slice(0, seen.indexOf("\r\n\r\n")), seen.slice(seen.indexOf("\r\n\r\n") + 4)];
    expect(body).toBe(hidden);
    expect(head.toLowerCase()).toContain(`content-length: ${hidden.length}`);
    expect(head.toLowerCase().split("content-length")).toHaveLength(2);
    seen = "";
  };
  await raw(path, request(`http://${host}/`));
  check();
  const tunnel = await openTunnel(path, host);
  tunnel.socket.end(request("/"));
  await tunnel.rest();
  check();
});

test("a hello in hundreds of pieces is not waited for", async () => {
  const { echo, path, events } = await tlsRig();
  const tunnel = await openTunnel(path, `a.site.test:${echo.port}`);
  tunnel.socket.setNoDelay(true);
  const ended = tunnel.rest();
  for (const byte of await helloBytes({ servername: "a.site.test" })) {
    tunnel.socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect([await ended, refusals(events)]).toEqual(["", ["protocol-not-allowed"]]);
});

test.each([
  ["a status that is none", "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n"],
  ["a status too large", "HTTP/1.1 9999 OK\r\n\r\n"],
  ["a header with a control character", "HTTP/1.1 200 OK\r\nX: a\u0001b\r\nContent-Length: 0\r\n\r\n"],
  ["a header with a space in its name", "HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n"],
  ["an upgrade that nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
  ["no HTTP", "hello\r\n\r\n"],
  ["nothing", ""],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
])("a host that answers with %s is a bad gateway, and nothing more", async (_what, bytes) => {
  const odd = await keep(aTcpServer((socket) => socket.once("data", () => socket.end(bytes, "latin1"))));
  const { path } = await rig({ allow: open(odd) });
  const host = `a.site.test:${odd.port}`;
  const answer = await raw(
    path,
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  expect([502, 0]).toContain(answer.status);
});

test("a host's own words for its status stay with it", async () => {
  const odd = await keep(
    aTcpServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 O\u0001K\r\nContent-Length: 0\r\n\r\n")),
    ),
  );
  const { path } = await rig({ allow: open(odd) });
  const host = `a.site.test:${odd.port}`;
  const answer = await raw(
    path,
    `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  expect(answer.text).toContain("HTTP/1.1 200 OK\r\n");
});

test("CONNECT within a tunnel is refused", async () => {
  const site = await aSite();
  const { path, events } = await rig({ allow: open(site) });
  const host = `a.site.test:${site.port}`;
  const tunnel = await openTunnel(path, host);
  tunnel.socket.write(`CONNECT b.other.test:443 HTTP/1.1\r\nHost: b.other.test:443\r\n\r\n`);
  expect(await tunnel.rest()).toContain("400 Bad Request");
  expect(refusals(events)).toEqual(["request-not-valid"]);
});

test("more connections than allowed are told so", async () => {
  const echo = await anEcho();
  const { path, events } = await rig({ allow: open(echo), limits: { connections: 2 } });
  const first = await openTunnel(path, `a.site.test:${echo.port}`);
  const second = await openTunnel(path, `a.site.test:${echo.port}`);
  expect((await raw(path, "")).status).toBe(503);
  first.socket.destroy();
  second.socket.destroy();
  expect(refusals(events)).toEqual(["too-many-connections"]);
});

test("a head that is too large is refused", async () => {
  const { path, events } = await rig({ allow: [] });
  const answer = await raw(
    path,
    `GET http://a.site.test/ HTTP/1.1\r\nHost: a.site.test\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
  );
  expect([answer.status, refusals(events)]).toEqual([431, ["request-not-valid"]]);
});

test("a client that does not finish its head, and a tunnel in which nothing happens, end", async () => {
  const echo = await anEcho();
  const clock = fakeClock();
  const { path, events } = await rig({ allow: open(echo), clock, limits: { headMs: 1000, idleMs: 10_000 } });
  const slow = raw(path, "GET http://a.si");
  const tunnel = await openTunnel(path, `a.site.test:${echo.port}`);
  tunnel.socket.write("hello");
  await once(tunnel.socket.resume(), "data");
  const silent = tunnel.rest();
  for (let at = 0; at < 4; at++) await clock.advance(500);
  expect((await slow).status).toBe(0);
  expect(refusals(events)).toEqual(["too-slow"]);
  expect(tunnel.socket.destroyed).toBe(false);
  for (let at = 0; at < 24; at++) await clock.advance(500);
  expect(await silent).toBe("");
});

test("a connection over its bound of bytes ends", async () => {
  const echo = await anEcho();
  const clock = fakeClock();
  const { path, events } = await rig({ allow: open(echo), clock, limits: { bytes: 100_000 } });
  const tunnel = await openTunnel(path, `a.site.test:${echo.port}`);
  const ended = tunnel.rest();
  tunnel.socket.write(Buffer.alloc(200_000));
  while (tunnel.socket.bytesRead < 150_000) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(15_000);
  await ended;
  expect(refusals(events)).toEqual(["too-many-bytes"]);
});

test("a reader that does not read makes the sender wait, not the gateway grow", async () => {
  const source = await keep(
    aTcpServer((socket) => {
      const piece = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", more);
      more();
    }),
  );
  const { path } = await rig({ allow: open(source) });
  const before = process.memoryUsage().rss;
  const tunnels = await Promise.all(
    Array.from({ length: 5 }, () => openTunnel(path, `a.site.test:${source.port}`)),
  );
  for (let at = 0; at < 200; at++) await new Promise((resolve) => setImmediate(resolve));
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  for (const { socket } of tunnels) socket.destroy();
});

test("any duplex stream can be served, not only a socket", async () => {
  const site = await aSite();
  const { proxy } = await rig({ allow: open(site) });
  const [there, back] = [new PassThrough(), new PassThrough()];
  proxy.accept(Duplex.from({ readable: there, writable: back }));
  const host = `a.site.test:${site.port}`;
  there.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  let text = "";
  back.on("data", (chunk: Buffer) => (text += chunk.toString()));
  while (!text.includes("200 Connection")) await new Promise((resolve) => setImmediate(resolve));
  there.write(`GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  while (!text.includes(`GET ${host} /x`)) await new Promise((resolve) => setImmediate(resolve));
  there.end();
});

test("after stop nothing is served and no connection is left", async () => {
  const echo = await anEcho();
  const { path, proxy } = await rig({ allow: open(echo) });
  const tunnel = await openTunnel(path, `a.site.test:${echo.port}`);
  const ended = tunnel.rest();
  await proxy.stop();
  await ended;
  await expect(once(connectNet(path), "connect")).rejects.toThrow("ENOENT");
});
