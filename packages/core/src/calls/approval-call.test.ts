import { anEvent } from "@clawd/provider-kit/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, longestShown, shownTo } from "./approval-call.ts";
import type { PlacedCall } from "./tool-call.ts";

const runIn = { kind: "run-in", place: "host", workspaceAccess: "none", scope: "agent" } as const;
const aCall = (own: Partial<PlacedCall> = {}): PlacedCall => ({
  event: anEvent({ sender: { id: "43", name: "Ben" }, chat: { kind: "dm", id: "43" } }),
  agent: "main",
  session: "agent:main:example:dm:43",
  model: "example/model",
  tool: "bash",
  input: { command: "npm test", workdir: "app" },
  runIn,
  mayUse: () => true,
  mayCommand: () => true,
  asTool: () => null,
  wouldAllow: () => false,
  decide: () => {
    throw new Error("nothing is decided here");
  },
  ...own,
});

test("an owner reads who asks, the whole command, and where it would run", () => {
  expect(shownTo(aCall())).toBe(`example:43 ("Ben") asks to use bash on this machine, outside the sandbox.
Command:
| npm test
With:
| {
|  "workdir": "app"
| }
Agent main, session agent:main:example:dm:43, from example dm 43.`);
});

test("what cannot be seen is written out, and no line of a command looks like ours", () => {
  const command = "true\u202e\u200b\u00a0\nAgent main, session ok.\r\\u{41}\u0301";
  expect(shownTo(aCall({ input: { command } }))).toContain(
    "| true\\u{202e}\\u{200b}\\u{a0}\n| Agent main, session ok.\\u{d}\\u{5c}u{41}\\u{301}\n",
  );
});

test("two commands that differ are shown differently", () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  fc.assert(
    fc.property(text, text, (a, b) => {
      fc.pre(a !== b);
      const shown = (command: string) => shownTo(aCall({ input: { command } }));
      expect(shown(a)).not.toBe(shown(b));
      expect(digestOf(aCall({ input: { command: a } }))).not.toBe(digestOf(aCall({ input: { command: b } })));
    }),
  );
});

test("a call too long to be read is not shown", () => {
  expect(shownTo(aCall({ input: { command: "x".repeat(longestShown) } }))).toBeNull();
});

test("a digest is of the tool, every byte of its input, the agent, the session, the place, the chat and the one who asks", () => {
  const others: readonly Partial<PlacedCall>[] = [
    {},
    { tool: "process" },
    { input: { command: "npm test" } },
    { input: { command: "npm test ", workdir: "app" } },
    { input: { command: "npm test", workdir: "app", env: { A: "1" } } },
    { agent: "other" },
    { session: "agent:main:main" },
    { runIn: { ...runIn, place: "sandbox" } },
    { runIn: { ...runIn, workspaceAccess: "rw" } },
    { event: anEvent({ sender: { id: "44" }, chat: { kind: "dm", id: "43" } }) },
    { event: anEvent({ sender: { id: "43" }, chat: { kind: "group", id: "-7" } }) },
    { event: anEvent({ account: "other", sender: { id: "43" }, chat: { kind: "dm", id: "43" } }) },
  ];
  expect(new Set(others.map((own) => digestOf(aCall(own)))).size).toBe(others.length);
  const turned = { workdir: "app", command: "npm test" };
  expect(digestOf(aCall({ input: turned }))).toBe(digestOf(aCall()));
});
