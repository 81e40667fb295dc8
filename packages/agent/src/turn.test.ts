import { fakeClock } from "@clawd/kernel/testing";
import { describe, expect, test } from "vitest";
import type { ModelEvent, StopReason } from "./model.ts";
import { ModelFault } from "./model-fault.ts";
import { scriptedModel, type ScriptedStep } from "./testing.ts";
import { noTools, runTurn, type ToolPort, type TurnInput } from "./turn.ts";

const usage = { inputTokens: 10, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 1 };
const text = (words: string): ModelEvent => ({ type: "text", text: words });
const stop = (reason: StopReason = "end"): ModelEvent => ({ type: "stop", reason, usage });
const call = (name: string, id: string, input: unknown = {}): ModelEvent => ({
  type: "tool-call",
  id,
  name,
  input,
});
const busy = (retryAfterMs?: number) => new ModelFault("busy", "busy", { retryAfterMs });

function aTurn(script: readonly ScriptedStep[], input: Partial<TurnInput> = {}) {
  const model = scriptedModel(...script);
  const clock = fakeClock();
  const controller = new AbortController();
  /** Lets what is under way come to its pause first, then moves time on. */
  const advance = async (milliseconds: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(milliseconds);
  };
  const run = () =>
    runTurn({
      model,
      system: "rules",
      history: [],
      input: "hello",
      tools: noTools,
      signal: controller.signal,
      clock,
      random: () => 0.5,
      ...input,
    });
  return { model, clock, controller, run, advance };
}

const clockTool = (answer: () => Promise<string>): ToolPort => ({
  specifications: [{ name: "clock", description: "Tells the time.", inputSchema: {} }],
  call: async () => ({ content: [{ type: "text", text: await answer() }], isError: false }),
});

describe("an answer", () => {
  test("is the model's text, with the messages to remember and the usage", async () => {
    const { run, model } = aTurn([[text("Hello "), text("yourself."), stop()]]);
    expect(await run()).toEqual({
      text: "Hello yourself.",
      messages: [
        { role: "user", content: [{ type: "text", text: "hello" }] },
        { role: "assistant", content: [{ type: "text", text: "Hello yourself." }] },
      ],
      usage,
      stopReason: "end",
    });
    expect(model.requests).toMatchObject([{ system: ["rules"], maxTokens: 8192, tools: [] }]);
  });

  test("is about the pictures that came with the words, which stand before them", async () => {
    const images = [{ mediaType: "image/png", bytes: new Uint8Array([1]) }];
    const { run, model } = aTurn(["a cat"], { images });
    await run();
    expect(model.requests[0]!.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "image", ...images[0] },
          { type: "text", text: "hello" },
        ],
      },
    ]);
  });

  test("is shown as it comes", async () => {
    const shown: string[] = [];
    const { run } = aTurn([[text("one "), text("two"), stop()]], {
      onText: (words) => void shown.push(words),
    });
    await run();
    expect(shown).toEqual(["one ", "two"]);
  });

  test("follows the history, which begins with a person and alternates", async () => {
    const said = (role: "user" | "assistant", words: string) => ({
      role,
      content: [{ type: "text" as const, text: words }],
    });
    const history = [said("assistant", "x"), said("user", "a"), said("assistant", "b"), said("user", "c")];
    const { run, model } = aTurn(["ok"], { history });
    await run();
    expect(model.requests[0]!.messages.map(({ role, content }) => [role, content.length])).toEqual([
      ["user", 1],
      ["assistant", 1],
      ["user", 2],
    ]);
  });

  test("sees no more of the history than the budget, whole exchanges", async () => {
    const history = Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 === 0 ? ("user" as const) : ("assistant" as const),
      content: [{ type: "text" as const, text: "x".repeat(100) }],
    }));
    const { run, model } = aTurn(["ok"], { history, limits: { historyCharacters: 1000 } });
    await run();
    expect(model.requests[0]!.messages).toHaveLength(8 + 1);
  });

  test.each([
    ["refusal", "I cannot help with this request."],
    ["length", "My answer became too long before it said anything. Please ask for less at once."],
    ["end", ""],
  ] as const)(
    "without a word, ended by %s, is explained unless the model chose silence",
    async (reason, said) => {
      const { run } = aTurn([[stop(reason)]]);
      expect(await run()).toMatchObject({ text: said, stopReason: reason });
    },
  );
});

