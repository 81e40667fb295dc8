/** Sandboxes as a gateway opens them, on the real engine: what holds, and what is refused. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClawdError } from "@clawd/kernel";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Engine } from "../src/engine.ts";
import { workspaceOf } from "../src/scope.ts";
import { sandboxWorld, shell, type SandboxWorld } from "./a-sandbox.ts";
import { withEngine } from "./real-engine.ts";

withEngine("sandboxes", (bench) => {
  function aWorld(change: Parameters<typeof sandboxWorld>[1] = {}): SandboxWorld {
    const world = sandboxWorld(bench.engine, change);
    onTestFinished(() => world.close());
    return world;
  }

  test("each access has the mounts of the security document", async () => {
    const { sandboxes, need, agentWorkspace } = aWorld();
    const look = "cat /agent/notes.txt; cat /workspace/notes.txt; touch /agent/x; touch /workspace/x; id -u";
    const outputs: string[] = [];
    for (const access of ["none", "ro", "rw"] as const) {
      const { place } = await sandboxes.enter(need({}, { access }));
      outputs.push((await shell(place, `(${look}) 2>/dev/null`)).output);
    }
    expect(outputs).toEqual(["10001\n", "a note\n10001\n", "a note\n1000\n"]);
    expect(readdirSync(agentWorkspace).toSorted()).toEqual(["notes.txt", "x"]);
  }, 60_000);

  test.each(["standard", "strong"] as const)(
    "%s isolation is proven from inside, and says so",
    async (isolation) => {
      const { sandboxes, need } = aWorld();
      const { place } = await sandboxes.enter(need({ isolation }));
      expect(place.receipt).toMatchObject({ place: "sandbox", isolation, path: "supervisor" });
      const kernel = await shell(
        place,
        "dmesg 2>/dev/null | head -1; cat /proc/version; cat /etc/resolv.conf | wc -c",
      );
      expect(kernel.output.includes("gVisor") || kernel.output.includes("4.4.0")).toBe(
        isolation === "strong",
      );
      expect(kernel.output.trim().split("\n").at(-1)).toBe("0");
    },
    60_000,
  );

  test("bombs end themselves, and the next command lives", async () => {
    const { sandboxes, need } = aWorld();
    const { place } = await sandboxes.enter(need({ docker: { pidsLimit: 64, memory: "128m" } }));
    const bombs = [
      "b() { b | b & b; }; b",
      "python3 -c 'x = []\nwhile True: x.append(bytearray(10**7))'",
      "yes",
      "while :; do setsid sleep 60 >/dev/null 2>&1 & done",
      "kill -9 -1",
    ];
    for (const bomb of bombs) {
      await shell(place, `${bomb} >/dev/null`, 1500).catch(() => undefined);
      // What was killed may take a moment to be gone.
      await expect
        .poll(() => shell(place, "echo alive").then(({ output }) => output, String), {
          timeout: 10_000,
          message: bomb,
        })
        .toBe("alive\n");
    }
    expect((await shell(place, "ls /proc | grep -c '^[0-9]'")).output.trim()).toMatch(/^[0-9]$/);
  }, 60_000);

  test("a container that is killed ends its commands, and is made anew", async () => {
    const { sandboxes, need } = aWorld();
    const first = await sandboxes.enter(need());
    const running = expect(shell(first.place, "sleep 60")).rejects.toMatchObject({
      code: "CLAWD_PLACE_LOST",
    });
    const [container] = await sandboxes.list();
    await bench.engine.remove(container!.id);
    await running;
    const second = await sandboxes.enter(need());
    expect((await shell(second.place, "echo again")).output).toBe("again\n");
  }, 60_000);

  test("a setup command runs before the first use; one that fails leaves nothing", async () => {
    const { sandboxes, need } = aWorld();
    const { place } = await sandboxes.enter(
      need({ docker: { setupCommand: "echo ready > /workspace/setup" } }),
    );
    expect((await shell(place, "cat setup")).output).toBe("ready\n");
    const failing = sandboxes.enter(need({ docker: { setupCommand: "echo no; exit 3" } }));
    await expect(failing).rejects.toMatchObject({ code: "CLAWD_SANDBOX_SETUP" });
    expect(await sandboxes.list()).toEqual([]);
  }, 60_000);

  describe("is refused, and nothing runs,", () => {
    const unavailable = new ClawdError("CLAWD_ENGINE_UNAVAILABLE", "gone", { hint: "start it" });
    const broken = (own: Partial<Engine>): Partial<Parameters<typeof sandboxWorld>[1]> => ({
      engine: { ...bench.engine, ...own },
    });
    const throws = () => Promise.reject(unavailable);
    const describing = (own: object) =>
      broken({ describe: async () => ({ ...(await bench.engine.describe()), ...own }) });
    const limited = (limit: string) =>
      broken({
        describe: async () => {
          const info = await bench.engine.describe();
          return { ...info, limits: { ...info.limits, [limit]: false } };
        },
      });
    const shortLived = broken({
      start: async (container) => {
        const stream = await bench.engine.start(container);
        await bench.engine.remove(container);
        return stream;
      },
    });

    const faults: readonly (readonly [string, () => Parameters<typeof sandboxWorld>[1], RegExp])[] = [
      ["the engine cannot be described", () => broken({ describe: throws }), /ENGINE_UNAVAILABLE/],
      ["the engine cannot limit memory", () => limited("memory"), /SANDBOX_LIMITS/],
      ["the engine cannot limit swap", () => limited("swap"), /SANDBOX_LIMITS/],
      ["the engine cannot limit processes", () => limited("processes"), /SANDBOX_LIMITS/],
      ["the engine cannot limit the processor", () => limited("cpu"), /SANDBOX_LIMITS/],
      ["the engine has no filter of system calls", () => describing({ hasSeccomp: false }), /SANDBOX_LIMITS/],
      ["the engine does not answer about images", () => broken({ image: throws }), /ENGINE_UNAVAILABLE/],
      ["the image is missing", () => broken({ image: () => Promise.resolve(null) }), /IMAGE_MISSING/],
      [
        "the image is of another version",
        () => broken({ image: async (name) => ({ ...(await bench.engine.image(name))!, labels: {} }) }),
        /IMAGE_OUTDATED/,
      ],
      [
        "the image is gone when the container is made",
        () => ({
          image: () => Promise.resolve({ id: `sha256:${"0".repeat(64)}`, labels: {}, environment: {} }),
        }),
        /ENGINE_/,
      ],
      ["the engine does not say what has the name", () => broken({ inspect: throws }), /ENGINE_UNAVAILABLE/],
      ["a container cannot be made", () => broken({ create: throws }), /ENGINE_UNAVAILABLE/],
      [
        "a container cannot be started",
        () => broken({ start: throws, launch: throws }),
        /ENGINE_UNAVAILABLE/,
      ],
      ["the container ends at once", () => shortLived, /SANDBOX_UNPROVEN|PLACE_LOST/],
      [
        "something else has the container's name",
        () =>
          broken({
            inspect: async () => ({
              id: "f",
              name: "f",
              image: "i",
              labels: {},
              isRunning: true,
              createdAt: 0,
            }),
          }),
        /SANDBOX_NAME_TAKEN/,
      ],
      [
        "another gateway has the container's name",
        () =>
          broken({
            inspect: async () => ({
              id: "f",
              name: "f",
              image: "i",
              labels: { "clawdbot.sandbox": "1", "clawdbot.gateway": "ffffffff" },
              isRunning: true,
              createdAt: 0,
            }),
          }),
        /SANDBOX_NAME_TAKEN/,
      ],
    ];

    test.each(faults)(
      "when %s",
      async (_fault, change, code) => {
        const { sandboxes, need, stateDirectory } = aWorld(change());
        const entering = sandboxes.enter(need());
        await expect(entering).rejects.toMatchObject({ code: expect.stringMatching(code) });
        expect(
          await bench.engine.list({
            "clawdbot.gateway": (await import("../src/scope.ts")).installationOf(stateDirectory),
          }),
        ).toEqual([]);
      },
      60_000,
    );

    const asked: readonly (readonly [
      string,
      (world: SandboxWorld) => Parameters<SandboxWorld["need"]>,
      RegExp,
    ])[] = [
      [
        "the workspace is a link",
        (world) => (plant(world, (path) => symlinkSync("/etc", path)), [{}]),
        /SANDBOX_WORKSPACE/,
      ],
      [
        "the workspace is a file",
        (world) => (plant(world, (path) => writeFileSync(path, "")), [{}]),
        /SANDBOX_WORKSPACE/,
      ],
      [
        "the agent's workspace is a link",
        (world) => (replace(world, (path) => symlinkSync("/etc", path)), [{}, { access: "ro" }]),
        /SANDBOX_WORKSPACE/,
      ],
      [
        "the agent's workspace is gone",
        (world) => (replace(world, () => undefined), [{}, { access: "rw" }]),
        /SANDBOX_WORKSPACE/,
      ],
      [
        "the agent's workspace is root's and would be written",
        (world) => (replace(world, (path) => mkdirSync(path)), [{}, { access: "rw" }]),
        /SANDBOX_WORKSPACE/,
      ],
      [
        "a bind leads to the engine's socket by now",
        (world) => (
          symlinkSync("/var/run", join(world.agentWorkspace, "data")),
          [{ docker: { binds: [`${world.agentWorkspace}/data:/data`] } }]
        ),
        /SANDBOX_BIND/,
      ],
      [
        "the profile of system calls is not there",
        () => [{ docker: { seccompProfile: "/nowhere.json" } }],
        /SANDBOX_SECCOMP/,
      ],
      [
        "the profile of system calls allows everything",
        (world) => [{ docker: { seccompProfile: profile(world, { defaultAction: "SCMP_ACT_ALLOW" }) } }],
        /SANDBOX_SECCOMP/,
      ],
      [
        "the profile of system calls is no JSON",
        (world) => [{ docker: { seccompProfile: profile(world, undefined) } }],
        /SANDBOX_SECCOMP/,
      ],
      [
        "the image is one that nobody built",
        () => [{ docker: { image: "nobody/built:this" } }],
        /IMAGE_MISSING/,
      ],
      [
        "the network is one that the engine has not",
        () => [{ docker: { network: "nosuchnetwork" } }],
        /ENGINE_|SANDBOX_UNPROVEN/,
      ],
    ];

    test.each(asked)(
      "when %s",
      async (_fault, prepare, code) => {
        const world = aWorld();
        const need = world.need(...prepare(world));
        await expect(world.sandboxes.enter(need)).rejects.toMatchObject({
          code: expect.stringMatching(code),
        });
        expect(await world.sandboxes.list()).toEqual([]);
      },
      60_000,
    );

    test("when somebody else comes to the channel first", async () => {
      const world = aWorld(
        broken({
          start: async (container) => {
            // Another program of the gateway's user is quicker than the supervisor.
            for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith("clawd-"))) {
              const socket = join(tmpdir(), name, "c/control.sock");
              if (existsSync(socket))
                connect(socket)
                  .on("error", () => undefined)
                  .write("nonsense ".repeat(100));
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
            return bench.engine.start(container);
          },
        }),
      );
      await expect(world.sandboxes.enter(world.need())).rejects.toMatchObject({
        code: expect.stringMatching(/PLACE_/),
      });
      expect(await world.sandboxes.list()).toEqual([]);
    }, 60_000);
  });
});

/** Where the sandbox's own workspace would be made. */
function plant({ stateDirectory }: SandboxWorld, make: (path: string) => void): void {
  const path = workspaceOf(join(stateDirectory, "sandboxes"), "agent:main");
  mkdirSync(join(path, ".."), { recursive: true });
  make(path);
}

function replace({ agentWorkspace }: SandboxWorld, make: (path: string) => void): void {
  rmSync(agentWorkspace, { recursive: true });
  make(agentWorkspace);
}

function profile({ stateDirectory }: SandboxWorld, content: unknown): string {
  mkdirSync(stateDirectory, { recursive: true });
  const path = join(stateDirectory, "profile.json");
  writeFileSync(path, content === undefined ? "{" : JSON.stringify(content));
  chmodSync(path, 0o600);
  return path;
}
