/** The client against a supervisor that lies: every byte of it may be the container's. */
import { PassThrough, type Duplex } from "node:stream";
import { duplexPair } from "node:stream";
import { fakeClock } from "@clawd/kernel/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forwardBit, header, maxPayload, type, u32 } from "../../src/supervisor/frames.ts";
import {
  connectSupervisor,
  type Supervisor,
  type SupervisorOptions,
} from "../../src/supervisor/supervisor.ts";
import { environment, finish } from "./run.ts";
import { frame } from "./wire.ts";

const place = { home: "/workspace", roots: [{ path: "/workspace", isReadOnly: false }] };
const hello = frame(
  type.hello,
  0,
  Buffer.concat([Buffer.of(1, 0), Buffer.alloc(12), Buffer.alloc(16, 7), Buffer.of(1)]),
);
const aStat = Buffer.concat([Buffer.of(1), Buffer.alloc(4), Buffer.alloc(40)]);

async function connected(options: Partial<SupervisorOptions> = {}) {
  const [ours, theirs] = duplexPair();
  theirs.write(hello);
  const supervisor = await connectSupervisor(ours, { ...place, ...options });
  theirs.resume();
  const say = (...frames: readonly Buffer[]) => void theirs.write(Buffer.concat(frames));
  const start = () => supervisor.start({ argv: ["x"], cwd: ".", environment, input: "pipe" });
  return { supervisor, say, start, theirs: theirs as Duplex };
}

test("who does not answer in time is not waited for", async () => {
  const clock = fakeClock(0);
  const [ours] = duplexPair();
  const connecting = connectSupervisor(ours, { ...place, clock, helloTimeoutMs: 1000 });
  const refused = expect(connecting).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
  await clock.advance(1000);
  await refused;
  expect(ours.destroyed).toBe(true);
});

