import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forwardBit, header, maxPayload, reason, type, u32 } from "../../src/supervisor/frames.ts";
import { aDuration, sleepers } from "./processes.ts";
import { launch, eventually } from "./run.ts";
import { aTalk, frame, startPayload, welcome } from "./wire.ts";

const sleep = (seconds: string, flags = 0) => startPayload({ flags, argv: ["/bin/sleep", seconds] });
const version = Buffer.alloc(40);

const violations: Readonly<Record<string, readonly Buffer[]>> = {
  "anything before WELCOME": [frame(type.ping, 0)],
  "a second WELCOME": [welcome("/tmp"), welcome("/tmp")],
  "another version": [frame(type.welcome, 0, Buffer.of(2, 0, 0))],
  "a root that is no absolute path": [welcome("tmp")],
  "roots that are cut off": [frame(type.welcome, 0, Buffer.of(1, 0, 1, 0, 9, 0, 0x2f))],
  "too many roots": [welcome(...Array.from({ length: 65 }, () => "/tmp"))],
  "an unknown type": [welcome("/tmp"), frame(0x77, 1)],
  "a frame of its own kind": [welcome("/tmp"), frame(type.exit, 1)],
  "a frame that is too long": [welcome("/tmp"), header(type.data, 1, maxPayload + 1)],
  "a length of four gigabytes": [welcome("/tmp"), header(type.data, 1, 0xffff_ffff)],
  "a stream that was never opened": [welcome("/tmp"), frame(type.data, 5, Buffer.of(1))],
  "a connection that was never opened": [welcome("/tmp"), frame(type.data, forwardBit + 1, Buffer.of(1))],
  "an id that was used": [
    welcome("/tmp"),
    frame(type.stat, 2, Buffer.of(0)),
    frame(type.stat, 1, Buffer.of(0)),
  ],
  "an id of the other side": [welcome("/tmp"), frame(type.stat, forwardBit + 1, Buffer.of(0))],
  "a root that there is not": [welcome("/tmp"), frame(type.stat, 1, Buffer.of(7))],
  "a START without a program": [welcome("/tmp"), frame(type.start, 1, startPayload({ argv: [] }))],
  "a START that is cut off": [welcome("/tmp"), frame(type.start, 1, sleep("1").subarray(0, 20))],
  "a START with something left": [
    welcome("/tmp"),
    frame(type.start, 1, Buffer.concat([sleep("1"), Buffer.of(0)])),
  ],
  "a START with unknown flags": [welcome("/tmp"), frame(type.start, 1, sleep("1", 8))],
  "two STARTs in one another": [welcome("/tmp"), frame(type.startMore, 1), frame(type.startMore, 2)],
  "a START without end": [
    welcome("/tmp"),
    ...Array.from({ length: 17 }, () => frame(type.startMore, 1, Buffer.alloc(maxPayload))),
  ],
  "more input than was granted": [
    welcome("/tmp"),
    frame(type.start, 1, sleep("9", 1)),
    ...Array.from({ length: 2 }, () => frame(type.data, 1, Buffer.alloc(maxPayload))),
  ],
  "input after its end": [
    welcome("/tmp"),
    frame(type.start, 1, sleep("9", 1)),
    frame(type.end, 1),
    frame(type.data, 1, Buffer.of(1)),
  ],
  "credit beyond the window": [
    welcome("/tmp"),
    frame(type.start, 1, sleep("9")),
    frame(type.credit, 1, u32(1)),
  ],
  "credit that is cut off": [
    welcome("/tmp"),
    frame(type.start, 1, sleep("9")),
    frame(type.credit, 1, Buffer.of(1)),
  ],
  "a size that is cut off": [
    welcome("/tmp"),
    frame(type.start, 1, sleep("9", 2)),
    frame(type.resize, 1, Buffer.of(1)),
  ],
  "a WRITE that expects what there is not": [welcome("/tmp"), frame(type.write, 1, Buffer.of(0, 3))],
  "a WRITE whose version is cut off": [
    welcome("/tmp"),
    frame(type.write, 1, Buffer.concat([Buffer.of(0, 2), version.subarray(1)])),
  ],
  "a READ that is cut off": [welcome("/tmp"), frame(type.read, 1, Buffer.of(0, 1, 2))],
  "a long PING": [welcome("/tmp"), frame(type.ping, 1, Buffer.alloc(65))],
};

describe("the supervisor ends, and everything with it, at", () => {
  test.each(Object.entries(violations))("%s", async (_, said) => {
    const talk = await aTalk();
    talk.say(...said);
    expect(await talk.ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/^supervisor: .+\n$/) });
  });
});

test("a violation kills what runs", async () => {
  const nap = aDuration();
  const talk = await aTalk();
  talk.say(welcome("/tmp"), frame(type.start, 1, sleep(nap)));
  await talk.next(type.started);
  expect(sleepers(nap)).toHaveLength(1);
  talk.say(frame(0x00, 9));
  expect((await talk.ended).code).toBe(3);
  expect(await eventually(() => sleepers(nap).length === 0)).toBe(true);
});

