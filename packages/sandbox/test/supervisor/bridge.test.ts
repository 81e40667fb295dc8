/** The engine's exec as the way to process 1: what works over it, and who is refused on it. */
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { differences } from "../../src/observed.ts";
import { connectSupervisor } from "../../src/supervisor/supervisor.ts";
import { withEngine } from "../real-engine.ts";
import { program, supervisedContainers } from "./in-a-container.ts";
import { environment, finish } from "./run.ts";

const place = { home: "/tmp", roots: [{ path: "/tmp", isReadOnly: false }] };

withEngine("the supervisor by the engine's exec", (bench) => {
  const { specification, made, isGone } = supervisedContainers(bench);
  const { engine } = bench;

  /** A container whose process 1 waits for its bridge, and the bridge. */
  async function bridged(runtime?: string) {
    const asked = specification(["--await-bridge"], runtime === undefined ? {} : { runtime });
    const container = await made(asked);
    await engine.launch(container);
    const stream = await engine.run(container, [program, "--bridge"]);
    const supervisor = await connectSupervisor(stream, place);
    onTestFinished(() => supervisor.close());
    const run = async (script: string) =>
      finish(
        await supervisor.start({ argv: ["/bin/sh", "-c", script], cwd: ".", environment, input: "none" }),
      );
    return { asked, container, supervisor, run };
  }

  test("commands, files and limits are as by any other stream", async () => {
    const { asked, supervisor, run } = await bridged();
    expect(supervisor.hello).toMatchObject({ uid: 10001, gid: 10001, pid: 1 });
    expect(differences(await supervisor.observe(), asked)).toEqual([]);
    expect(await run("echo out; echo err >&2; exit 3")).toMatchObject({
      stdout: "out\n",
      stderr: "err\n",
      code: 3,
    });
    const bytes = Buffer.alloc(3_000_000, "0123456789");
    await supervisor.files.write("/tmp/large", bytes.subarray(0, 900_000));
    const read = await supervisor.files.read("/tmp/large", { maxBytes: 900_000 });
    expect(Buffer.from(read.bytes).equals(bytes.subarray(0, 900_000))).toBe(true);
    expect((await run("yes | head -c 20000000 | wc -c")).stdout).toBe("20000000\n");
    expect((await run("yes | head -c 3000000")).stdout).toHaveLength(3_000_000);
  });

  test("the bridge is as confined as the commands, and they cannot look into it", async () => {
    const { run } = await bridged();
    const bridge = "$(ps -o pid,args | awk '/--bridge/ && !/awk/ { print $1 }')";
    const confined = await run(
      `grep -E '^(Cap...|NoNewPrivs|Seccomp|Uid)' /proc/${bridge}/status | cut -f1,2`,
    );
    expect(
      confined.stdout
        .split("\n")
        .filter((line) => /Cap/.test(line))
        .every((line) => /\t0{16}$/.test(line)),
    ).toBe(true);
    expect(confined.stdout).toMatch(/Uid:\t10001/);
    expect(confined.stdout).toMatch(/NoNewPrivs:\t1/);
    expect(confined.stdout).toMatch(/Seccomp:\t2/);
    const reach = await run(
      `b=${bridge}; ls /proc/$b/fd; cat /proc/$b/environ; echo x > /proc/$b/fd/1; head -c 1 /proc/$b/mem; readlink /proc/$b/exe`,
    );
    expect(reach.stdout).toBe("");
    expect((await run("echo alive")).stdout).toBe("alive\n");
  });

  test("a timeout and a killed tracker leave the bridge alone", async () => {
    const { supervisor, run } = await bridged();
    const slow = await supervisor.start({
      argv: ["/bin/sh", "-c", "setsid sleep 60 & sleep 60"],
      cwd: ".",
      environment,
      input: "none",
      timeoutMs: 300,
    });
    expect(await finish(slow)).toMatchObject({ isTimedOut: true });
    await run("kill -9 $PPID; sleep 60");
    expect((await run("echo alive; ps | grep -c '[s]leep'")).stdout).toBe("alive\n0\n");
  });

  test("when the stream is let go, or the bridge is killed, the container ends", async () => {
    const first = await bridged();
    await first.supervisor.start({
      argv: ["/bin/sh", "-c", "trap '' TERM; sleep 60"],
      cwd: ".",
      environment,
      input: "none",
    });
    first.supervisor.close();
    expect(await isGone(first.container)).toBe(true);
    const second = await bridged();
    void second.run("kill -9 -1").catch(() => undefined);
    expect(await isGone(second.container)).toBe(true);
  });

  test("one bridge is taken: another finds nobody", async () => {
    const { container } = await bridged();
    const second = await engine.run(container, [program, "--bridge"]);
    expect(await text(second)).toBe("");
    expect(second.errorOutput).toBe("supervisor: process 1 does not wait for a bridge\n");
  });

  test("a bridge that was not started by the engine is refused, and the container ends", async () => {
    // Process 1 waits; what comes is its own child, as whatever a hostile image would start is.
    const script = `(sleep 0.3; exec ${program} --bridge) & exec ${program} --await-bridge`;
    const container = await made({ ...specification(), command: ["/bin/busybox", "sh", "-c", script] });
    const stream = await engine.start(container);
    expect(await text(stream)).toBe("");
    expect(stream.errorOutput).toContain("what came is no bridge of the engine's");
    expect(await isGone(container)).toBe(true);
  });

  test("a bridge speaks to nobody but process 1", async () => {
    const script = "sleep 60 & exec sleep 60";
    const container = await made({ ...specification(), command: ["/bin/busybox", "sh", "-c", script] });
    await engine.launch(container);
    const impostor = await engine.run(container, ["/bin/impostor"]);
    await once(impostor, "readable");
    const bridge = await engine.run(container, [program, "--bridge"]);
    bridge.write("for process 1 alone");
    expect(await text(bridge)).toBe("");
    expect(bridge.errorOutput).toContain("what waits for the bridge is not process 1");
    expect(await text(impostor)).toBe("waiting\n");
  });

  test(
    "below a gVisor whose sockets do not say who is there, nobody is believed",
    { timeout: 60_000 },
    async (context) => {
      if (!(await engine.describe()).runtimes.includes("runsc"))
        return context.skip("the engine has no runsc");
      await expect(bridged("runsc")).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
    },
  );

  test("nobody comes: process 1 does not wait for ever", { timeout: 60_000 }, async () => {
    const container = await made(specification(["--await-bridge"]));
    await engine.launch(container);
    await expect
      .poll(async () => (await engine.inspect(container))?.isRunning, { timeout: 40_000, interval: 500 })
      .toBe(false);
  });
});
