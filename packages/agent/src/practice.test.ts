import { expect, test } from "vitest";
import { createBoundary } from "./boundary.ts";
import { envelope } from "./envelope.ts";
import { practiceModel } from "./practice.ts";

async function answerTo(text: string, more: { context?: string } = {}): Promise<string> {
  const boundary = createBoundary("s");
  const person = { senderName: "Ada", senderId: "42", sentAt: 0 };
  const context = more.context === undefined ? [] : [{ ...person, text: more.context }];
  const input = envelope({
    ...person,
    boundary,
    isGroup: true,
    text,
    context,
    replyTo: null,
    attachments: [],
  });
  let answer = "";
  const request = {
    system: ["rules"],
    messages: [{ role: "user" as const, content: [{ type: "text" as const, text: input }] }],
    tools: [],
    maxTokens: 100,
  };
  for await (const event of practiceModel.stream(request, new AbortController().signal)) {
    if (event.type === "text") answer += event.text;
  }
  return answer;
}

test.each([
  ["hello", /^Hello! I am the practice model/],
  ["Who are you?", /practice model/],
  ["help", /ANTHROPIC_API_KEY.*Telegram/],
  ["where do I put the API key?", /set ANTHROPIC_API_KEY/],
  ["how do I connect Telegram", /@BotFather/],
  ["who may talk to you? is it safe?", /pairing code/],
])("to %j it gives the way on", async (question, answer) => {
  expect(await answerTo(question)).toMatch(answer);
});

test("everything else comes back, with a word on what it is", async () => {
  expect(await answerTo("The lobster is\nblue.")).toBe(
    "I am only the practice model, but the road works. You said: The lobster is\nblue.",
  );
  expect(await answerTo("x".repeat(5000))).toHaveLength(1060);
  expect(await answerTo("")).toBe("I did not get any words.");
});

test("it hears the author's own words only", async () => {
  expect(await answerTo("blue", { context: "how do I connect telegram" })).toMatch(/You said: blue$/);
});

test("it says the same to the same words", async () => {
  expect(await answerTo("same")).toBe(await answerTo("same"));
});
