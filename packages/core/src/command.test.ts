import { expect, test } from "vitest";
import { commandRights } from "@clawd/policy";
import { anEvent } from "@clawd/provider-kit/testing";
import { type CommandContext, commandNamed, commands, type CommandServices } from "./command.ts";

const services = (calls: string[] = [], running = 0): CommandServices => ({
  help: () => commands,
  status: () => ({
    version: "1.2.3",
    agent: "main",
    model: "practice",
    messages: 1,
    providers: [{ label: "Net", account: "work", state: "connected" }],
  }),
  resetSession: (agent, session) => calls.push(`reset ${agent} ${session}`),
  acceptConfig: () => Promise.resolve(false),
  stopSession: (session) => (calls.push(`stop ${session}`), running),
});

const context = (authority: CommandContext["authority"]): CommandContext => ({
  event: anEvent({ provider: "net", sender: { id: "42" } }),
  agent: "main",
  session: "agent:main:main",
  authority,
  args: "",
});

test("help names every command", () => {
  const text = commandNamed("help").run(context("listed"), services());
  for (const { name } of commands) expect(text).toContain(`/${name} `);
});

test("status shows the connections to an owner alone", () => {
  const shown = (authority: CommandContext["authority"]) =>
    commandNamed("status").run(context(authority), services());
  expect(shown("owner")).toContain("Net (work): connected");
  expect(shown("listed")).not.toContain("Net");
});

test("new stops what runs before it begins anew", () => {
  const calls: string[] = [];
  commandNamed("new").run(context("listed"), services(calls));
  expect(calls).toEqual(["stop agent:main:main", "reset main agent:main:main"]);
});

test("stop says whether anything was running", () => {
  const answer = (running: number) => commandNamed("stop").run(context("listed"), services([], running));
  expect([answer(0), answer(2)]).toEqual(["Nothing was running.", "Stopped."]);
});

test("whoami tells a person the id to be listed by", () => {
  expect(commandNamed("whoami").run(context("stranger"), services())).toBe("You are net:42, a guest.");
});

test.each(["__proto__", "constructor", "", "Help", "bash"])(
  "a command %j that nobody has written says so",
  (name) => {
    const calls: string[] = [];
    expect(commandNamed(name).run(context("owner"), services(calls))).toContain("This version has no");
    expect(calls).toEqual([]);
  },
);

test("whatever can be run is in the policy's table of rights", () => {
  expect(commands.filter(({ name }) => commandRights[name] === undefined)).toEqual([]);
});

test("reset is new, commands is help", () => {
  expect(commandNamed("reset")).toBe(commandNamed("new"));
  expect(commandNamed("commands")).toBe(commandNamed("help"));
});