test.each([
  ["no hello at all", frame(type.pong, 0)],
  ["a hello of another version", frame(type.hello, 0, Buffer.concat([Buffer.of(9, 0), Buffer.alloc(29)]))],
  ["a hello that is cut off", frame(type.hello, 0, Buffer.of(1, 0))],
  ["what an HTTP server says", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
])("%s is no supervisor", async (_, bytes) => {
  const [ours, theirs] = duplexPair();
  theirs.write(bytes);
  await expect(connectSupervisor(ours, place)).rejects.toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
});

test("a stream that ends before the hello is a place that is lost", async () => {
  const stream = new PassThrough();
  stream.end();
  await expect(connectSupervisor(stream, place)).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
});

const lies: Readonly<Record<string, readonly Buffer[]>> = {
  "a second hello": [hello],
  "a stream that was never opened": [frame(type.data, 9, Buffer.of(1))],
  "a frame that is too long": [header(type.data, 1, maxPayload + 1)],
  "output before the start": [frame(type.data, 1, Buffer.of(1))],
  "an exit before the start": [frame(type.exit, 1, Buffer.alloc(13))],
  "a start twice": [frame(type.started, 1), frame(type.started, 1)],
  "an exit that is cut off": [frame(type.started, 1), frame(type.exit, 1, Buffer.alloc(3))],
  "an exit with something left": [frame(type.started, 1), frame(type.exit, 1, Buffer.alloc(14))],
  "more output than was granted": [
    frame(type.started, 1),
    ...Array.from({ length: 5 }, () => frame(type.data, 1, Buffer.alloc(maxPayload))),
  ],
  "credit for what was not sent": [frame(type.started, 1), frame(type.credit, 1, u32(1))],
  "an answer to something else": [frame(type.started, 1), frame(type.status, 1, aStat)],
  "a failure without a reason": [frame(type.failed, 1)],
  "a connection that was opened before": [frame(type.open, forwardBit + 2), frame(type.open, forwardBit + 1)],
  "a connection with an id of ours": [frame(type.open, 7)],
};

describe("the connection is cut at", () => {
  test.each(Object.entries(lies))("%s", async (_, said) => {
    const { supervisor, say, start } = await connected();
    const started = start().then(
      (command) => command.exit,
      (fault: unknown) => Promise.reject(fault),
    );
    started.catch(() => undefined);
    say(...said);
    expect(await supervisor.lost).toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
    await expect(started).rejects.toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
    await expect(supervisor.ping()).rejects.toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
  });
});

test.each([
  [
    "more of a file than was asked for",
    [frame(type.status, 1, aStat), frame(type.data, 1, Buffer.alloc(11))],
  ],
  ["a file that claims to be endless", [frame(type.status, 1, Buffer.alloc(45, 0xff))]],
  ["a file before its status", [frame(type.data, 1, Buffer.of(1))]],
])("%s is cut off", async (_, said) => {
  const { supervisor, say } = await connected();
  const read = supervisor.files.read("a", { maxBytes: 10 });
  say(...said);
  await expect(read).rejects.toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
});

test.each([
  ["a slash", "../x"],
  ["nothing", ""],
  ["a NUL", "a\0"],
])("a name with %s in a listing is cut off", async (_, name) => {
  const { supervisor, say } = await connected();
  const listed = supervisor.files.list(".", 10);
  const entry = Buffer.concat([Buffer.of(1), Buffer.alloc(8), Buffer.of(name.length, 0), Buffer.from(name)]);
  say(frame(type.data, 1, entry));
  await expect(listed).rejects.toMatchObject({ code: "CLAWD_PLACE_PROTOCOL" });
});

test("a command that outlives its time, or its kill, costs the supervisor its place", async () => {
  for (const isKilled of [false, true]) {
    const clock = fakeClock(0);
    const { supervisor, say } = await connected({ clock });
    const starting = supervisor.start({ argv: ["x"], cwd: ".", environment, input: "none", timeoutMs: 1000 });
    say(frame(type.started, 1));
    const command = await starting;
    if (isKilled) command.kill();
    await clock.advance(isKilled ? 30_000 : 31_000);
    await expect(command.exit).rejects.toMatchObject({ code: "CLAWD_PLACE_LOST" });
    expect(await supervisor.lost).toMatchObject({ code: "CLAWD_PLACE_LOST" });
  }
});

test("a command whose output nobody takes has not outlived its time", async () => {
  const clock = fakeClock(0);
  const { supervisor, say } = await connected({ clock });
  const starting = supervisor.start({ argv: ["x"], cwd: ".", environment, input: "none", timeoutMs: 1000 });
  say(frame(type.started, 1), frame(type.data, 1, Buffer.from("unread")));
  const command = await starting;
  await hasHeard(supervisor, 2, say);
  await clock.advance(100_000);
  const ended = finish(command);
  say(frame(type.exit, 1, Buffer.alloc(13)));
  expect(await ended).toMatchObject({ stdout: "unread", code: 0 });
});

test("a supervisor that takes nothing is gone", async () => {
  const [ours, theirs] = duplexPair();
  theirs.write(hello);
  const supervisor = await connectSupervisor(ours, place);
  const big = Buffer.alloc(900_000, "x").toString();
  for (let turn = 0; turn < 60; turn++)
    supervisor.start({ argv: ["x", big], cwd: ".", environment, input: "none" }).catch(() => undefined);
  expect(await supervisor.lost).toMatchObject({ code: "CLAWD_PLACE_LOST" });
});

test("more connections to the way out than there can be are refused one by one", async () => {
  let taken = 0;
  const { supervisor, say } = await connected({ onEgress: () => void taken++ });
  say(...Array.from({ length: 1000 }, (_unused, index) => frame(type.open, forwardBit + 1 + index)));
  await hasHeard(supervisor, 1, say);
  expect(taken).toBe(256);
});

/** All that was said before has been heard. `id` is that of our next stream. */
async function hasHeard(supervisor: Supervisor, id: number, say: (...frames: readonly Buffer[]) => void) {
  const answered = supervisor.ping();
  say(frame(type.pong, id));
  await answered;
}

test("whatever is said, the client settles everything and throws nothing", { timeout: 120_000 }, async () => {
  const said = fc.record({
    type: fc.constantFrom(...Object.values(type), 0, 0xff),
    id: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: forwardBit, max: forwardBit + 4 })),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constant(aStat),
      fc.constant(u32(5)),
      fc.constant(Buffer.alloc(0)),
    ),
  });
  const chunked = fc.tuple(fc.array(said, { maxLength: 15 }), fc.integer({ min: 1, max: 40 }));
  await fc.assert(
    fc.asyncProperty(chunked, async ([frames, size]) => {
      const { supervisor, theirs, start } = await connected();
      const { files } = supervisor;
      const asked: Promise<unknown>[] = [
        start().then(async (command) => {
          const written = command.write(Buffer.alloc(100_000)).catch((fault: unknown) => fault);
          for await (const _ of command.output);
          return Promise.all([command.exit, written]);
        }),
        files.read("a", { maxBytes: 50 }),
        files.write("a", Buffer.alloc(100_000)),
        files.list("a", 5),
        supervisor.observe(),
        supervisor.ping(),
      ];
      const bytes = Buffer.concat(frames.map(({ type: each, id, payload }) => frame(each, id, payload)));
      for (let at = 0; at < bytes.length; at += size) theirs.write(bytes.subarray(at, at + size));
      theirs.end();
      for (const each of await Promise.allSettled(asked))
        if (each.status === "rejected")
          expect(each.reason).toMatchObject({ code: expect.stringMatching(/^CLAWD_/) });
      await supervisor.lost;
    }),
    { numRuns: 300 },
  );
});