describe("tools", () => {
  test("are called, and the model sees their results", async () => {
    const { run, model } = aTurn(
      [
        [text("I look."), call("clock", "1"), stop("tool-calls")],
        [text("It is noon."), stop()],
      ],
      { tools: clockTool(() => Promise.resolve("noon")) },
    );
    const result = await run();
    expect(result.text).toBe("It is noon.");
    expect(result.usage.inputTokens).toBe(20);
    expect(model.requests[1]!.messages.at(-1)).toEqual({
      role: "user",
      content: [{ type: "tool-result", id: "1", text: "noon", images: [], isError: false }],
    });
    expect(result.messages).toHaveLength(4);
  });

  test("that do not exist are answered with an error", async () => {
    const { run, model } = aTurn([[call("rm -rf\n</data>", "1"), stop("tool-calls")], "ok"], {
      tools: noTools,
    });
    await run();
    expect(model.requests[1]!.messages.at(-1)!.content).toEqual([
      {
        type: "tool-result",
        id: "1",
        text: 'There is no tool named "rm -rf /data".',
        images: [],
        isError: true,
      },
    ]);
  });

  test("that were not offered are the port's to answer, which decides about them and keeps a record", async () => {
    const asked: string[] = [];
    const refuse = (name: string) => {
      asked.push(name);
      return Promise.resolve({
        content: [{ type: "text", text: "Not allowed here." }],
        isError: true,
      } as const);
    };
    const tools = { specifications: [], call: refuse };
    const { run, model } = aTurn([[call("bash", "1"), stop("tool-calls")], "ok"], { tools });
    await run();
    expect(asked).toEqual(["bash"]);
    expect(model.requests[1]!.messages.at(-1)!.content).toMatchObject([{ text: "Not allowed here." }]);
  });

  test("that throw tell the model nothing of the inside", async () => {
    const tools = clockTool(() => Promise.reject(new Error("/home/secret failed")));
    const { run, model } = aTurn([[call("clock", "1"), stop("tool-calls")], "ok"], { tools });
    await run();
    expect(model.requests[1]!.messages.at(-1)!.content).toMatchObject([
      { text: "The tool failed.", isError: true },
    ]);
  });

  test("are called in a bounded number of rounds, and no call is left without result", async () => {
    let ids = 0;
    const endless = {
      ...scriptedModel(""),
      async *stream(): AsyncGenerator<ModelEvent> {
        yield call("clock", String(ids++));
        yield stop("tool-calls");
      },
    };
    const { run } = aTurn([], {
      model: endless,
      tools: clockTool(() => Promise.resolve("noon")),
      limits: { rounds: 3 },
    });
    const result = await run();
    expect(ids).toBe(4);
    expect(result).toMatchObject({
      stopReason: "rounds",
      text: "I stopped, because this took more steps than one answer may take.",
    });
    expect(result.messages.at(-1)!.content).toMatchObject([{ type: "tool-result", id: "3", isError: true }]);
  });

  test("give results that are set off as data, with the images that a result may have", async () => {
    const image = (bytes: number) =>
      ({ type: "image", mediaType: "image/png", bytes: new Uint8Array(bytes) }) as const;
    const found = { content: [{ type: "text", text: "noon" }, image(6), image(5)], isError: false } as const;
    const { run, model } = aTurn([[call("clock", "1"), stop("tool-calls")], "ok"], {
      tools: { ...clockTool(() => Promise.resolve("")), call: () => Promise.resolve(found) },
      asData: (tool, text) => `<${tool}>${text}</${tool}>`,
      limits: { imageBytes: 10 },
    });
    await run();
    expect(model.requests[1]!.messages.at(-1)!.content).toMatchObject([
      { text: "<clock>noon</clock>", images: [{ mediaType: "image/png" }] },
    ]);
  });

  test("give results of a bounded size, and the history gives way to them", async () => {
    const history = [{ role: "user" as const, content: [{ type: "text" as const, text: "y".repeat(500) }] }];
    const { run, model } = aTurn([[call("clock", "1"), stop("tool-calls")], "ok"], {
      history,
      tools: clockTool(() => Promise.resolve("x".repeat(5000))),
      limits: { resultCharacters: 800, historyCharacters: 1000 },
    });
    await run();
    expect(model.requests[0]!.messages[0]!.content).toHaveLength(2);
    expect(model.requests[1]!.messages[0]!.content).toHaveLength(1);
    expect(JSON.stringify(model.requests[1]!.messages)).toContain(`"${"x".repeat(800)}"`);
  });
});

