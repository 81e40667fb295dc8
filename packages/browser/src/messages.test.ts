import { expect, test } from "vitest";
import { createMessages } from "./messages.ts";

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
