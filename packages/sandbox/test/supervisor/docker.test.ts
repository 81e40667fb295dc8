import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openChannel } from "../../src/channel.ts";
import type { ContainerSpecification } from "../../src/engine.ts";
import { differences } from "../../src/observed.ts";
import type { CommandRequest } from "../../src/place.ts";
import { connectSupervisor, type Supervisor } from "../../src/supervisor/supervisor.ts";
import { withEngine, type Bench } from "../real-engine.ts";
import { supervisedContainers } from "./in-a-container.ts";
import { environment, eventually, finish, type Finished } from "./run.ts";

withEngine("the supervisor as a container's first process", (bench) => {
  const { specification, isGone } = supervisedContainers(bench);

  describe("by the attached stream", () => {
    test("the limits that were asked for are seen from inside", async () => {
      const { supervisor, asked } = await attached(bench, specification());
      expect(differences(await supervisor.observe(), asked)).toEqual([]);
      expect(supervisor.hello).toMatchObject({ uid: 10001, gid: 10001, pid: 1 });
    });

    test("commands, files and a terminal work in a bare image", async () => {
      const { supervisor } = await attached(bench, specification());
      expect(await run(supervisor, "echo out; echo err >&2; exit 3")).toMatchObject({
        stdout: "out\n",
        stderr: "err\n",
        code: 3,
      });
      await supervisor.files.write("/tmp/a/b", Buffer.from("text"));
      expect((await run(supervisor, "cat /tmp/a/b")).stdout).toBe("text");
      await expect(supervisor.files.write("/etc/x", Buffer.from(""))).rejects.toMatchObject({
        code: "CLAWD_FILE_READ_ONLY",
      });
      const terminal = { columns: 90, rows: 30 };
      expect((await run(supervisor, "tty; stty size", { terminal })).stdout).toBe("/dev/pts/0\r\n30 90\r\n");
    });

    test("a fork bomb ends at its time at the latest, and the next command runs", async () => {
      const { supervisor } = await attached(bench, specification());
      const bombs = [
        "bomb() { bomb | bomb & }; while :; do bomb; done",
        "while :; do setsid sh -c 'while :; do setsid sleep 60 & sleep 0.01; done' & sleep 0.01; done",
      ];
      for (const bomb of bombs) {
        const ended = await run(supervisor, `(${bomb}) & exec sleep 60`, { timeoutMs: 700 });
        expect(ended).toMatchObject({ isTimedOut: true });
        expect((await run(supervisor, "ps | grep -c '[s]leep'")).stdout).toBe("0\n");
      }
    });

    test("a command that takes all memory is killed alone", async () => {
      const { supervisor } = await attached(bench, specification());
      const other = supervisor.start(request("sleep 1; echo other"));
      const greedy = await run(supervisor, `awk 'BEGIN { x = "x"; while (1) x = x x }'`);
      expect(greedy.code === 137 || greedy.signal === "SIGKILL", JSON.stringify(greedy)).toBe(true);
      expect((await finish(await other)).stdout).toBe("other\n");
      expect((await run(supervisor, "echo alive")).stdout).toBe("alive\n");
    });

    test("kill -9 -1 is survived", async () => {
      const { supervisor } = await attached(bench, specification());
      await run(supervisor, "kill -9 -1; kill -9 1; sleep 60");
      expect((await run(supervisor, "echo alive")).stdout).toBe("alive\n");
    });

    test("when the stream is let go, the container ends", async () => {
      const { supervisor, container } = await attached(bench, specification());
      await supervisor.start(request("trap '' TERM; sleep 60"));
      supervisor.close();
      expect(await isGone(container)).toBe(true);
    });
  });

  describe("by a socket in a mounted directory", () => {
    test("commands work, and the container ends with the gateway", async () => {
      const channel = await openChannel();
      onTestFinished(() => channel.close());
      const mounts = [{ source: channel.directory, target: "/run/clawd", isReadOnly: true }];
      const asked = specification(["--connect", "/run/clawd/control.sock"], { mounts });
      const container = await started(bench, asked);
      const supervisor = await connectSupervisor(await channel.accept(10_000), place);
      expect((await run(supervisor, "id -u")).stdout).toBe("10001\n");
      expect(differences(await supervisor.observe(), asked)).toEqual([]);
      supervisor.close();
      expect(await isGone(container)).toBe(true);
    });

    test("when the gateway is killed, the container is gone", async () => {
      const directory = mkdtempSync(join(tmpdir(), "clawd-dead-"));
      onTestFinished(() => rmSync(directory, { recursive: true }));
      chmodSync(directory, 0o755);
      const listening = `const s = require("net").createServer(() => console.log("connected")); process.umask(0); s.listen("s", () => console.log("listening"))`;
      const gateway = spawn(process.execPath, ["-e", listening], {
        cwd: directory,
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void gateway.kill("SIGKILL"));
      let said = "";
      gateway.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
      expect(await eventually(() => said.includes("listening"))).toBe(true);
      const mounts = [{ source: directory, target: "/run/clawd", isReadOnly: true }];
      const container = await started(bench, specification(["--connect", "/run/clawd/s"], { mounts }));
      expect(await eventually(() => said.includes("connected"))).toBe(true);
      expect((await bench.engine.inspect(container))?.isRunning).toBe(true);
      gateway.kill("SIGKILL");
      expect(await isGone(container)).toBe(true);
    });
  });

  test("below gVisor the same holds", { timeout: 60_000 }, async (context) => {
    const { runtimes } = await bench.engine.describe();
    if (!runtimes.includes("runsc")) return context.skip("the engine has no runsc");
    const { supervisor } = await attached(bench, specification([], { runtime: "runsc" }));
    expect((await run(supervisor, "echo out; echo err >&2; exit 3")).code).toBe(3);
    await supervisor.files.write("/tmp/a/b", Buffer.from("text"));
    expect(Buffer.from((await supervisor.files.read("/tmp/a/b", { maxBytes: 9 })).bytes).toString()).toBe(
      "text",
    );
    const script = "(setsid sleep 60 <&- >&- 2>&- &); trap '' TERM; sleep 60";
    expect(await run(supervisor, script, { timeoutMs: 500 })).toMatchObject({ isTimedOut: true });
    expect((await run(supervisor, "ps | grep -c '[s]leep 60'")).stdout).toBe("0\n");
  });
});

const place = {
  home: "/tmp",
  roots: [
    { path: "/tmp", isReadOnly: false },
    { path: "/etc", isReadOnly: true },
  ],
};

const request = (script: string, more: Partial<CommandRequest> = {}): CommandRequest => ({
  argv: ["/bin/sh", "-c", script],
  cwd: ".",
  environment,
  input: "none",
  ...more,
});

async function run(
  supervisor: Supervisor,
  script: string,
  more?: Partial<CommandRequest>,
): Promise<Finished> {
  return finish(await supervisor.start(request(script, more)));
}

async function attached(bench: Bench, asked: ContainerSpecification) {
  const container = await bench.engine.create(asked);
  const supervisor = await connectSupervisor(await bench.engine.start(container), place);
  onTestFinished(() => bench.engine.remove(container));
  return { supervisor, container, asked };
}

/** With a channel of its own: what it says on the attached stream is nothing. */
async function started(bench: Bench, asked: ContainerSpecification): Promise<string> {
  const container = await bench.engine.create(asked);
  onTestFinished(() => bench.engine.remove(container));
  (await bench.engine.start(container)).on("error", () => undefined).resume();
  return container;
}
