import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameDecoder } from "./decoder.ts";
import { header, maxPayload } from "./frames.ts";

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 0xffff_ffff }),
    payload: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  }),
);

test("frames are the same however their bytes are cut", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.concat(
        sent.flatMap(({ type, id, payload }) => [header(type, id, payload.length), payload]),
      );
      const decoder = new FrameDecoder();
      const got = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts[turn % cuts.length]!;
        for (const frame of decoder.push(bytes.subarray(at, at + size))) got.push(frame);
        at += size;
      }
      expect(got).toEqual(sent);
    }),
  );
});

test("a frame that lies whole in a chunk is not copied", () => {
  const chunk = Buffer.concat([header(1, 2, 3), Buffer.from("abc"), header(1, 2, 3), Buffer.from("def")]);
  const payloads = [...new FrameDecoder().push(chunk)].map(({ payload }) => payload);
  expect(payloads.map(String)).toEqual(["abc", "def"]);
  expect(payloads.every(({ buffer }) => buffer === chunk.buffer)).toBe(true);
});

test("a length beyond the bound takes no memory: it is refused before", () => {
  const push = (bytes: Buffer) => [...new FrameDecoder().push(bytes)];
  expect(() => push(header(1, 1, maxPayload + 1))).toThrowError(
    expect.objectContaining({ code: "CLAWD_PLACE_PROTOCOL" }),
  );
  const decoder = new FrameDecoder();
  const bytes = header(1, 1, 0xffff_ffff);
  expect(() => [...bytes].forEach((_, at) => [...decoder.push(bytes.subarray(at, at + 1))])).toThrowError();
});
