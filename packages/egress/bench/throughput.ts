/**
 * How fast bytes go through a tunnel, and how long one takes to open: node --conditions=@clawd/source bench/throughput.ts
 * The client and the origin are processes of their own, as they are in real life; the proxy is this process.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEgressProxy, createResolver } from "../src/index.ts";

const megabytes = 1024;
const role = process.argv[2];

if (role === "origin") {
  const piece = Buffer.alloc(256 * 1024, "x");
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      let left = (megabytes * 1024 * 1024) / piece.length;
      const more = () => {
        while (left > 0) if (left-- && !socket.write(piece)) return;
        socket.end();
      };
      socket.on("drain", more);
      more();
    });
  });
  server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
} else if (role === "client") {
  const [path, port] = process.argv.slice(3) as [string, string];
  const open = async () => {
    const socket = connect(path);
    socket.write(`CONNECT a.site.test:${port} HTTP/1.1\r\nHost: a.site.test:${port}\r\n\r\n`);
    await once(socket, "data");
    return socket;
  };
  const opened: number[] = [];
  for (let at = 0; at < 500; at++) {
    const start = performance.now();
    (await open()).destroy();
    opened.push(performance.now() - start);
  }
  opened.sort((a, b) => a - b);
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const socket = await open();
    const start = performance.now();
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
    socket.write("\u0001go");
    await once(socket, "close");
    rates.push(bytes / 1e6 / ((performance.now() - start) / 1000));
  }
  rates.sort((a, b) => a - b);
  process.send!({ openMs: opened[250], open99Ms: opened[495], rate: rates[2] });
} else {
  const child = (...args: string[]) => fork(import.meta.filename, args, { execArgv: process.execArgv });
  const origin = child("origin");
  const [port] = (await once(origin, "message")) as [number];
  const directory = mkdtempSync(join(tmpdir(), "clawd-bench-"));
  const proxy = createEgressProxy({
    allow: [
      { host: "*.site.test", ports: [port] },
      { host: "127.0.0.1", ports: [port], private: true },
    ],
    resolver: createResolver({ lookup: async () => ["127.0.0.1"] }),
  });
  const client = child("client", await proxy.listenForContainer(directory), String(port));
  const [{ openMs, open99Ms, rate }] = (await once(client, "message")) as [
    Record<"openMs" | "open99Ms" | "rate", number>,
  ];
  console.log(`one tunnel, ${megabytes} MiB, median of 5: ${rate.toFixed(0)} MB/s`);
  console.log(`opening one: ${openMs.toFixed(2)} ms at the median, ${open99Ms.toFixed(2)} ms at 99 %`);
  client.kill();
  origin.kill();
  await proxy.stop();
  rmSync(directory, { recursive: true });
}
