import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { connectSupervisor } from "../../src/supervisor/supervisor.ts";
import { environment, finish, launch } from "./run.ts";

const megabyte = 2 ** 20;
const directory = mkdtempSync(join(tmpdir(), "clawd-socket-"));
chmodSync(directory, 0o755);
afterAll(() => rmSync(directory, { recursive: true }));

/** As a gateway connects: it listens, and the supervisor comes. */
async function connected(name: string) {
  const path = join(directory, name);
  const server = createServer({ pauseOnConnect: true });
  const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o666);
  const launched = launch(["--connect", path]);
  const socket = await connection;
  server.close();
  const roots = [{ path: "/tmp", isReadOnly: false }];
  const supervisor = await connectSupervisor(socket, { home: "/tmp", roots });
  return { path, launched, supervisor };
}

test("by a unix socket that the gateway listens on, a command cannot reach the stream", async () => {
  const { path, launched, supervisor } = await connected("reach.sock");
  const script = `ls /proc/self/fd; echo forged > /proc/1/fd/3; echo forged > ${path}; echo visible`;
  const command = await supervisor.start({
    argv: ["/bin/sh", "-c", script],
    cwd: ".",
    environment,
    input: "none",
  });
  const { stdout, stderr } = await finish(command);
  expect(stdout).toBe("0\n1\n2\n3\nvisible\n");
  expect(stderr.split("\n").filter((line) => line.includes("cannot create"))).toHaveLength(2);
  await supervisor.ping();
  supervisor.close();
  expect((await launched.ended).code).toBe(0);
});

test(
  "512 MB leave next to nothing where the reader gives back what it took",
  { timeout: 60_000 },
  async () => {
    const { launched, supervisor } = await connected("much.sock");
    const head = (bytes: number) =>
      supervisor.start({
        argv: ["head", "-c", String(bytes), "/dev/zero"],
        cwd: ".",
        environment,
        input: "none",
      });
    const before = process.memoryUsage().arrayBuffers;
    let [bytes, most] = [0, 0];
    for await (const piece of (await head(512 * megabyte)).output) {
      bytes += piece.bytes.length;
      piece.free!();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(512 * megabyte);
    expect(most).toBeLessThan(8 * megabyte);
    supervisor.close();
    await launched.ended;
  },
);

test("what was given back is empty, and what was not stays as it was", { timeout: 60_000 }, async () => {
  const { launched, supervisor } = await connected("pieces.sock");
  const script =
    "i=0; while [ $i -lt 40 ]; do head -c 100000 /dev/zero | tr '\\0' $((i % 10)); i=$((i+1)); done";
  const command = await supervisor.start({
    argv: ["/bin/sh", "-c", script],
    cwd: ".",
    environment,
    input: "none",
  });
  const kept: Uint8Array[] = [];
  let [isGiven, given] = [false, 0];
  for await (const piece of command.output) {
    isGiven = !isGiven && piece.bytes.length > 10_000;
    if (isGiven) {
      given += piece.bytes.length;
      piece.free!();
      expect(piece.bytes.length).toBe(0);
    } else kept.push(piece.bytes);
  }
  expect(kept.reduce((sum, { length }) => sum + length, given)).toBe(4_000_000);
  expect(given).toBeGreaterThan(0);
  const digits = Buffer.concat(kept).toString("latin1");
  expect(digits).toMatch(/^[0-9]+$/);
  // In the order in which they came: only what follows on each other may be missing between.
  expect(digits.replaceAll(/(.)\1*/g, "$1")).toMatch(/^(?:0?1?2?3?4?5?6?7?8?9?){1,4}$/);
  supervisor.close();
  await launched.ended;
});
