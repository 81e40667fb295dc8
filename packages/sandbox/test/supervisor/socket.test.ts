import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { connectSupervisor } from "../../src/supervisor/supervisor.ts";
import { environment, finish, launch } from "./run.ts";

const directory = mkdtempSync(join(tmpdir(), "clawd-socket-"));
chmodSync(directory, 0o755);
afterEach(() => rmSync(directory, { recursive: true }));

test("by a unix socket that the gateway listens on, a command cannot reach the stream", async () => {
  const path = join(directory, "gateway.sock");
  const server = createServer({ pauseOnConnect: true });
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  chmodSync(path, 0o666);
  const launched = launch(["--connect", path]);
  const socket = await connected;
  server.close();
  const roots = [{ path: "/tmp", isReadOnly: false }];
  const supervisor = await connectSupervisor(socket, { home: "/tmp", roots });
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
