import { expect, test } from "vitest";
import { busyboxBuild, withEngine } from "./real-engine.ts";

withEngine("an engine", (bench) => {
  const { engine } = bench;

  test("says what it is and what it can limit", async () => {
    await expect(engine.describe()).resolves.toMatchObject({
      name: "docker",
      version: expect.stringMatching(/^\d+\.\d+/),
      runtimes: expect.arrayContaining(["runc"]),
      limits: { memory: true, processes: true, cpu: true },
      hasSeccomp: true,
      isRootless: expect.any(Boolean),
      hasUserNamespaces: expect.any(Boolean),
    });
  });

  test("has an image under its name and its digest, with its labels and variables; another it has not", async () => {
    const { id } = bench.image;
    const image = { id, labels: { "clawdbot.test.image": "busybox" }, environment: { FROM_IMAGE: "yes" } };
    await expect(engine.image("clawdbot-test:busybox")).resolves.toMatchObject(image);
    await expect(engine.image(id)).resolves.toMatchObject(image);
    await expect(engine.image("clawdbot-test:none")).resolves.toBeNull();
    await expect(engine.image("nobody/nothing@sha256:" + "0".repeat(64))).resolves.toBeNull();
  });

  test.each(["../containers/json", "a/../../info", "a b", "a?b", "a#b", "", "a\0", "-x"])(
    "%j is no name of an image or a container",
    async (name) => {
      await expect(engine.image(name)).rejects.toMatchObject({ code: "CLAWD_ENGINE_REFUSED" });
      await expect(engine.inspect(name)).rejects.toMatchObject({ code: "CLAWD_ENGINE_REFUSED" });
      await expect(engine.remove(name)).rejects.toMatchObject({ code: "CLAWD_ENGINE_REFUSED" });
    },
  );

  test("tells of each step of a build, with its files, labels and arguments", async () => {
    const steps: string[] = [];
    const build = busyboxBuild(
      ["ARG WORD", "COPY deep/er.sh /er.sh", 'RUN ["/bin/busybox", "sh", "/er.sh"]', "LABEL word=$WORD"],
      "clawdbot-test:built",
    );
    const script = Buffer.from("#!/bin/busybox sh\n[ -x /er.sh ] && echo hello\n");
    const image = await engine.build(
      {
        ...build,
        files: { ...build.files, "deep/er.sh": script },
        labels: { own: "1" },
        arguments: { WORD: "a b" },
      },
      (line) => steps.push(line),
    );
    expect(steps[0]).toMatch(/^Step 1\/\d+ : FROM scratch$/);
    expect(steps.some((line) => /^Step \d+\/\d+ : COPY deep\/er\.sh/.test(line))).toBe(true);
    expect(image.labels).toMatchObject({ own: "1", word: "a b" });
  });

  test("a step that fails is a fault with the step's line, and its output is the cause", async () => {
    const build = busyboxBuild(
      ['RUN ["/bin/busybox", "sh", "-c", "echo the reason; exit 7"]'],
      "clawdbot-test:failing",
    );
    await expect(engine.build(build, () => undefined)).rejects.toMatchObject({
      code: "CLAWD_IMAGE_BUILD",
      message: expect.stringMatching(/^Step 6\/6 : RUN .*returned a non-zero code: 7/),
      cause: { message: expect.stringContaining("the reason") },
    });
    await expect(engine.image("clawdbot-test:failing")).resolves.toBeNull();
  });

  test.each(["FROM nobody/at-all:none", "NOT A DOCKERFILE", ""])("%j cannot be built", async (dockerfile) => {
    const build = { ...busyboxBuild([], "clawdbot-test:none"), dockerfile };
    const fault = await engine
      .build(build, () => undefined)
      .then(
        () => null,
        (error: unknown) => error,
      );
    expect(fault).toMatchObject({
      code: expect.stringMatching(/^CLAWD_(IMAGE_BUILD|ENGINE_REFUSED)$/),
      hint: expect.any(String),
    });
  });

  test("a build that is given up ends, and so does its step", async () => {
    const stop = new AbortController();
    const build = busyboxBuild(['RUN ["/bin/busybox", "sleep", "1000"]'], "clawdbot-test:aborted");
    const building = engine.build(build, (line) => line.includes("sleep") && stop.abort(), stop.signal);
    await expect(building).rejects.toMatchObject({ code: "CLAWD_ENGINE_ABORTED" });
    await expect(engine.image("clawdbot-test:aborted")).resolves.toBeNull();
  });

  test("a program that is not in the image is a refusal to start, and no path of the host is told", async () => {
    const container = await engine.create(bench.specification("", { command: ["/no/such/program"] }));
    const fault = await engine.start(container).then(
      () => null,
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ code: expect.stringMatching(/^CLAWD_ENGINE_/), hint: expect.any(String) });
    expect((fault as Error).message).not.toMatch(/\/var\/lib|overlay2|\/data\//);
  });
});
