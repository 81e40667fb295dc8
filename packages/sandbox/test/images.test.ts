import { describe, expect, test } from "vitest";
import type { Engine, ImageBuild, ImageInfo } from "../src/engine.ts";
import { imageFiles } from "../src/image-files.ts";
import { buildImages, ensureImage, imageNames } from "../src/images.ts";
import { supervisorPath } from "../src/specification.ts";
import { connectSupervisor } from "../src/supervisor/supervisor.ts";
import { busyboxBuild, withEngine } from "./real-engine.ts";

const { digest } = imageFiles();

/** An engine that has images and builds what it is told; nothing else of it is asked. */
function shelf(images: Record<string, ImageInfo>) {
  const builds: ImageBuild[] = [];
  const engine = {
    image: async (reference: string) => images[reference] ?? null,
    build: async (build: ImageBuild, onProgress: (line: string) => void) => {
      builds.push(build);
      onProgress("Step 1/1 : FROM scratch");
      const made = { id: `sha256:built-${builds.length}`, labels: build.labels, environment: {} };
      images[build.tag] = made;
      return made;
    },
  } as unknown as Engine;
  return { engine, builds };
}
const image = (id: string, supervisor?: string): ImageInfo => ({
  id: `sha256:${id}`,
  labels: supervisor === undefined ? {} : { "clawdbot.supervisor": supervisor },
  environment: {},
});

describe("the image of a sandbox", () => {
  test("ours is missing: a fault with the command that makes it, and nothing is fetched or built", async () => {
    const { engine, builds } = shelf({});
    await expect(ensureImage(engine, imageNames.sandbox)).rejects.toMatchObject({
      code: "CLAWD_IMAGE_MISSING",
      hint: expect.stringContaining("clawdbot sandbox build"),
    });
    await expect(ensureImage(engine, "debian:bookworm-slim")).rejects.toMatchObject({
      code: "CLAWD_IMAGE_MISSING",
    });
    expect(builds).toEqual([]);
  });

  test("ours of another version is not used", async () => {
    for (const other of [undefined, "sha256:0"]) {
      const { engine } = shelf({ [imageNames.sandbox]: image("old", other) });
      await expect(ensureImage(engine, imageNames.sandbox)).rejects.toMatchObject({
        code: "CLAWD_IMAGE_OUTDATED",
        hint: expect.stringContaining("clawdbot sandbox build"),
      });
    }
  });

  test("an owner's image gets the supervisor once for each pair of digests", async () => {
    const images = { [imageNames.sandbox]: image("ours", digest), "own:1": image("own") };
    const { engine, builds } = shelf(images);
    const first = await ensureImage(engine, "own:1");
    expect(await ensureImage(engine, "own:1")).toBe(first);
    expect(builds).toHaveLength(1);
    expect(builds[0]).toMatchObject({
      arguments: { IMAGE: "sha256:own", SUPERVISOR: "sha256:ours" },
      network: "none",
    });
    images["own:1"] = image("newer");
    expect((await ensureImage(engine, "own:1")).id).not.toBe(first.id);
    images[imageNames.sandbox] = image("ours, newer", digest);
    await ensureImage(engine, "own:1");
    expect(new Set(builds.map(({ tag }) => tag)).size).toBe(3);
  });

  test("an owner's image that has this supervisor is taken as it is; one with another is layered again", async () => {
    const images = {
      [imageNames.sandbox]: image("ours", digest),
      "own:1": image("own", digest),
      "own:2": image("own2", "sha256:0"),
    };
    const { engine, builds } = shelf(images);
    expect(await ensureImage(engine, "own:1")).toBe(images["own:1"]);
    await ensureImage(engine, "own:2");
    expect(builds).toHaveLength(1);
  });

  test("an owner's image without ours to take the supervisor from is a fault that says so", async () => {
    const { engine } = shelf({ "own:1": image("own") });
    await expect(ensureImage(engine, "own:1")).rejects.toMatchObject({
      hint: expect.stringContaining("sandbox build"),
    });
  });

  test("proxies of the gateway count while it is built, and nothing else of its environment does", async () => {
    const { engine, builds } = shelf({});
    const environment = {
      HTTP_PROXY: "http://proxy:1",
      https_proxy: "http://proxy:2",
      TELEGRAM_TOKEN: "secret",
    };
    const lines: string[] = [];
    await buildImages(engine, ["sandbox"], (line) => lines.push(line), { environment });
    expect(builds[0]?.arguments).toEqual({
      APT_OPTIONS: "",
      HTTP_PROXY: "http://proxy:1",
      https_proxy: "http://proxy:2",
    });
    expect(lines).toEqual(["sandbox: Step 1/1 : FROM scratch"]);
  });

  test("the browser is built on the sandbox of this version, never on another", async () => {
    const images: Record<string, ImageInfo> = { [imageNames.sandbox]: image("old", "sha256:0") };
    const { engine, builds } = shelf(images);
    await expect(buildImages(engine, ["browser"], () => undefined)).rejects.toMatchObject({
      code: "CLAWD_IMAGE_OUTDATED",
    });
    await buildImages(engine, ["browser", "sandbox"], () => undefined);
    expect(builds.map(({ tag }) => tag)).toEqual([imageNames.sandbox, imageNames.browser]);
    expect(builds[1]?.arguments).toMatchObject({ SANDBOX: "sha256:built-1" });
  });
});

