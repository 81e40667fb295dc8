import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ContainerStream } from "../src/engine.ts";
import { withEngine } from "./real-engine.ts";

withEngine("the stream of a container", (bench) => {
  const started = async (script: string): Promise<[ContainerStream, string]> => {
    const container = await bench.engine.create(bench.specification(script));
    return [await bench.engine.start(container), container];
  };
  const ended = async (container: string) => {
    while ((await bench.engine.inspect(container))?.isRunning === true) await pause(20);
  };

  test("brings the first word, and ends when the process does", async () => {
    const [stream, container] = await started("echo first; echo complaint >&2; exit 3");
    expect(await text(stream)).toBe("first\n");
    expect(stream.errorOutput).toBe("complaint\n");
    await expect(bench.engine.inspect(container)).resolves.toMatchObject({ isRunning: false });
  });

  test("carries megabytes there and back, byte for byte", async () => {
    const [stream] = await started("cat");
    const sent = randomBytes(3_000_000);
    const hash = createHash("sha256");
    let length = 0;
    const reading = (async () => {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        hash.update(chunk);
        length += chunk.length;
      }
    })();
    for (let at = 0; at < sent.length; at += 77_777)
      if (!stream.write(sent.subarray(at, at + 77_777))) await once(stream, "drain");
    stream.end();
    await reading;
    expect(length).toBe(sent.length);
    expect(hash.digest("hex")).toBe(createHash("sha256").update(sent).digest("hex"));
  });

  test("the end of our input is the end of the process's input, and its answer still arrives", async () => {
    const [stream] = await started("wc -c; echo after");
    stream.end("12345");
    expect((await text(stream)).trim().split("\n")).toEqual(["5", "after"]);
  });

  test("destroying it ends the process's input: whoever lives by it is gone", async () => {
    const [stream, container] = await started("cat >/dev/null");
    stream.destroy();
    await ended(container);
  });

  test("a process that nobody listens to waits, and nothing piles up here", async () => {
    const [stream, container] = await started("yes 0123456789012345678901234567890");
    await pause(1500);
    expect(stream.readableLength).toBeLessThan(512 * 1024);
    await expect(bench.engine.inspect(container)).resolves.toMatchObject({ isRunning: true });
    let read = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) if ((read += chunk.length) > 4_000_000) break;
    expect(read).toBeGreaterThan(4_000_000);
    await bench.engine.remove(container);
  });

  test("a process that reads nothing makes the writer wait", async () => {
    const [stream, container] = await started("sleep 1000");
    let taken = 0;
    const chunk = Buffer.alloc(65_536);
    const isWaiting = () => stream.writableNeedDrain;
    for (let sent = 0; sent < 400 && !isWaiting(); sent++) {
      stream.write(chunk, () => taken++);
      await pause(1);
    }
    await pause(200);
    expect(isWaiting()).toBe(true);
    expect(taken).toBeLessThan(400);
    await bench.engine.remove(container);
    stream.destroy();
  });

  test("of endless complaints the last are kept", async () => {
    const [stream] = await started("yes complaint | head -c 100000 >&2; echo the last >&2");
    await text(stream);
    expect(stream.errorOutput.length).toBeLessThanOrEqual(4096);
    expect(stream.errorOutput).toMatch(/the last\n$/);
  });

  test("the container's removal ends it", async () => {
    const [stream, container] = await started("cat");
    const reading = text(stream).catch(() => "broken");
    await bench.engine.remove(container);
    expect(["", "broken"]).toContain(await reading);
  });

  test("a container that runs already is not attached to again: what it said is gone", async () => {
    const [stream, container] = await started("cat");
    await expect(bench.engine.start(container)).rejects.toMatchObject({ code: "CLAWD_ENGINE_REFUSED" });
    stream.end();
    await ended(container);
  });
});
