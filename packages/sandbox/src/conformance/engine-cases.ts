import assert from "node:assert/strict";
import { fails } from "./world.ts";
import type { EngineCase } from "./engine-world.ts";

const nowhere = `sha256:${"0".repeat(64)}`;

export const engineCases: readonly EngineCase[] = [
  {
    id: "engine-describe",
    promise: "it says what it is, and what it can limit",
    async run({ engine }) {
      const { version, limits, runtimes } = await engine.describe();
      assert.match(version, /^\d/);
      assert.ok(runtimes.length > 0);
      for (const limit of Object.values(limits)) assert.equal(typeof limit, "boolean");
    },
  },
  {
    id: "engine-image",
    promise: "an image is found by its digest, and one that is not there is null",
    async run({ engine, image }) {
      assert.equal((await engine.image(image))?.id, image);
      assert.equal(await engine.image(nowhere), null);
    },
  },
  {
    id: "engine-missing",
    promise: "no container is made from an image that is not there",
    run: (world) =>
      fails(world.engine.create(world.specification("true", { image: nowhere })), "CLAWD_ENGINE_MISSING"),
  },
  {
    id: "engine-conflict",
    promise: "a name is given once, also to two who ask together, and whoever has it keeps it",
    async run(world) {
      const { engine } = world;
      const specification = world.specification("true");
      const both = await Promise.allSettled([engine.create(specification), engine.create(specification)]);
      const made = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      assert.equal(made.length, 1);
      await fails(engine.create(specification), "CLAWD_ENGINE_CONFLICT");
      assert.equal((await engine.inspect(specification.name))?.id, made[0]);
    },
  },
  {
    id: "engine-list",
    promise: "containers with all of the labels are listed, running or not, and no others",
    async run(world) {
      const { engine, labels } = world;
      const mark = { ...labels, "clawdbot.sessionKey": "agent:main:telegram:group:-1001=x" };
      const idle = await engine.create(world.specification("cat", { labels: mark }));
      const running = await engine.create(world.specification("cat", { labels: mark }));
      const stream = await engine.start(running);
      await engine.create(world.specification("cat"));
      const found = new Map((await engine.list(mark)).map((one) => [one.id, one.isRunning]));
      assert.deepEqual(
        found,
        new Map([
          [idle, false],
          [running, true],
        ]),
      );
      stream.destroy();
    },
  },
  {
    id: "engine-inspect",
    promise:
      "a container is found by its name and its id, with its labels, image and time; one that is not there is null",
    async run(world) {
      const { engine, image, labels } = world;
      const specification = world.specification("true");
      const before = Date.now();
      const id = await engine.create(specification);
      for (const reference of [id, specification.name]) {
        const found = await engine.inspect(reference);
        assert.deepEqual(
          [found?.id, found?.name, found?.image, found?.isRunning],
          [id, specification.name, image, false],
        );
        assert.equal(found?.labels["clawdbot.conformance"], labels["clawdbot.conformance"]);
        assert.ok(Math.abs((found?.createdAt ?? 0) - before) < 600_000);
      }
      assert.equal(await engine.inspect("clawdbot-conformance-nobody"), null);
    },
  },
  {
    id: "engine-remove",
    promise: "what runs is removed, and what is gone or being removed already is no fault",
    async run(world) {
      const [, container] = await world.start("sleep 1000");
      const { engine } = world;
      await Promise.all([engine.remove(container), engine.remove(container)]);
      await engine.remove(container);
      assert.equal(await engine.inspect(container), null);
    },
  },
  {
    id: "engine-abort",
    promise: "a call whose signal is aborted is not made",
    async run(world) {
      const signal = AbortSignal.abort();
      const specification = world.specification("true");
      await fails(world.engine.create(specification, signal), "CLAWD_ENGINE_ABORTED");
      assert.equal(await world.engine.inspect(specification.name), null);
    },
  },
  {
    id: "engine-hostile",
    promise: "a specification that gives the machine away is refused, and nothing is made of it",
    async run(world) {
      const mount = (source: string) => ({ mounts: [{ source, target: "/x", isReadOnly: true }] });
      const changes = [
        { user: "0:0" },
        { network: "host" },
        { network: "container:x" },
        { capDrop: [] },
        { seccomp: "unconfined" },
        { image: "latest" },
        { tmpfs: { "/tmp": "exec" } },
        mount("/"),
        mount("/proc"),
        mount("/dev/null"),
      ];
      for (const change of changes) {
        const specification = world.specification("true", change);
        await fails(world.engine.create(specification), "CLAWD_ENGINE_REFUSED");
        assert.equal(await world.engine.inspect(specification.name), null);
      }
    },
  },
];
