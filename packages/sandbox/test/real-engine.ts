/**
 * The container engine that tests run against: `CLAWD_TEST_DOCKER_HOST=unix:///path/of/the.sock`. Without it a developer is told
 * what does not run, and CI fails.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainContainer } from "../src/conformance/plain-container.ts";
import { dockerEngine } from "../src/docker.ts";
import type { ContainerSpecification, Engine, ImageInfo } from "../src/engine.ts";

const host = process.env["CLAWD_TEST_DOCKER_HOST"];
export const testSocket = host?.replace(/^unix:\/\//, "") ?? null;

const busybox = "/usr/bin/busybox";
const testLabel = "clawdbot.test";

/** What a test gets: an engine, a small image, and containers that are gone afterwards. */
export interface Bench {
  readonly engine: Engine;
  readonly socket: string;
  /** busybox and nothing else; its own ENTRYPOINT says that it was ignored. */
  readonly image: ImageInfo;
  /** Told of this run alone. */
  readonly labels: Readonly<Record<string, string>>;
  name(): string;
  /** What a container of this run is made from; runs `script` in a shell. */
  specification(script: string, change?: Partial<ContainerSpecification>): ContainerSpecification;
  /** Everything that `script` writes to standard output in a container of its own. */
  run(script: string, change?: Partial<ContainerSpecification>): Promise<string>;
}

/** Tests that need the engine. */
export function withEngine(title: string, body: (bench: Bench) => void): void {
  if (testSocket === null && process.env["CI"])
    test(`${title}: an engine is there`, () =>
      expect.unreachable("CI needs a container engine: set CLAWD_TEST_DOCKER_HOST."));
  describe.skipIf(testSocket === null)(`${title} [needs CLAWD_TEST_DOCKER_HOST]`, () => body(bench()));
}

function bench(): Bench {
  const run = randomBytes(4).toString("hex");
  const labels = { [testLabel]: run };
  const socket = testSocket ?? "/nowhere";
  const engine = dockerEngine({ socket });
  let image: ImageInfo;
  let count = 0;
  const bench: Bench = {
    engine,
    socket,
    labels,
    get image() {
      return image;
    },
    name: () => `clawdbot-test-${run}-${++count}`,
    specification: (script, change) => ({
      ...plainContainer({
        name: bench.name(),
        image: image.id,
        labels,
        command: ["/bin/busybox", "sh", "-c", script],
      }),
      ...change,
    }),
    async run(script, change) {
      const container = await engine.create(bench.specification(script, change));
      const stream = await engine.start(container);
      const output = await text(stream);
      await engine.remove(container);
      return output + stream.errorOutput;
    },
  };
  beforeAll(async () => {
    image = await engine.build(busyboxBuild(), () => undefined);
  });
  afterAll(async () => {
    for (const { id } of await engine.list(labels)) await engine.remove(id);
  });
  return bench;
}

export function busyboxBuild(more: readonly string[] = [], tag = "clawdbot-test:busybox") {
  const lines = [
    "FROM scratch",
    "COPY busybox /bin/busybox",
    'ENTRYPOINT ["/bin/busybox", "echo", "the image runs"]',
  ];
  return {
    tag,
    dockerfile: [...lines, "ENV FROM_IMAGE=yes", "LABEL clawdbot.test.image=busybox", ...more].join("\n"),
    files: { busybox: readFileSync(busybox) },
    labels: {},
    network: "none",
    arguments: {},
  } as const;
}
