/** How often an owner is asked in thirty days of work that means no harm (T-M8): rarely, and never for what runs in a sandbox. */
import type { Model, ModelEvent } from "@clawd/agent";
import type { ScriptedModel } from "@clawd/agent/testing";
import { anEvent } from "@clawd/provider-kit/testing";
import { expect, onTestFinished, test } from "vitest";
import { aRoad } from "../../test/a-road.ts";
import { people, thirtyDays, type TracedMessage } from "../../test/thirty-days.ts";
import type { PlacedCall } from "./tool-call.ts";

const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const tools = ["read", "write", "edit", "ls", "grep", "find", "bash", "process", "web_fetch"];
/** The road has nothing that depends on more of the clock than this, but the end of elevated mode, which the trace ends itself. */
const dayLength = 60_000;

interface Replayed {
  readonly calls: number;
  readonly done: readonly { readonly tool: string; readonly place: string }[];
  /** Places of the calls for which an owner was asked. */
  readonly prompts: readonly string[];
}

/** The model makes the calls of the trace's entry that the message names. */
function tracingModel(trace: readonly TracedMessage[]): ScriptedModel {
  const model: Model = {
    id: "example/traced",
    // oxlint-disable-next-line require-await
    async *stream({ messages }) {
      const last = JSON.stringify(messages.at(-1));
      const number = /entry (\d+) of the trace/.exec(last)?.[1];
      const calls = number === undefined ? [] : trace[Number(number)]!.calls;
      const events: readonly ModelEvent[] =
        calls.length === 0
          ? [{ type: "text", text: "done" }]
          : calls.map(({ tool: name, input }, index) => ({
              type: "tool-call",
              id: `c${index}`,
              name,
              input,
            }));
      yield* events;
      yield { type: "stop", reason: calls.length === 0 ? "end" : "tool-calls", usage };
    },
  };
  return { ...model, requests: [] };
}

async function replay(sandbox: object): Promise<Replayed> {
  const trace = thirtyDays();
  const done: { tool: string; place: string }[] = [];
  const executors = tools.map((name) => ({
    name,
    description: name,
    inputSchema: {},
    run: ({ tool, runIn }: PlacedCall) => {
      done.push({ tool, place: runIn.place });
      return Promise.resolve({ content: [{ type: "text" as const, text: "done" }], isError: false });
    },
  }));
  const { owner, friend, colleague } = people;
  const road = await aRoad({
    config: {
      example: { dmPolicy: "allowlist", allowFrom: [owner, friend, colleague], groups: { "-7": {} } },
      commands: { ownerAllowFrom: [`example:${owner}`] },
      tools: { elevated: { allowFrom: { example: [owner] } } },
      agents: { defaults: { sandbox } },
    },
    model: tracingModel(trace),
    executors,
    maxTextLength: 4000,
  });
  onTestFinished(() => road.close());
  let day = 0;
  let answered = 0;
  for (const [index, { who, chat, command, day: when }] of trace.entries()) {
    if (when > day) await road.clock.advance((when - day) * dayLength);
    day = when;
    const [name = "", ...args] = (command ?? "").slice(1).split(" ");
    await road.receive(
      anEvent({
        eventId: `t${index}`,
        sender: { id: who },
        chat,
        mentioned: true,
        text: command ?? `entry ${index} of the trace`,
        ...(command !== undefined && { command: { name, args: args.join(" ") } }),
      }),
    );
    // The owner reads what is asked and agrees, as often as it takes.
    for (let notice = noticeAfter(answered); notice !== undefined; notice = noticeAfter(answered)) {
      answered++;
      const [said = "", ...rest] = notice.slice(1).split(" ");
      await road.receive(
        anEvent({
          eventId: `a${answered}`,
          kind: "button",
          sender: { id: owner },
          chat: { kind: "dm", id: owner },
          mentioned: true,
          text: notice,
          command: { name: said, args: rest.join(" ") },
        }),
      );
    }
  }

  /** What the button of the next notice says that nobody answered yet. */
  function noticeAfter(count: number): string | undefined {
    return road.sent
      .filter(({ buttons }) => buttons !== undefined)
      [count]?.buttons?.find(({ label }) => label === "Allow once")?.command;
  }

  const decided = [...road.store.audit.list({ kind: "tool-decision" })].filter(
    ({ effect }) => effect === "allow",
  );
  const prompts = decided
    .map(({ detail }) => detail as { readonly waits?: boolean; readonly place: string })
    .filter(({ waits }) => waits === true)
    .map(({ place }) => place);
  expect([...road.store.audit.list({ kind: "approval-asked" })]).toHaveLength(prompts.length);
  return { calls: trace.reduce((sum, { calls }) => sum + calls.length, 0), done, prompts };
}

test("with the sandbox as it is by default: at most one question in fifty calls, none of them in a sandbox", async () => {
  const { calls, done, prompts } = await replay({});
  expect(calls).toBeGreaterThan(1000);
  // Nothing of the work was refused: the count is of all of it.
  expect(done).toHaveLength(calls);
  expect(done.filter(({ place }) => place === "sandbox").length).toBeGreaterThan(500);
  // What was installed on the machine itself, outside the owner's own conversation.
  expect(prompts).toEqual(["host", "host", "host", "host"]);
  expect(prompts.length * 50).toBeLessThanOrEqual(calls);
}, 120_000);

test("everybody in a sandbox: the same questions and no more", async () => {
  const { calls, done, prompts } = await replay({ mode: "all" });
  // All but the web, which a sandbox has not by default.
  const web = thirtyDays().flatMap((one) => one.calls.filter(({ tool }) => tool === "web_fetch"));
  expect(done).toHaveLength(calls - web.length);
  expect(prompts.every((place) => place === "host")).toBe(true);
  expect(prompts.length * 50).toBeLessThanOrEqual(calls);
}, 120_000);

test("without one it would be far more: the count counts", async () => {
  const { calls, prompts } = await replay({ mode: "off" });
  expect(prompts.length * 50).toBeGreaterThan(calls);
}, 120_000);
