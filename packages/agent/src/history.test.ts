import fc from "fast-check";
import { expect, test } from "vitest";
import { alternate, sizeOf, trimHistory } from "./history.ts";
import type { ContentBlock, ModelMessage } from "./model.ts";

const say = (role: ModelMessage["role"], text: string): ModelMessage => ({
  role,
  content: [{ type: "text", text }],
});
const call = (id: string): ContentBlock => ({ type: "tool-call", id, name: "clock", input: {} });
const result = (id: string): ContentBlock => ({
  type: "tool-result",
  id,
  text: "noon",
  images: [],
  isError: false,
});

const exchange = [
  say("user", "what time is it?"),
  { role: "assistant", content: [{ type: "text", text: "I look." }, call("1")] },
  { role: "user", content: [result("1")] },
  say("assistant", "noon"),
] satisfies ModelMessage[];

test("keeps the newest exchanges that fit, whole ones only", () => {
  const history = [...exchange, say("user", "thanks"), say("assistant", "gladly")];
  expect(trimHistory(history, 1000)).toEqual(history);
  expect(trimHistory(history, sizeOf(history) - 1)).toEqual(history.slice(4));
  expect(trimHistory(history, 5)).toEqual([]);
  expect(trimHistory(history, -5)).toEqual([]);
});

test("an exchange is never cut between a call and its result", () => {
  const history = Array.from({ length: 20 }, () => exchange).flat();
  for (let budget = 0; budget < sizeOf(history); budget++) {
    const kept = trimHistory(history, budget);
    expect(kept.length % exchange.length).toBe(0);
    expect(sizeOf(kept)).toBeLessThanOrEqual(budget);
  }
});

test("joins neighbours, drops what is empty, and begins with a person", () => {
  expect(
    alternate([
      say("assistant", "x"),
      say("user", "a"),
      say("user", "b"),
      say("assistant", " \n"),
      say("user", "c"),
    ]),
  ).toEqual([{ role: "user", content: ["a", "b", "c"].map((text) => ({ type: "text", text })) }]);
});

test("a call without result, a result without call and a second result are left out", () => {
  const damaged: ModelMessage[] = [
    say("user", "a"),
    { role: "assistant", content: [call("1"), call("2"), call("1")] },
    { role: "user", content: [{ type: "text", text: "b" }, result("2"), result("2"), result("3")] },
    { role: "assistant", content: [call("4")] },
    say("user", "c"),
  ];
  expect(alternate(damaged)).toEqual([
    say("user", "a"),
    { role: "assistant", content: [call("2")] },
    { role: "user", content: [result("2"), { type: "text", text: "b" }, { type: "text", text: "c" }] },
  ]);
});

const block: fc.Arbitrary<ContentBlock> = fc.oneof(
  fc.constantFrom("", " ", "words").map((text) => ({ type: "text" as const, text })),
  fc.constantFrom("1", "2", "3").map(call),
  fc.constantFrom("1", "2", "3").map(result),
);
const message = fc.record({
  role: fc.constantFrom("user" as const, "assistant" as const),
  content: fc.array(block, { maxLength: 4 }),
});

test("whatever a transcript holds, what comes out is a conversation", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const out = alternate(messages);
      const ids = out.flatMap(({ content }) =>
        content.flatMap((one) => (one.type === "tool-call" ? [one.id] : [])),
      );
      expect(new Set(ids).size).toBe(ids.length);
      out.forEach(({ role, content }, index) => {
        expect(role).toBe(index % 2 === 0 ? "user" : "assistant");
        expect(content.length).toBeGreaterThan(0);
        for (const one of content) if (one.type === "text") expect(one.text.trim()).not.toBe("");
        const calls = content.filter(({ type }) => type === "tool-call");
        const results = (out[index + 1]?.content ?? []).filter(({ type }) => type === "tool-result");
        if (role === "user") expect(calls).toEqual([]);
        else
          expect(new Set(results.map((one) => "id" in one && one.id))).toEqual(
            new Set(calls.map((one) => "id" in one && one.id)),
          );
      });
      if (out[0] !== undefined) expect(out[0].content.every(({ type }) => type === "text")).toBe(true);
      expect(alternate(out)).toEqual(out);
    }),
  );
});

const seen: ContentBlock = { type: "image", mediaType: "image/png", bytes: new Uint8Array(9) };

test("a picture that a person sent begins an exchange, stays with the words, and weighs like a page of text", () => {
  const sent: ModelMessage = { role: "user", content: [seen, { type: "text", text: "what is it?" }] };
  const history = [sent, say("assistant", "a cat")];
  expect(alternate(history)).toEqual(history);
  expect(trimHistory(history, 10_000)).toEqual(history);
  expect(trimHistory(history, 5000)).toEqual([]);
});

test("a picture beside a tool's result comes after it", () => {
  const shown: ModelMessage = { role: "user", content: [seen, result("1")] };
  expect(alternate([...exchange.slice(0, 2), shown]).at(-1)!.content).toEqual([result("1"), seen]);
});