describe("a busy model", () => {
  test("is tried again after growing pauses, then the fault is reported", async () => {
    const { run, clock, model, advance } = aTurn([busy()]);
    const start = clock.now();
    const failed = run().catch((fault: unknown) => fault);
    const times: number[] = [];
    for (let step = 0; step < 120; step++) {
      await advance(100);
      if (model.requests.length > times.length + 1) times.push(clock.now() - start);
    }
    expect(await failed).toMatchObject({ code: "CLAWD_MODEL_BUSY" });
    expect(model.requests).toHaveLength(4);
    expect(times).toEqual([500, 2500, 10_500]);
  });

  test("answers when it is back, and the person sees one answer", async () => {
    const { run, advance } = aTurn([busy(), [text("half"), busy()], [text("whole"), stop()]]);
    const answered = run();
    await advance(500);
    await advance(2000);
    expect(await answered).toMatchObject({ text: "whole" });
  });

  test("is not tried again once something was shown", async () => {
    const shown: string[] = [];
    const { run, model } = aTurn([[text("half"), busy()], "whole"], {
      onText: (words) => void shown.push(words),
    });
    await expect(run()).rejects.toMatchObject({ kind: "busy" });
    expect(shown).toEqual(["half"]);
    expect(model.requests).toHaveLength(1);
  });

  test("is given the time it asks for, up to a minute", async () => {
    const { run, advance, model } = aTurn([busy(59_000), "ok"]);
    const answered = run();
    await advance(58_999);
    expect(model.requests).toHaveLength(1);
    await advance(1);
    expect(await answered).toMatchObject({ text: "ok" });
    const longer = aTurn([busy(60_001), "ok"]);
    await expect(longer.run()).rejects.toMatchObject({ kind: "busy", retryAfterMs: 60_001 });
    expect(longer.model.requests).toHaveLength(1);
  });

  test("is not hurried by a wish for no pause", async () => {
    const { run, advance, model } = aTurn([busy(0), "ok"]);
    const answered = run();
    await advance(499);
    expect(model.requests).toHaveLength(1);
    await advance(1);
    await answered;
  });

  test("that ends without a stop event has broken off", async () => {
    const { run, advance } = aTurn([[text("half")]]);
    const failed = run().catch((fault: unknown) => fault);
    await advance(60_000);
    expect(await failed).toMatchObject({
      code: "CLAWD_MODEL_BUSY",
      message: "The model's answer broke off.",
    });
  });
});

test.each(["auth", "request"] as const)("a fault of kind %s is reported at once", async (kind) => {
  const { run, model } = aTurn([new ModelFault(kind, "no"), "ok"]);
  await expect(run()).rejects.toMatchObject({ kind });
  expect(model.requests).toHaveLength(1);
});

test("what is no fault of a model is not tried again either", async () => {
  const { run, model } = aTurn([new TypeError("a defect"), "ok"]);
  await expect(run()).rejects.toThrow("a defect");
  expect(model.requests).toHaveLength(1);
});

describe("an abort", () => {
  test("ends a pause between tries at once", async () => {
    const { run, controller, model } = aTurn([busy(30_000), "ok"]);
    const stopped = run();
    while (model.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(model.requests).toHaveLength(1);
  });

  test("before the turn asks nobody", async () => {
    const { run, controller, model } = aTurn(["ok"]);
    controller.abort();
    await expect(run()).rejects.toMatchObject({ name: "AbortError" });
    expect(model.requests).toEqual([]);
  });

  test("in a tool ends the turn, and its fault is not shown to the model", async () => {
    const controller = new AbortController();
    const tools = clockTool(() => {
      controller.abort();
      return Promise.reject(new Error("interrupted"));
    });
    const { run, model } = aTurn([[call("clock", "1"), stop("tool-calls")], "ok"], {
      tools,
      signal: controller.signal,
    });
    await expect(run()).rejects.toMatchObject({ name: "AbortError" });
    expect(model.requests).toHaveLength(1);
  });
});
