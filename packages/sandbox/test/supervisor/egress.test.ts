import { mkdtempSync, rmSync, chmodSync } from "node:fs";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { childrenOf, kilobytes } from "./processes.ts";
import { aScene, eventually, type Scene, type SceneOptions } from "./run.ts";

const megabyte = 2 ** 20;
let port: number;
let scene: Scene;
/** What the gateway's end of each connection does. */
let serve: (stream: Duplex) => void;
let directory: string;
let server: Server;

beforeEach(async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  port = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  directory = mkdtempSync(join(tmpdir(), "clawd-egress-"));
  chmodSync(directory, 0o755);
  server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(join(directory, "proxy.sock"), resolve));
  chmodSync(join(directory, "proxy.sock"), 0o666);
});
afterEach(async () => {
  await scene.end();
  server.close();
  rmSync(directory, { recursive: true });
});

const aConnection = (): Socket =>
  createConnection({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => undefined);

const ways: readonly (readonly [string, () => SceneOptions])[] = [
  [
    "as streams of the gateway",
    () => ({ arguments: ["--forward", `127.0.0.1:${port}`], onEgress: (stream) => serve(stream) }),
  ],
  [
    "by the mounted socket",
    () => ({
      arguments: ["--forward", `127.0.0.1:${port}`, "--egress-socket", join(directory, "proxy.sock")],
    }),
  ],
];

describe.each(ways)("connections to the way out, %s,", (_, options) => {
  beforeEach(async () => {
    scene = await aScene(options());
  });

  test("carry what is said, and each half ends by itself", async () => {
    serve = (stream) => void text(stream).then((said) => stream.end(`heard ${said}`));
    const connection = aConnection();
    connection.end("hello");
    expect(await text(connection)).toBe("heard hello");
  });

  test("carry 32 MB each way, byte for byte", async () => {
    const sent = Buffer.alloc(32 * megabyte, "0123456789abcdef_");
    serve = (stream) => void buffer(stream).then((got) => stream.end(got));
    const connection = aConnection();
    connection.end(sent);
    expect((await buffer(connection)).equals(sent)).toBe(true);
    expect(kilobytes(childrenOf(scene.process.pid!)[0]!, "VmHWM")).toBeLessThan(4096);
  });

  test("wait for a side that does not read, and the others go on", async () => {
    const stuck: Duplex[] = [];
    serve = (stream) => void stuck.push(stream);
    const slow = aConnection();
    const before = process.memoryUsage().arrayBuffers;
    slow.write(Buffer.alloc(8 * megabyte));
    expect(await eventually(() => stuck.length === 1)).toBe(true);
    serve = (stream) => void stream.pipe(stream);
    const fast = aConnection();
    fast.end("still");
    expect(await text(fast)).toBe("still");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * megabyte);
    expect((await scene.run("echo on")).stdout).toBe("on\n");
    slow.destroy();
    stuck[0]!.destroy();
  });

  test("end when either side breaks off", async () => {
    const open: Duplex[] = [];
    serve = (stream) => void open.push(stream.on("error", () => undefined));
    const first = aConnection();
    first.write("x");
    expect(await eventually(() => open.length === 1)).toBe(true);
    open[0]!.destroy();
    await new Promise((resolve) => first.once("end", resolve).once("close", resolve).resume());
    const second = aConnection();
    second.write("x");
    expect(await eventually(() => open.length === 2)).toBe(true);
    const isOver = new Promise((resolve) => open[1]!.once("close", resolve).once("end", resolve).resume());
    second.destroy();
    await isOver;
  });

  test("are many: a hundred at once", async () => {
    serve = (stream) => void stream.pipe(stream);
    const all = Array.from({ length: 100 }, (_unused, index) => {
      const connection = aConnection();
      connection.end(String(index));
      return text(connection);
    });
    expect(await Promise.all(all)).toEqual(Array.from({ length: 100 }, (_unused, index) => String(index)));
  });
});

test("without a way out a connection is closed at once", async () => {
  scene = await aScene({ arguments: ["--forward", `127.0.0.1:${port}`] });
  expect(await text(aConnection())).toBe("");
});

test("a socket that nobody serves closes the connection, and the next one is tried again", async () => {
  scene = await aScene({
    arguments: ["--forward", `127.0.0.1:${port}`, "--egress-socket", join(directory, "none")],
  });
  expect(await text(aConnection())).toBe("");
  expect(await text(aConnection())).toBe("");
});