test("frames for what has ended meanwhile are no violation", async () => {
  const talk = await aTalk();
  talk.say(welcome("/tmp"), frame(type.start, 1, startPayload({ flags: 1, argv: ["/bin/true"] })));
  await talk.next(type.exit);
  const late = [type.data, type.end, type.kill, type.resize].map((each) => frame(each, 1, Buffer.alloc(4)));
  talk.say(...late, frame(type.ping, 2, Buffer.from("still here")));
  expect((await talk.next(type.pong)).payload.toString()).toBe("still here");
  talk.stream.destroy();
  await talk.ended;
});

const noPaths = ["..", "../etc", "a/../..", "/etc/passwd", ".", "./a", "a//b", "a/", "a\0b"];

test.each([
  ["the kernel's openat2", []],
  ["one component after another", ["--walk"]],
])("by %s, what is no plain path is refused before anything is looked for", async (_, args) => {
  const talk = await aTalk(false, args);
  talk.say(welcome("/tmp"));
  let id = 0;
  for (const path of [...noPaths, "x".repeat(5000), "n".repeat(256)])
    for (const request of [type.stat, type.list, type.write, type.remove]) {
      const middle = Buffer.alloc(request === type.stat ? 0 : request === type.list ? 4 : 1);
      talk.say(frame(request, ++id, Buffer.concat([Buffer.of(0), middle, Buffer.from(path)])));
      const { id: answered, payload } = await talk.next(type.failed);
      expect([answered, payload[0]]).toEqual([id, reason.denied]);
    }
  talk.stream.destroy();
  await talk.ended;
});

test("it is process 1 or nothing, and knows its arguments", async () => {
  expect(await launch(["--nonsense", "x"]).ended).toMatchObject({ code: 2 });
  expect(await launch(["--connect", "/nowhere"]).ended).toMatchObject({ code: 2 });
  expect(await launch(["--forward", "0.0.0.0:3128"]).ended).toMatchObject({ code: 2 });
});

const types = [...Object.values(type), 0x00, 0x55, 0xff];
const payloads = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.constant(new Uint8Array(maxPayload)),
  fc.constant(sleep("0.01", 1)),
  fc.constant(sleep("0.01", 2)),
  fc.constant(
    startPayload({ argv: ["/bin/sh", "-c", "echo out; echo err >&2; setsid sleep 5 &"], timeoutMs: 20 }),
  ),
  fc.constant(u32(1000)),
  fc.string({ maxLength: 20 }).map((path) => Buffer.concat([Buffer.of(0), Buffer.from(path)])),
  fc.string({ maxLength: 20 }).map((path) => Buffer.concat([Buffer.of(0, 0), Buffer.from(path)])),
);
const spoken = fc.record({
  type: fc.constantFrom(...types),
  id: fc.integer({ min: 0, max: 12 }),
  payload: payloads,
});
/** Mostly what opens streams in order and stays within the rules, so that the fuzz gets somewhere. */
const plausible = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(
        fc.constantFrom(type.start, type.stat, type.list, type.write, type.verify, type.startMore),
        payloads,
      ),
    },
    {
      weight: 4,
      arbitrary: fc.tuple(
        fc.constantFrom(type.kill, type.end, type.close, type.resize, type.ping),
        fc.constant(Buffer.alloc(4)),
      ),
    },
    { weight: 2, arbitrary: fc.tuple(fc.constant(type.data), payloads) },
  ),
  { maxLength: 30 },
);

describe("whatever is said, the supervisor answers or ends in order", () => {
  const orderly = async (bytes: Buffer) => {
    const talk = await aTalk(true);
    talk.say(welcome("/tmp"), bytes);
    // What was started gets some time to say something, and to be killed in the middle of it.
    const pause = new Promise((resolve) => setTimeout(resolve, 30));
    await Promise.race([pause, talk.ended]);
    talk.stream.destroy();
    const { code, stderr } = await talk.ended;
    expect([0, 3], stderr).toContain(code);
  };
  const runs = { numRuns: Number(process.env["CLAWD_TEST_FUZZ_RUNS"] ?? 60) };

  test("any bytes", { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => orderly(Buffer.from(bytes))),
      runs,
    ),
  );

  test("any frames", { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(fc.array(spoken, { maxLength: 20 }), (all) =>
        orderly(Buffer.concat(all.map(({ type: each, id, payload }) => frame(each, id, payload)))),
      ),
      runs,
    ),
  );

  test("frames that make sense, mostly", { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(plausible, (all) => {
        let id = 0;
        return orderly(
          Buffer.concat(
            all.map(([each, payload]) =>
              frame(
                each,
                each < type.data && each !== type.kill && each !== type.resize ? ++id : id,
                payload,
              ),
            ),
          ),
        );
      }),
      runs,
    ),
  );
});