withEngine("the images themselves", (bench) => {
  const { engine } = bench;
  const aptOptions = process.env["CLAWD_TEST_APT_OPTIONS"] ?? "";
  const root = { path: "/tmp", isReadOnly: false } as const;

  /** What a command in a container of `reference` says, through the supervisor. */
  async function say(
    reference: string,
    script: readonly [string, ...string[]],
    runtime?: string,
  ): Promise<string> {
    const { id } = await ensureImage(engine, reference);
    const base = bench.specification("");
    const container = await engine.create({
      ...base,
      image: id,
      command: [supervisorPath],
      limits: { ...base.limits, processes: 256, memory: 256 * 1024 * 1024 },
      ...(runtime !== undefined && { runtime }),
    });
    const stream = await engine.start(container);
    const supervisor = await connectSupervisor(stream, { home: "/tmp", roots: [root] });
    const command = await supervisor.start({
      argv: script,
      cwd: "/tmp",
      environment: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      input: "none",
    });
    const parts: Uint8Array[] = [];
    for await (const { bytes } of command.output) parts.push(bytes);
    await command.exit;
    supervisor.close();
    await engine.remove(container);
    return Buffer.concat(parts).toString();
  }

  test("the sandbox is built from its Dockerfile, and has what it promises and no compiler", async ({
    skip,
  }) => {
    if ((await engine.image("debian:bookworm-slim")) === null) {
      expect(process.env["CI"], "CI needs debian:bookworm-slim on its engine").toBeUndefined();
      skip("the engine has no debian:bookworm-slim");
    }
    const steps: string[] = [];
    const settings = { network: "host", aptOptions, environment: process.env } as const;
    const built = await buildImages(engine, ["sandbox"], (line) => steps.push(line), settings);
    expect(steps[0]).toMatch(/^sandbox: Step 1\/\d+ : ARG BASE/);
    expect(await ensureImage(engine, imageNames.sandbox)).toEqual(built.sandbox);
    const script = `id -u; for program in bash curl git jq python3 rg; do command -v $program >/dev/null && echo $program; done
      ls /etc/ssl/certs/ca-certificates.crt; command -v gcc cc; find / -xdev -perm /6000 -type f 2>/dev/null; grep -c sandbox /etc/passwd`;
    expect((await say(imageNames.sandbox, ["/bin/bash", "-c", script])).trim().split("\n")).toEqual([
      "10001",
      "bash",
      "curl",
      "git",
      "jq",
      "python3",
      "rg",
      "/etc/ssl/certs/ca-certificates.crt",
      "1",
    ]);
  }, 600_000);

  test("any other image becomes a sandbox by a layer, which is made once", async ({ skip }) => {
    if ((await engine.image(imageNames.sandbox)) === null) skip("the engine has no sandbox image");
    await engine.build(busyboxBuild(["USER 0", "LABEL own=1"], "clawdbot-test:own"), () => undefined);
    expect(await say("clawdbot-test:own", ["/bin/busybox", "id", "-u"])).toBe("10001\n");
    const layer = await ensureImage(engine, "clawdbot-test:own");
    expect(layer.labels).toMatchObject({ own: "1", "clawdbot.supervisor": digest });
    expect((await ensureImage(engine, "clawdbot-test:own")).id).toBe(layer.id);
  }, 120_000);

  test("the same image runs under gVisor", async ({ skip }) => {
    if ((await engine.image(imageNames.sandbox)) === null) skip("the engine has no sandbox image");
    if (!(await engine.describe()).runtimes.includes("runsc")) skip("the engine has no runsc");
    expect(await say(imageNames.sandbox, ["/bin/dmesg"], "runsc")).toMatch(/gVisor/);
  }, 120_000);
});

withEngine("what a build leaves behind", (bench) => {
  test("images without a name go, but for the newest; others, and what a container is made of, stay", async () => {
    const label = `clawdbot.test.old-${bench.name()}`;
    const build = (word: string, tag: string) =>
      bench.engine.build(
        { ...busyboxBuild([`LABEL word=${word}`], tag), labels: { [label]: "1" } },
        () => undefined,
      );
    const tag = `${bench.name()}:one`;
    const made = [];
    for (const word of ["a", "b", "c", "d"]) made.push(await build(word, tag));
    const [first, second, third, fourth] = made.map(({ id }) => id);
    const container = await bench.engine.create(bench.specification("sleep 60", { image: first! }));
    expect(await bench.engine.removeUnnamed(label, 1)).toBe(1);
    expect(await bench.engine.image(second!)).toBeNull();
    for (const id of [first!, third!, fourth!, bench.image.id])
      expect(await bench.engine.image(id)).not.toBeNull();
    await bench.engine.remove(container);
    expect(await bench.engine.removeUnnamed(label, 0)).toBe(2);
    expect(await bench.engine.image(fourth!)).not.toBeNull();
  });
});
