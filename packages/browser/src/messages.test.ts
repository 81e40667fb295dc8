import { expect, test } from "vitest";
import { createMessages, createVoice } from "./messages.ts";

const bytes = (text: string) => Buffer.from(text);

test("messages come out whole, however they were cut", () => {
  const sent = ['{"id":1}', '{"id":2,"text":"ünï"}', "", '{"id":3}'];
  const all = bytes(sent.map((text) => `${text}\0`).join(""));
  for (let size = 1; size <= all.length; size++) {
    const messages = createMessages();
    const got: string[] = [];
    for (let at = 0; at < all.length; at += size) got.push(...messages.take(all.subarray(at, at + size))!);
    expect(got).toEqual(sent);
  }
});

test("one that is longer than any may be is not waited for", () => {
  const messages = createMessages(10);
  expect(messages.take(bytes("123456\0"))).toEqual(["123456"]);
  expect(messages.take(bytes("123456"))).toEqual([]);
  expect(messages.take(bytes("78901"))).toBeNull();
});

test("what is said to one that does not listen is bounded; to one that does, nothing is held back", async () => {
  const written: string[] = [];
  const heard: (() => void)[] = [];
  let isDeaf = false;
  const say = createVoice(
    (bytes) => {
      written.push(Buffer.from(bytes).toString());
      return new Promise((resolve) => heard.push(resolve));
    },
    () => (isDeaf = true),
    10,
  );
  for (let count = 0; count < 5; count++) {
    say("12345678");
    heard.pop()!();
    await Promise.resolve();
    await Promise.resolve();
  }
  expect([written.length, written[0], isDeaf]).toEqual([5, "12345678\0", false]);
  say("12345678");
  say("12345678");
  expect([written.length, isDeaf]).toEqual([6, true]);
});

test("one whose input is over is deaf", async () => {
  const isDeaf = new Promise<void>((resolve) =>
    createVoice(() => Promise.reject(new Error("over")), resolve)("a"),
  );
  await isDeaf;
});
