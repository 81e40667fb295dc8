import { Duplex, PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { attached } from "../src/docker/attached.ts";
import { demux } from "../src/docker/demux.ts";

interface Frame {
  readonly stream: number;
  readonly content: Uint8Array;
}
const frame = fc.record({
  stream: fc.constantFrom(1, 2, 3),
  content: fc.uint8Array({ maxLength: 600 }),
});

function encoded(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ stream, content }) => {
      const head = Buffer.alloc(8);
      head[0] = stream;
      head.writeUInt32BE(content.length, 4);
      return [head, content];
    }),
  );
}

/** Cuts at the given places, anywhere. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.subarray(start, [...at, bytes.length][index]));
}

function collect() {
  const parts: Record<string, Uint8Array[]> = { stdout: [], stderr: [], failure: [] };
  const reader = demux({
    stdout: (piece) => parts["stdout"]?.push(piece),
    stderr: (piece) => parts["stderr"]?.push(piece),
    failure: (piece) => parts["failure"]?.push(piece),
  });
  return { reader, read: (name: string) => Buffer.concat(parts[name] ?? []) };
}

test("wherever the chunks end, each stream gets its bytes in their order, and nothing else", () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 30 }),
      fc.array(fc.nat(), { maxLength: 60 }),
      (frames, places) => {
        const { reader, read } = collect();
        for (const chunk of cut(encoded(frames), places)) reader.push(chunk);
        for (const [index, name] of ["stdout", "stderr", "failure"].entries()) {
          const sent = frames.filter(({ stream }) => stream === index + 1).map(({ content }) => content);
          expect(read(name).equals(Buffer.concat(sent))).toBe(true);
        }
        expect(reader.isWhole).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test("a stream that is cut short is not whole", () => {
  const frames = fc.array(frame, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(frames, fc.nat(), (sent, at) => {
      const bytes = encoded(sent);
      const ends = sent.map((_, index) => encoded(sent.slice(0, index + 1)).length);
      const end = at % bytes.length;
      const { reader } = collect();
      reader.push(bytes.subarray(0, end));
      expect(reader.isWhole).toBe(end === 0 || ends.includes(end));
    }),
  );
});

test("any bytes at all are frames or a fault, never anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(), { maxLength: 10 }), (bytes, places) => {
      const { reader } = collect();
      try {
        for (const chunk of cut(bytes, places)) reader.push(chunk);
      } catch (fault) {
        expect(fault).toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [0, 0, 0, 0],
  [4, 0, 0, 0],
  [255, 0, 0, 0],
  [1, 1, 0, 0],
  [1, 0, 1, 0],
  [1, 0, 0, 1],
])("a head of %i %i %i %i is none", (...start) => {
  const { reader, read } = collect();
  const bytes = Uint8Array.from([...start, 0, 0, 0, 1, 65]);
  expect(() => reader.push(bytes)).toThrowError(
    expect.objectContaining({ code: "CLAWD_ENGINE_UNAVAILABLE" }),
  );
  expect(read("stdout")).toHaveLength(0);
});

/** A connection whose other end the test holds. */
function connection() {
  const toUs = new PassThrough();
  const fromUs = new PassThrough();
  return { socket: Duplex.from({ readable: toUs, writable: fromUs }), toUs, fromUs };
}

test("content is handed on before its frame is complete", async () => {
  const { socket, toUs } = connection();
  const stream = attached(socket);
  toUs.write(encoded([{ stream: 1, content: Buffer.from("half of it") }]).subarray(0, 12));
  const [first] = (await new Promise((resolve) => stream.once("data", (chunk) => resolve([chunk])))) as [
    Buffer,
  ];
  expect(first.toString()).toBe("half");
});

test("an end in the middle of a frame is a fault, not an end", async () => {
  const { socket, toUs } = connection();
  const stream = attached(socket);
  toUs.end(encoded([{ stream: 1, content: Buffer.from("half of it") }]).subarray(0, 12));
  await expect(buffer(stream)).rejects.toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });
});

test("what the engine says went wrong ends the stream, without the host's paths", async () => {
  const { socket, toUs } = connection();
  const stream = attached(socket);
  toUs.end(encoded([{ stream: 3, content: Buffer.from("cannot read /var/lib/docker/x") }]));
  await expect(buffer(stream)).rejects.toMatchObject({
    code: "CLAWD_ENGINE_UNAVAILABLE",
    message: "The container engine ended the stream: cannot read <path>",
  });
});

test("a terminal's raw output is a fault: nobody asked for one", async () => {
  const { socket, toUs } = connection();
  const stream = attached(socket);
  toUs.end("root@sandbox:/# ");
  await expect(buffer(stream)).rejects.toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });
});

test("input that the engine does not take is not said to be taken", async () => {
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(new Error("EPIPE")),
  });
  const stream = attached(socket);
  stream.on("error", () => undefined);
  const fault = await new Promise((resolve) => stream.write("x", resolve));
  expect(fault).toMatchObject({ code: "CLAWD_ENGINE_UNAVAILABLE" });
});
