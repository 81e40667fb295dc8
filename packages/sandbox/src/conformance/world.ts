/** What the cases work with: a place, its shell, and the few things that they do again and again. */
import assert from "node:assert/strict";
import { isClawdError } from "@clawd/kernel";
import type { CommandExit, CommandRequest, Place } from "../place.ts";

/** A place with an empty home that can be written and has `/bin/sh` with the usual few programs; `end` gives it back. */
export interface PlaceUnderTest {
  readonly place: Place;
  end(): Promise<void>;
}

/** The test functions come as parameters, so that the suite runs under vitest, node:test and bun. */
export interface PlaceRunner {
  describe(name: string, body: () => void): unknown;
  test(name: string, body: () => Promise<void>): unknown;
  skip(name: string, body: () => Promise<void>): unknown;
}

export interface PlaceCase {
  /** Short and stable; skips name it. */
  readonly id: string;
  /** What is promised, as a sentence. */
  readonly promise: string;
  run(world: PlaceWorld): Promise<void>;
}

export interface Finished extends CommandExit {
  readonly stdout: string;
  readonly stderr: string;
}

export class PlaceWorld {
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  async read(path: string, maxBytes = 1_000_000): Promise<string> {
    return Buffer.from((await this.place.files.read(path, { maxBytes })).bytes).toString();
  }

  write(path: string, text: string) {
    return this.place.files.write(path, Buffer.from(text));
  }

  command(argv: readonly [string, ...string[]], more: Partial<CommandRequest> = {}) {
    return this.place.start({
      argv,
      cwd: ".",
      environment: this.place.environment.base,
      input: "none",
      ...more,
    });
  }

  async run(argv: readonly [string, ...string[]], more: Partial<CommandRequest> = {}): Promise<Finished> {
    const command = await this.command(argv, more);
    const taken = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    for await (const { stream, bytes } of command.output) taken[stream].push(bytes);
    const text = (pieces: Uint8Array[]) => Buffer.concat(pieces).toString();
    return { ...(await command.exit), stdout: text(taken.stdout), stderr: text(taken.stderr) };
  }

  /** Sets the scene. @throws AssertionError when the script fails. */
  async shell(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(["/bin/sh", "-c", script]);
    assert.equal(code, 0, `the script of the case failed: ${stderr}`);
    return stdout;
  }
}

/** The operation fails with one of these codes, with a hint, and without a word about paths that were not written. */
export async function fails(operation: Promise<unknown>, ...codes: readonly string[]): Promise<void> {
  const fault: unknown = await operation.then(
    () => assert.fail(`expected ${codes.join(" or ")}, but it was done`),
    (reason: unknown) => reason,
  );
  assert.ok(isClawdError(fault), `no ClawdError: ${String(fault)}`);
  assert.ok(
    codes.includes(fault.code),
    `expected ${codes.join(" or ")}, got ${fault.code}: ${fault.message}`,
  );
  assert.ok(fault.hint.length > 0, "the fault has no hint");
}
