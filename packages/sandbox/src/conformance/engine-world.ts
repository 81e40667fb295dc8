/** What the cases of an engine work with: containers of its image that are gone afterwards. */
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import type { ContainerSpecification, ContainerStream, Engine } from "../engine.ts";
import { plainContainer } from "./plain-container.ts";

export interface EngineUnderTest {
  readonly engine: Engine;
  /** `sha256:…` of an image on that engine. */
  readonly image: string;
  /** A shell in that image, which takes a script as its last argument: `["/bin/sh", "-c"]`. It finds the usual few programs. */
  readonly shell: readonly [string, ...string[]];
}

export interface EngineCase {
  readonly id: string;
  readonly promise: string;
  run(world: EngineWorld): Promise<void>;
}

export class EngineWorld {
  readonly engine: Engine;
  readonly image: string;
  /** Of this case's containers alone. */
  readonly labels: Readonly<Record<string, string>>;
  readonly #shell: readonly string[];
  readonly #word = randomBytes(6).toString("hex");
  #count = 0;

  constructor({ engine, image, shell }: EngineUnderTest) {
    this.engine = engine;
    this.image = image;
    this.#shell = shell;
    this.labels = { "clawdbot.conformance": this.#word };
  }

  specification(script: string, change: Partial<ContainerSpecification> = {}): ContainerSpecification {
    const plain = plainContainer({
      name: `clawdbot-conformance-${this.#word}-${++this.#count}`,
      image: this.image,
      labels: this.labels,
      command: this.command(script),
    });
    // Engines may put processes of their own beside ours, as gVisor does.
    const limits = { ...plain.limits, processes: 256, memory: 256 * 1024 * 1024, cpus: 1 };
    return { ...plain, limits, ...change };
  }

  /** What runs this script in a shell of the image. */
  command(script: string): readonly string[] {
    return [...this.#shell, script];
  }

  async start(script: string): Promise<readonly [ContainerStream, string]> {
    const container = await this.engine.create(this.specification(script));
    return [await this.engine.start(container), container];
  }

  /** All that the script writes to standard output. */
  async say(script: string, change: Partial<ContainerSpecification> = {}): Promise<string> {
    const container = await this.engine.create(this.specification(script, change));
    return text(await this.engine.start(container));
  }

  /** Resolves when the container no longer runs. */
  async ended(container: string): Promise<void> {
    while ((await this.engine.inspect(container))?.isRunning === true)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async end(): Promise<void> {
    for (const { id } of await this.engine.list(this.labels)) await this.engine.remove(id);
  }
}
