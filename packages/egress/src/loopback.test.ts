/** A proxy for a program of this machine: the public web, and nothing that is nearer. */
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aServer, type Origin } from "../test/a-network.ts";
import type { ProxyEvent } from "./event.ts";
import { createEgressProxy, type EgressProxy } from "./proxy.ts";
import { createResolver } from "./resolver.ts";

let origin: Origin;
let proxy: EgressProxy;
let port: number;
let events: ProxyEvent[];

beforeEach(async () => {
  origin = await aServer((_request, response) => response.end("private"));
  events = [];
  proxy = createEgressProxy({
    allow: "public",
    resolver: createResolver({ lookup: () => Promise.resolve(["127.0.0.1"]) }),
    onEvent: (event) => events.push(event),
  });
  port = await proxy.listenOnLoopback();
});
afterEach(async () => {
  await proxy.stop();
  await origin.stop();
});

const get = (url: string) =>
  new Promise<{ status: number | undefined; by: unknown }>((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path: url, headers: { host: new URL(url).host } },
      (answer) => {
        answer
          .resume()
          .on("end", () => resolve({ status: answer.statusCode, by: answer.headers["proxy-status"] }));
      },
    );
    asked.on("error", reject).end();
  });

test("nothing of this machine is open, by address or by a name that leads here, at no port", async () => {
  for (const host of ["127.0.0.1", "www.example.org"])
    for (const at of [origin.port, 80])
      expect(await get(`http://${host}:${at}/`)).toEqual({
        status: 403,
        by: "clawd; error=http_request_denied",
      });
  const socket = connect(port, "127.0.0.1");
  socket.end(`CONNECT 127.0.0.1:${origin.port} HTTP/1.1\r\nHost: 127.0.0.1:${origin.port}\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 403 [\s\S]*Proxy-Status: clawd;/i);
  expect(origin.connects()).toBe(0);
  expect(events.map((event) => event.kind)).toEqual(Array(5).fill("connection-refused"));
});

test("when it stops nobody listens any more", async () => {
  await proxy.stop();
  await expect(get("http://www.example.org/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
