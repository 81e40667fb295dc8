import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { childrenOf, kilobytes } from "./processes.ts";
import { aScene, eventually, finish, type Scene } from "./run.ts";

const megabyte = 2 ** 20;
let scene: Scene;
let pid: number;
beforeAll(async () => {
  scene = await aScene();
  pid = childrenOf(scene.process.pid!)[0]!;
});
afterAll(() => scene.end());

test(
  "256 MB pass through without growing the supervisor or the gateway, read or not",
  { timeout: 120_000 },
  async () => {
    const command = await scene.start(["head", "-c", String(256 * megabyte), "/dev/zero"]);
    const before = process.memoryUsage().arrayBuffers;
    await scene.run("sleep 0.3");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * megabyte);
    let [bytes, most] = [0, 0];
    for await (const piece of command.output) {
      bytes += piece.bytes.length;
      if (bytes % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(256 * megabyte);
    // What was read is garbage until it is collected.
    expect(most).toBeLessThan(128 * megabyte);
    expect(kilobytes(pid, "VmHWM")).toBeLessThan(4096);
  },
);

test("a reader that takes nothing stops its own command alone", async () => {
  const slow = await Promise.all(
    Array.from({ length: 5 }, () => scene.start(["head", "-c", "3000000", "/dev/zero"])),
  );
  expect((await scene.run("head -c 5000000 /dev/zero")).stdout.length).toBe(5_000_000);
  const written = await scene.supervisor.files.write("beside", Buffer.alloc(200_000));
  expect((await scene.supervisor.files.read("beside", { maxBytes: 200_000 })).bytes.length).toBe(
    written.size,
  );
  for (const command of slow) expect((await finish(command)).stdout.length).toBe(3_000_000);
});

test("a command that writes single bytes costs no more than its bytes", async () => {
  const script = "i=0; while [ $i -lt 20000 ]; do printf x; i=$((i+1)); done; echo >&2";
  const command = await scene.start(["/bin/sh", "-c", script]);
  await scene.run("sleep 0.5");
  let [bytes, pieces] = [0, 0];
  for await (const piece of command.output) {
    bytes += piece.bytes.length;
    pieces++;
  }
  expect(bytes).toBe(20_001);
  expect(pieces).toBeLessThan(500);
});

test("output that is not wanted any more does not keep the command", async () => {
  const command = await scene.start(["head", "-c", "5000000", "/dev/zero"]);
  for await (const _ of command.output) break;
  expect((await command.exit).code).toBe(0);
});

test("input waits for a command that is slow to take it", async () => {
  const command = await scene.start(["/bin/sh", "-c", "sleep 0.3; wc -c"], { input: "pipe" });
  let isTaken = false;
  const written = command.write(Buffer.alloc(5 * megabyte)).then(() => (isTaken = true));
  command.endInput();
  await scene.run("sleep 0.1");
  expect(isTaken).toBe(false);
  expect((await finish(command)).stdout.trim()).toBe(String(5 * megabyte));
  await written;
});

test("a command that closes its input tells the writer", async () => {
  const command = await scene.start(["/bin/sh", "-c", "exec <&-; echo closed; sleep 60"], { input: "pipe" });
  const output = command.output[Symbol.asyncIterator]();
  await output.next();
  await expect(command.write(Buffer.alloc(megabyte))).rejects.toMatchObject({ code: "CLAWD_COMMAND_INPUT" });
  await expect(command.write(Buffer.from("x"))).rejects.toMatchObject({ code: "CLAWD_COMMAND_INPUT" });
  command.kill();
  await command.exit;
});

test("two hundred commands at once", { timeout: 60_000 }, async () => {
  const all = Array.from({ length: 200 }, (_, index) =>
    scene.run(`echo ${index}; sleep 0.2; echo ${index} >&2`),
  );
  const done = await Promise.all(all);
  expect(done.every(({ stdout, stderr }, index) => stdout === `${index}\n` && stderr === `${index}\n`)).toBe(
    true,
  );
});

test("a terminal has a size that can change, echoes, and is the command's own", async () => {
  const script = `trap 'stty size' WINCH; tty; stty size; echo ready; read line; echo "got $line"; read line`;
  const command = await scene.start(["/bin/bash", "-c", script], {
    terminal: { columns: 80, rows: 24 },
    input: "pipe",
  });
  let seen = "";
  let isResized = false;
  for await (const { stream, bytes } of command.output) {
    expect(stream).toBe("stdout");
    seen += Buffer.from(bytes).toString();
    if (seen.includes("ready") && !isResized) {
      isResized = true;
      command.resize({ columns: 132, rows: 50 });
      await command.write(Buffer.from("hello\n"));
    }
    if (seen.includes("got hello")) command.endInput();
  }
  expect(seen).toMatch(/^\/dev\/pts\/\d+\r\n24 80\r\nready\r\n/);
  expect(seen).toContain("50 132");
  expect(seen).toContain("hello\r\n");
  expect((await command.exit).code).toBe(1);
});

test("what a terminal was told last is not lost when its command ends", async () => {
  const terminal = { columns: 80, rows: 24 };
  for (let turn = 0; turn < 20; turn++) {
    const { stdout } = await scene.run("seq 1 5000", { terminal });
    expect(stdout.length).toBe(28_893);
    expect(stdout.endsWith("5000\r\n")).toBe(true);
  }
});

test("without input a terminal is at its end, and nothing can be written", async () => {
  const terminal = { columns: 80, rows: 24 };
  expect((await scene.run("cat; echo over", { terminal })).stdout).toContain("over\r\n");
  for (const more of [{}, { terminal }]) {
    const command = await scene.start(["sleep", "0.1"], more);
    await expect(command.write(Buffer.from("x"))).rejects.toMatchObject({ code: "CLAWD_COMMAND_INPUT" });
    await finish(command);
  }
});

test("nothing is left open", async (context) => {
  if (process.getuid?.() !== 0) return context.skip("only root sees the descriptors of process 1");
  const open = () => readdirSync(`/proc/${pid}/fd`).length;
  // What the tests before this one ended may still be closing.
  let before = open();
  for (let quiet = 0; quiet < 10; quiet++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (open() !== before) quiet = 0;
    before = open();
  }
  const { files } = scene.supervisor;
  await files.write("there", Buffer.from("x"));
  for (let turn = 0; turn < 100; turn++) {
    await Promise.allSettled([
      scene.run("echo x; echo y >&2"),
      scene.start(["nothing-here"]),
      scene.start(["true"], { cwd: "nothing" }),
      scene.run("true", { terminal: { columns: 1, rows: 1 } }),
      scene.run("sleep 9", { timeoutMs: 1 }),
      files.read("there", { maxBytes: 1 }),
      files.read("there", { maxBytes: 0 }),
      files.read("missing", { maxBytes: 1 }),
      files.write("there", Buffer.from("x"), "absent"),
      files.write("sub/there", Buffer.alloc(100_000)),
      files.list(".", 1),
      files.list("there", 1),
      files.remove("sub"),
    ]);
  }
  expect(await eventually(() => open() <= before)).toBe(true);
});

test("the supervisor is small when nothing happens", async () => {
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(kilobytes(pid, "VmRSS")).toBeLessThan(1024);
  // Of those that wait for a command, one is kept.
  expect(childrenOf(pid).length).toBeLessThanOrEqual(1);
});
