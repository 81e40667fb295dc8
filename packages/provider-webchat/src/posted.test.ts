import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxTextLength, readPosted } from "./posted.ts";

describe("readPosted", () => {
  test.each([
    [{ id: "a-1", text: "Hello" }, null],
    [{ id: "a_1", text: " Hello \n", conversation: null }, null],
    [{ id: "A", text: "x".repeat(maxTextLength), conversation: "c-1" }, "c-1"],
  ])("reads %#, with the text as it was written", (message, conversation) => {
    const posted = { id: message.id, text: message.text, files: [], conversation };
    expect(readPosted(JSON.stringify(message))).toEqual({ ok: true, posted });
  });

  test("reads a press below a message of the agent", () => {
    const posted = { id: "a", text: "/approve 1", files: [], conversation: null, pressed: "config-held:1:x" };
    expect(readPosted(JSON.stringify(posted))).toEqual({ ok: true, posted });
  });

  test("reads files without words, and words without files", () => {
    const posted = { id: "a", text: "", files: ["0".repeat(32), "f".repeat(32)], conversation: null };
    expect(readPosted(JSON.stringify(posted))).toEqual({ ok: true, posted });
  });

  test.each([
    "",
    "null",
    "[]",
    '"text"',
    "{",
    '{"id":"a"}',
    '{"text":"Hello"}',
    '{"id":"","text":"Hello"}',
    '{"id":1,"text":"Hello"}',
    '{"id":"a b","text":"Hello"}',
    `{"id":"${"a".repeat(65)}","text":"Hello"}`,
    '{"id":"a","text":" \\n "}',
    '{"id":"a","text":["Hello"]}',
    `{"id":"a","text":"${"x".repeat(maxTextLength + 1)}"}`,
    '{"id":"a","text":"Hello","conversation":""}',
    '{"id":"a","text":"Hello","conversation":"../c"}',
    '{"id":"a","text":"Hello","conversation":7}',
    '{"id":"a","text":"Hello","pressed":""}',
    '{"id":"a","text":"Hello","pressed":null}',
    '{"id":"a","text":"Hello","pressed":"a b"}',
    `{"id":"a","text":"Hello","pressed":"${"a".repeat(201)}"}`,
    '{"id":"a","text":"","files":[]}',
    '{"id":"a","text":"x","files":"0"}',
    '{"id":"a","text":"x","files":[7]}',
    '{"id":"a","text":"x","files":["../../../../etc/passwd"]}',
    `{"id":"a","text":"x","files":["${"G".repeat(32)}"]}`,
    `{"id":"a","text":"x","files":["${"0".repeat(32)}","${"0".repeat(32)}"]}`,
    JSON.stringify({
      id: "a",
      text: "x",
      files: Array.from({ length: 11 }, (_, at) => String(at).padStart(32, "0")),
    }),
    // Nobody says in the body who is speaking: security case T-A6.
    '{"id":"a","text":"Hello","sender":"owner"}',
    '{"id":"a","text":"Hello","__proto__":{}}',
    '{"id":"a","text":"Hello","role":"admin"}',
  ])("refuses %s with a hint", (json) => {
    const read = readPosted(json);
    expect(read.ok).toBe(false);
    expect(!read.ok && read.hint).toBeTruthy();
  });

  test("is total", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (json) => {
        expect(typeof readPosted(json).ok).toBe("boolean");
      }),
    );
  });
});
