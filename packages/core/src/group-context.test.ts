import { expect, test } from "vitest";
import { createGroupContext } from "./group-context.ts";

const line = (text: string) => ({ senderId: "1", senderName: "Ada", sentAt: 0, text });
const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text);

test("gives a session its lines once, oldest first", () => {
  const context = createGroupContext();
  context.add("a", line("one"));
  context.add("b", line("other"));
  context.add("a", line("two"));
  expect(texts(context.take("a"))).toEqual(["one", "two"]);
  expect(context.take("a")).toEqual([]);
});

test("keeps the newest lines, cut to length", () => {
  const context = createGroupContext({ lines: 2, sessions: 10, length: 3 });
  for (const text of ["first", "second", "third"]) context.add("a", line(text));
  expect(texts(context.take("a"))).toEqual(["sec", "thi"]);
});

test("gives as many as are asked for, the newest, and forgets the others too", () => {
  const context = createGroupContext();
  for (const most of [2, 0, 9]) {
    for (const text of ["first", "second", "third"]) context.add("a", line(text));
    expect(texts(context.take("a", most))).toEqual(["first", "second", "third"].slice(Math.max(0, 3 - most)));
    expect(context.take("a")).toEqual([]);
  }
});

test("a flood of sessions pushes out the one unused for longest", () => {
  const context = createGroupContext({ lines: 5, sessions: 2, length: 10 });
  context.add("a", line("a"));
  context.add("b", line("b"));
  context.add("a", line("again"));
  context.add("c", line("c"));
  expect([texts(context.take("a")), texts(context.take("b"))]).toEqual([["a", "again"], []]);
});
