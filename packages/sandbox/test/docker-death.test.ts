import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { dockerEngine } from "../src/docker.ts";
import { seccompProfile } from "../src/seccomp.ts";
import { busyboxBuild, testSocket, withEngine } from "./real-engine.ts";
import { temporaryDirectory } from "./silent-engine.ts";

/** A socket in front of the engine that can be cut. */
async function cuttable(engineSocket: string) {
  const socket = join(temporaryDirectory(), "s");
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: engineSocket, allowHalfOpen: true });
    for (const end of [client, engine]) {
      open.add(end);
      end.on("error", () => undefined);
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const cut = () => {
    for (const end of open) end.destroy();
    server.close();
  };
  return { socket, cut };
}

withEngine("an engine that goes away", (bench) => {
  test("the stream ends, whoever writes is told, and the next call says that it is gone", async () => {
    const front = await cuttable(bench.socket);
    const engine = dockerEngine({ socket: front.socket });
    const container = await engine.create(bench.specification("cat"));
    const stream = await engine.start(container);
    stream.write("hello\n");
    const first = await new Promise<Buffer>((resolve) => stream.once("data", resolve));
    expect(first.toString()).toBe("hello\n");
    const rest = text(stream).catch((fault: { code: string }) => fault.code);
    front.cut();
    expect(["", "CLAWD_ENGINE_UNAVAILABLE"]).toContain(await rest);
    const failure = await new Promise((resolve) => stream.write("anyone?", resolve));
    expect(failure).toBeInstanceOf(Error);
    await expect(engine.inspect(container)).rejects.toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });
  });

  test("a build that is cut off is a fault, not an image", async () => {
    const front = await cuttable(bench.socket);
    const engine = dockerEngine({ socket: front.socket });
    const build = busyboxBuild(['RUN ["/bin/busybox", "sleep", "1000"]'], "clawdbot-test:cut");
    const building = engine.build(build, (line) => line.includes("sleep") && front.cut());
    await expect(building).rejects.toMatchObject({
      code: expect.stringMatching(/^CLAWD_(ENGINE_UNAVAILABLE|IMAGE_BUILD)$/),
    });
  });
});

const tool = fileURLToPath(new URL("../../../tools/engine.mjs", import.meta.url));
const canStart = testSocket !== null && process.getuid?.() === 0 && existsSync("/usr/sbin/dockerd");

describe.skipIf(!canStart)(
  "an engine that is killed [needs CLAWD_TEST_DOCKER_HOST, dockerd and root]",
  () => {
    const directory = join("/tmp", `clawd-death-${process.pid}`);
    const environment = { ...process.env, CLAWD_ENGINE_DIRECTORY: directory };
    const run = (command: string) =>
      spawnSync(process.execPath, [tool, command], { env: environment, encoding: "utf8" });
    afterAll(() => {
      run("remove");
      expect(existsSync(directory)).toBe(false);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(directory);
    });

    test("in the middle of a stream: the stream ends, calls say so, and the next engine is used", async () => {
      expect(run("daemon").stderr).toContain("starting dockerd");
      const engine = dockerEngine({ socket: join(directory, "docker.sock") });
      const image = await engine.build(busyboxBuild(), () => undefined);
      const [container, stream] = await begin();
      const reading = text(stream).catch((fault: { code: string }) => fault.code);
      process.kill(Number(readFileSync(join(directory, "pid"), "utf8")), "SIGKILL");
      await reading;
      await expect(engine.inspect(container)).rejects.toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });

      expect(run("daemon").stderr).toContain("starting dockerd");
      await expect(engine.inspect(container)).resolves.toMatchObject({ id: container, isRunning: false });
      const [, again] = await begin();
      again.end("back");
      await expect(text(again)).resolves.toBe("back");

      async function begin() {
        const name = `clawdbot-test-death-${Math.random().toString(36).slice(2)}`;
        const specification = {
          name,
          image: image.id,
          labels: {},
          command: ["/bin/busybox", "cat"],
          user: "10001:10001",
          workdir: "/",
          environment: {},
          mounts: [],
          tmpfs: {},
          isRootReadOnly: true,
          network: "none",
          capDrop: ["ALL"],
          seccomp: seccompProfile(),
          apparmor: null,
          limits: { processes: 16, memory: 64 * 1024 * 1024, cpus: 1, ulimits: {} },
          dns: [],
          extraHosts: [],
        };
        const id = await engine.create(specification);
        return [id, await engine.start(id)] as const;
      }
    }, 120_000);
  },
);
