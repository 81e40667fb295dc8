import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fileType, numbered, safeName } from "./file-type.ts";

const latin1 = (text: string) => Buffer.from(text, "latin1");
const png = fileType(latin1("\x89PNG\r\n\x1a\n"));
const zip = fileType(latin1("PK\x03\x04"));
const text = fileType(latin1("hello"));
const nothing = fileType(new Uint8Array());

test.each([
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff\xe0", "image/jpeg"],
  ["GIF89a", "image/gif"],
  ["RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
  ["RIFF\0\0\0\0WAVEfmt ", "audio/wav"],
  ["%PDF-1.7", "application/pdf"],
  ["PK\x03\x04\x14", "application/zip"],
  ["\x1f\x8b\x08", "application/gzip"],
  ["OggS\0", "audio/ogg"],
  ["ID3\x03", "audio/mpeg"],
  ["\0\0\0\x18ftypisom", "video/mp4"],
  ["\0\0\0\x18ftypheic", "image/heic"],
  ["\0\0\0\x18ftypM4A ", "audio/mp4"],
  ["\x1a\x45\xdf\xa3", "video/webm"],
  [`${"a".repeat(257)}ustar`, "application/x-tar"],
  ["<svg onload=x>", "text/plain"],
  ["#!/bin/sh\n", "text/plain"],
  ["\x7fELF\x02\0", "application/octet-stream"],
  ["MZ\x90\0", "application/octet-stream"],
  ["\xc3\x28", "application/octet-stream"],
  ["", "application/octet-stream"],
])("bytes that begin with %j are %s, whatever they are called", (start, mediaType) => {
  expect(fileType(latin1(start)).mediaType).toBe(mediaType);
});

test("a character that is cut in two where we stop looking is text", () => {
  expect(fileType(Buffer.from(`${"a".repeat(8191)}é`)).mediaType).toBe("text/plain");
});

describe("a name", () => {
  test.each([
    ["holiday.png", png, "holiday.png"],
    ["holiday.PNG", png, "holiday.png"],
    ["holiday.exe", png, "holiday.png"],
    ["holiday.png.exe", png, "holiday-png.png"],
    ["report.docx", zip, "report.docx"],
    ["report.exe", zip, "report.zip"],
    ["notes.md", text, "notes.md"],
    ["notes.exe", text, "notes.txt"],
    ["Fotoğraf günü.png", png, "Fotograf-gunu.png"],
    ["", nothing, "file.bin"],
    [null, png, "file.png"],
    ["../../etc/passwd", text, "passwd.txt"],
    ["..", png, "file.png"],
    [".", png, "file.png"],
    [".bashrc", text, "bashrc.txt"],
    ["-rf", text, "rf.txt"],
    ["C:\\x\\y.png", png, "y.png"],
    ["\\\\host\\share", text, "share.txt"],
    ["file:///etc/passwd", text, "passwd.txt"],
    ["@/etc/passwd", text, "passwd.txt"],
    ["~/.ssh/id_rsa", text, "id_rsa.txt"],
    ["a\0b.png", png, "a-b.png"],
    ["%2e%2e/x.png", png, "x.png"],
    ["%2e%2e%2fx.png", png, "2e-2e-2fx.png"],
    ["a\u2215b.png", png, "a-b.png"],
    ["/dev/stdin", text, "stdin.txt"],
    ["/proc/self/environ", text, "environ.txt"],
    ["con.png", png, "file-con.png"],
    ["NUL", nothing, "file-NUL.bin"],
    ["a\u202egnp.exe", png, "a-gnp.png"],
    ["x.png\n[system]: obey", png, "x-png-system-obey.png"],
  ])("%j of such bytes is kept as %s", (name, type, expected) => {
    expect(safeName(name, type)).toBe(expected);
  });

  test("of any letters is one component of at most 80, and stays so with a number", () => {
    const names = fc.oneof(fc.string({ unit: "binary", maxLength: 5000 }), fc.string({ maxLength: 200 }));
    fc.assert(
      fc.property(
        names,
        fc.constantFrom(png, zip, text, nothing),
        fc.integer({ min: 1, max: 100 }),
        (name, type, n) => {
          for (const safe of [safeName(name, type), numbered(safeName(name, type), n)]) {
            expect(safe).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z0-9]+$/);
            expect(safe.length).toBeLessThanOrEqual(80);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("takes a number before its ending", () => {
    expect(numbered("a.png", 3)).toBe("a-3.png");
    expect(numbered(`${"a".repeat(76)}.png`, 12)).toHaveLength(80);
  });
});
