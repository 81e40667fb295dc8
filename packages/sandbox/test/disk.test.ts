/** What fills the places that a command may write to, in real containers: it ends or is told, and everybody else goes on. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { workspaceOf } from "../src/scope.ts";
import { sandboxWorld, shell } from "./a-sandbox.ts";
import { withEngine } from "./real-engine.ts";

const megabytes = "head -c 5000000 /dev/zero";

withEngine("a disk that is filled", (bench) => {
  function aWorld() {
    const world = sandboxWorld(bench.engine);
    onTestFinished(() => world.close());
    const docker = { containerPrefix: "clawdbot-test-" };
    const enter = async (config: object = {}, settings: object = {}, scopeKey = "agent:main") => {
      const need = world.need({ docker, ...config }, { scopeKey });
      return (await world.sandboxes.enter({ ...need, settings: { ...need.settings, ...settings } })).place;
    };
    return { ...world, enter };
  }

  /** A file system of its own for the workspaces. */
  function aSmallDisk(options: string): string | null {
    const directory = mkdtempSync(join(tmpdir(), "clawd-small-"));
    if (spawnSync("mount", ["-t", "tmpfs", "-o", options, "none", directory]).status !== 0) return null;
    onTestFinished(() => {
      spawnSync("umount", ["--lazy", directory]);
      rmSync(directory, { recursive: true, force: true });
    });
    mkdirSync(join(directory, "sandboxes"));
    return join(directory, "sandboxes");
  }

  test("a command that fills its workspace is ended and told, another sandbox goes on, and nothing is added until something is removed", async () => {
    const { enter } = aWorld();
    const limited = { workspaceMax: "60m" };
    const neighbour = await enter({}, {}, "agent:other");
    const beside = shell(neighbour, "sleep 5; echo still here");
    const place = await enter(limited);
    const fill = `i=0; while :; do ${megabytes} > f$i; i=$((i+1)); sleep 0.1; done`;
    await expect(shell(place, fill, 60_000)).rejects.toMatchObject({
      code: "CLAWD_SANDBOX_DISK",
      message: expect.stringContaining("holds more than it may"),
    });
    const again = await enter(limited);
    await expect(shell(again, "true")).rejects.toMatchObject({ code: "CLAWD_SANDBOX_DISK" });
    await expect(again.files.write("more", Buffer.from("x"))).rejects.toMatchObject({
      code: "CLAWD_SANDBOX_DISK",
    });
    const { entries } = await again.files.list(".", 1_000);
    expect(entries.length).toBeGreaterThan(10);
    for (const { name } of entries) await again.files.remove(name);
    await expect.poll(() => shell(again, "echo room").then(({ output }) => output, String)).toBe("room\n");
    expect((await beside).output).toBe("still here\n");
  }, 90_000);

  test("what a command left running is ended as well", async () => {
    const { enter, stateDirectory } = aWorld();
    const place = await enter({ workspaceMax: "60m" });
    const daemon = `setsid sh -c 'i=0; while :; do ${megabytes} > f$i; i=$((i+1)); sleep 0.1; done' >&- 2>&- <&- &`;
    expect((await shell(place, daemon)).code).toBe(0);
    const own = workspaceOf(join(stateDirectory, "sandboxes"), "agent:main");
    const size = () => spawnSync("du", ["-sm", own], { encoding: "utf8" }).stdout.split("\t")[0];
    await expect
      .poll(() => place.files.stat(".").then(String, ({ code }) => code as string), { timeout: 30_000 })
      .toBe("CLAWD_SANDBOX_DISK");
    const then = size();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(size()).toBe(then);
  }, 60_000);

  describe("a file system that is nearly full", () => {
    test.each([
      ["of bytes", "size=400m,mode=755", `while :; do ${megabytes} >> all; sleep 0.02; done`, "nearly full"],
      [
        "of files",
        "size=2g,nr_inodes=12000,mode=755",
        "i=0; while [ $i -lt 11000 ]; do : > f$i; i=$((i+1)); done; sleep 60",
        "many more files",
      ],
    ])(
      "%s ends what fills it, and refuses the next",
      async (_what, options, fill, said) => {
        const { enter } = aWorld();
        const workspaceRoot = aSmallDisk(options);
        if (workspaceRoot === null) return expect(process.getuid?.()).not.toBe(0);
        const place = await enter({}, { workspaceRoot });
        const full = { code: "CLAWD_SANDBOX_DISK", message: expect.stringContaining(said) };
        await expect(shell(place, fill, 50_000)).rejects.toMatchObject(full);
        const again = await enter({}, { workspaceRoot });
        await expect(shell(again, "true")).rejects.toMatchObject(full);
      },
      60_000,
    );
  });

  test("places in memory that are full refuse the writer alone", async () => {
    const { enter } = aWorld();
    const place = await enter();
    for (const path of ["/tmp", "/var/tmp"]) {
      const { output, code } = await shell(place, `head -c 300000000 /dev/zero > ${path}/full 2>&1; echo $?`);
      expect({ path, code, output: output.trim().split("\n").at(-1) }).toEqual({
        path,
        code: 0,
        output: "1",
      });
    }
    expect((await shell(place, "echo alive; python3 -c 'print(1)'")).output).toBe("alive\n1\n");
    await place.files.write("work.txt", Buffer.from("on the disk"));
    await expect(place.files.write("/tmp/more.txt", Buffer.alloc(10_000))).rejects.toMatchObject({
      code: "CLAWD_FILE_FULL",
    });
    expect((await shell(place, "rm /tmp/full && echo x > /tmp/y && cat /tmp/y")).output).toBe("x\n");
  }, 60_000);

  test("a place in memory with too many files refuses the writer alone, and takes little of the memory", async () => {
    const { enter } = aWorld();
    const place = await enter();
    const script = `python3 - <<'P'
import os
n = 0
try:
    while n < 2000000:
        open("/tmp/%d" % n, "w").close(); n += 1
except OSError as fault:
    print(fault.errno, n < 70000)
P`;
    expect((await shell(place, script, 50_000)).output).toBe("28 True\n");
    expect(
      (await shell(place, "echo alive; python3 -c 'x = bytearray(300 * 2**20); print(len(x))'")).output,
    ).toBe("alive\n314572800\n");
  }, 60_000);
});
