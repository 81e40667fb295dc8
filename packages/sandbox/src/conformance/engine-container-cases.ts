import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fails } from "./world.ts";
import type { EngineCase } from "./engine-world.ts";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a container is like inside, and its stream. */
export const engineContainerCases: readonly EngineCase[] = [
  {
    id: "container-confined",
    promise:
      "no capability, no new rights, a filter, no network, a root that cannot be written, and the user asked for",
    async run(world) {
      const said = await world.say(
        "grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/1/status | tr -s '\\t' ' '; ls /sys/class/net; touch /x 2>/dev/null || echo locked; ls /dev/shm 2>/dev/null; ulimit -n; ulimit -c",
      );
      const lines = ["Uid: 10001 10001 10001 10001", "CapEff: 0000000000000000", "CapBnd: 0000000000000000"];
      assert.deepEqual(
        said.trim().split("\n").toSorted(),
        [...lines, "NoNewPrivs: 1", "Seccomp: 2", "lo", "locked", "64", "0"].toSorted(),
      );
    },
  },
  {
    id: "container-environment",
    promise: "the environment is what was given, and the image's",
    async run(world) {
      assert.equal(await world.say('echo "$GREETING"', { environment: { GREETING: "a  b=c" } }), "a  b=c\n");
    },
  },
  {
    id: "container-tmpfs",
    promise: "a tmpfs ends at its size, and what is in it cannot be run",
    async run(world) {
      const said = await world.say(
        "dd if=/dev/zero of=/tmp/big bs=1k count=2000 2>/dev/null || echo full; rm /tmp/big; cp /proc/1/exe /tmp/x && chmod +x /tmp/x 2>/dev/null; /tmp/x 2>/dev/null || echo cannot",
      );
      assert.match(said, /full/);
      assert.match(said, /cannot/);
    },
  },
  {
    id: "stream-first",
    promise:
      "the first word arrives, complaints are kept apart, and the end of the process is the end of the stream",
    async run(world) {
      const [stream, container] = await world.start("echo first; echo complaint >&2; exit 3");
      assert.equal(await text(stream), "first\n");
      assert.equal(stream.errorOutput, "complaint\n");
      await world.ended(container);
    },
  },
  {
    id: "stream-bytes",
    promise: "megabytes go there and come back, byte for byte",
    async run(world) {
      const [stream] = await world.start("cat");
      const sent = randomBytes(3_000_000);
      const reading = (async () => {
        const parts: Buffer[] = [];
        for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
        return Buffer.concat(parts);
      })();
      for (let at = 0; at < sent.length; at += 77_777)
        if (!stream.write(sent.subarray(at, at + 77_777))) await once(stream, "drain");
      stream.end();
      assert.equal(digest(await reading), digest(sent));
    },
  },
  {
    id: "stream-half",
    promise: "the end of our input is the end of the process's, and its answer still arrives",
    async run(world) {
      const [stream] = await world.start("wc -c; echo after");
      stream.end("12345");
      assert.deepEqual((await text(stream)).trim().split(/\s+/), ["5", "after"]);
    },
  },
  {
    id: "stream-destroy",
    promise: "destroying the stream ends the process's input: whoever lives by it is gone",
    async run(world) {
      const [stream, container] = await world.start("cat >/dev/null");
      stream.destroy();
      await world.ended(container);
    },
  },
  {
    id: "stream-unread",
    promise: "a process that nobody listens to waits, and nothing piles up here",
    async run(world) {
      const [stream] = await world.start("yes 0123456789012345678901234567890");
      await pause(1500);
      assert.ok(stream.readableLength < 512 * 1024);
      let read = 0;
      for await (const part of stream as AsyncIterable<Buffer>) if ((read += part.length) > 4_000_000) break;
      assert.ok(read > 4_000_000);
    },
  },
  {
    id: "stream-untaken",
    promise: "a process that reads nothing makes the writer wait",
    async run(world) {
      const [stream] = await world.start("sleep 1000");
      const chunk = Buffer.alloc(65_536);
      let isWaiting = false;
      for (let sent = 0; sent < 400 && !isWaiting; sent++) {
        if (stream.write(chunk)) continue;
        const drained = once(stream, "drain").then(() => false);
        isWaiting = await Promise.race([drained, pause(1000).then(() => true)]);
      }
      assert.ok(isWaiting, "26 MB were taken by a process that reads nothing");
      stream.destroy();
    },
  },
  {
    id: "stream-complaints",
    promise: "of endless complaints the last 4 KiB are kept",
    async run(world) {
      const [stream] = await world.start("yes complaint | head -c 100000 >&2; echo the last >&2");
      await text(stream);
      assert.ok(stream.errorOutput.length <= 4096);
      assert.match(stream.errorOutput, /the last\n$/);
    },
  },
  {
    id: "stream-removed",
    promise: "the container's removal ends its stream",
    async run(world) {
      const [stream, container] = await world.start("cat");
      const reading = text(stream).catch(() => "broken");
      await world.engine.remove(container);
      assert.ok(["", "broken"].includes(await reading));
    },
  },
  {
    id: "stream-once",
    promise: "a container that runs is not started again: what it said is gone",
    async run(world) {
      const [stream, container] = await world.start("cat");
      await fails(world.engine.start(container), "CLAWD_ENGINE_REFUSED");
      stream.end();
      await world.ended(container);
    },
  },
  {
    id: "beside-confined",
    promise: "a program beside the first process is confined as it is, and its input ends with its stream",
    async run(world) {
      const container = await world.engine.create(world.specification("sleep 60"));
      await world.engine.launch(container);
      const script = "id -u; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status; read line; echo $line";
      const stream = await world.engine.run(container, world.command(script));
      stream.write("what it was told\n");
      const said = (await text(stream)).split("\n");
      assert.deepEqual(said.toSorted(), [
        "",
        "10001",
        "CapBnd:\t0000000000000000",
        "CapEff:\t0000000000000000",
        "NoNewPrivs:\t1",
        "what it was told",
      ]);
      const waiting = await world.engine.run(container, world.command("cat; kill -9 1; sleep 60"));
      waiting.destroy();
      const holding = await world.engine.run(
        container,
        world.command("while read line; do echo $line; done; exit 0"),
      );
      holding.end();
      assert.equal(await text(holding), "");
    },
  },
];
