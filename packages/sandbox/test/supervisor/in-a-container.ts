/** The supervisor's program in a bare image, and containers made from it. */
import { readFileSync } from "node:fs";
import { beforeAll, onTestFinished } from "vitest";
import type { ContainerSpecification, ImageInfo } from "../../src/engine.ts";
import { busyboxBuild, type Bench } from "../real-engine.ts";
import { compiledImpostor, compiledSupervisor } from "./compiled.ts";
import { environment, eventually } from "./run.ts";

export const program = "/usr/local/bin/clawd-supervisor";
const megabyte = 2 ** 20;

export interface SupervisedContainers {
  readonly specification: (
    args?: readonly string[],
    change?: Partial<ContainerSpecification>,
  ) => ContainerSpecification;
  /** Made, and removed after the test. */
  readonly made: (asked: ContainerSpecification) => Promise<string>;
  readonly isGone: (container: string) => Promise<boolean>;
}

/** For the body of `withEngine`. */
export function supervisedContainers(bench: Bench): SupervisedContainers {
  const { engine } = bench;
  let image: ImageInfo;
  beforeAll(async () => {
    const lines = [
      `COPY supervisor ${program}`,
      "COPY impostor /bin/impostor",
      'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
    ];
    const build = busyboxBuild(lines, "clawdbot-test:supervisor");
    const files = {
      ...build.files,
      supervisor: readFileSync(compiledSupervisor()),
      impostor: readFileSync(compiledImpostor()),
    };
    image = await engine.build({ ...build, files }, () => undefined);
  });
  const limits = {
    processes: 128,
    memory: 96 * megabyte,
    cpus: 1,
    ulimits: { nofile: { soft: 256, hard: 256 } },
  };
  return {
    specification: (args = [], change = {}) => ({
      ...bench.specification("", { image: image.id, command: [program, ...args], environment, ...change }),
      limits,
    }),
    async made(asked) {
      const container = await engine.create(asked);
      onTestFinished(() => engine.remove(container));
      return container;
    },
    isGone: (container) => eventually(async () => (await engine.inspect(container))?.isRunning !== true, 100),
  };
}
