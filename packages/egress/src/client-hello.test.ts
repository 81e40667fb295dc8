import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { helloBytes } from "../test/clients.ts";
import { longestHello, readClientHello } from "./client-hello.ts";

let hello: Buffer;
beforeAll(async () => {
  hello = await helloBytes({ servername: "api.site.test", ALPNProtocols: ["h2", "http/1.1"] });
});

/** The same message in records of this many bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const pieces: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const piece = message.subarray(at, at + size);
    pieces.push(Buffer.from([22, 3, 1, piece.length >> 8, piece.length & 0xff]), piece);
  }
  return Buffer.concat(pieces);
}

/** The hello with these extensions after its own. */
function withExtension(type: number, content: Buffer): Buffer {
  const message = hello.subarray(9);
  let at = 34;
  at += 1 + message[at]!;
  at += 2 + message.readUInt16BE(at);
  at += 1 + message[at]!;
  const added = Buffer.concat([
    Buffer.from([type >> 8, type & 0xff, content.length >> 8, content.length & 0xff]),
    content,
  ]);
  const body = Buffer.concat([message, added]);
  body.writeUInt16BE(message.readUInt16BE(at) + added.length, at);
  const length = body.length;
  return Buffer.concat([
    Buffer.from([22, 3, 1, (length + 4) >> 8, (length + 4) & 0xff, 1, 0, length >> 8, length & 0xff]),
    body,
  ]);
}

const nameEntry = (...names: string[]) => {
  const list = Buffer.concat(
    names.map((name) => Buffer.concat([Buffer.from([0, 0, name.length]), Buffer.from(name)])),
  );
  return Buffer.concat([Buffer.from([0, list.length]), list]);
};

test("reads the server's name", () => {
  expect(readClientHello(hello)).toEqual({ kind: "named", name: "api.site.test" });
});

test("what comes after the hello does not matter", () => {
  expect(readClientHello(Buffer.concat([hello, Buffer.from("more")]))).toEqual({
    kind: "named",
    name: "api.site.test",
  });
});

test.each([1, 3, 4, 7, 100])("a hello in records of %i bytes is the same hello", (size) => {
  expect(readClientHello(inRecords(hello, size))).toEqual({ kind: "named", name: "api.site.test" });
});

test("every beginning of a hello is incomplete", () => {
  for (let length = 0; length < hello.length; length++) {
    expect(readClientHello(hello.subarray(0, length))).toEqual({ kind: "incomplete" });
  }
});

test("a client that names no server is nameless", async () => {
  const nameless = await helloBytes({});
  expect(readClientHello(nameless)).toEqual({ kind: "nameless" });
});

test("two names, and a name that is hidden, are refused", () => {
  expect(readClientHello(withExtension(0, nameEntry("other.test")))).toEqual({ kind: "refused" });
  expect(readClientHello(withExtension(0xfe0d, Buffer.alloc(40)))).toEqual({ kind: "refused" });
  expect(readClientHello(withExtension(0x1234, Buffer.alloc(40))).kind).toBe("named");
});

test("other protocols are refused at their first byte", () => {
  for (const text of ["GET / HTTP/1.1\r\n", "SSH-2.0-x\r\n", "\u0015\u0003\u0001", "\u0016\u0002"]) {
    expect(readClientHello(Buffer.from(text))).toEqual({ kind: "refused" });
  }
});

test("a hello that never ends is refused in time", () => {
  const endless = inRecords(
    Buffer.concat([Buffer.from([22, 3, 1, 0, 0, 1, 0, 0x7f, 0xff]), Buffer.alloc(longestHello)]),
    16_000,
  );
  expect(readClientHello(endless.subarray(0, longestHello + 100)).kind).toBe("refused");
});

test("is total on any bytes, and on any damage to a real hello", () => {
  const kinds = ["named", "nameless", "incomplete", "refused"];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => kinds.includes(readClientHello(bytes).kind)),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(fc.nat(hello.length - 1), fc.nat(255), fc.nat(hello.length), (at, value, cut) => {
      const damaged = Buffer.from(hello);
      damaged[at] = value;
      expect(kinds).toContain(readClientHello(damaged.subarray(0, cut)).kind);
    }),
    { numRuns: 5000 },
  );
});
