import { describe, expect, test } from "vitest";
import { commandRights } from "@clawd/policy";
import { anEvent } from "@clawd/provider-kit/testing";
import type { CommandContext, CommandServices } from "./command.ts";
import { commandNamed, commands } from "./commands.ts";

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
  hearOwner: () => Promise.resolve(null),
  elevation: () => ({ isGranted: true, left: 0 }),
  elevate: () => {},
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
  void commandNamed("new").run(context("listed"), services(calls));
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

test.each(["approve", "deny"])("%s hands on a hash and nothing else", async (verdict) => {
  const asked: string[] = [];
  const hearOwner: CommandServices["hearOwner"] = (word) => {
    asked.push(`${word.verdict} ${word.hash} ${word.event.sender.id}`);
    return Promise.resolve(asked.length === 1 ? "So be it." : null);
  };
  const say = async (args: string) =>
    commandNamed(verdict).run({ ...context("owner"), args }, { ...services(), hearOwner });
  expect(await say("ABCDEF12 ")).toBe("So be it.");
  expect(await say("abcdef13")).toContain("Nothing waits");
  for (const args of ["", "yes", "abc", "abcdef12; rm", "__proto__"])
    expect(await say(args)).toContain("Which one?");
  expect(asked).toEqual([`${verdict} ABCDEF12 42`, `${verdict} abcdef13 42`]);
});

describe("elevated", () => {
  const say = (args: string, isGranted = true, left = 0) => {
    const elevated: number[] = [];
    const text = commandNamed("elevated").run(
      { ...context("owner"), args },
      {
        ...services(),
        elevation: () => ({ isGranted, left }),
        elevate: (_context, milliseconds) => elevated.push(milliseconds),
      },
    );
    return { text, elevated };
  };

  test("is switched on for a while that ends by itself", () => {
    expect(say("on")).toEqual({ text: "Elevated mode is on for 15 minutes.", elevated: [900_000] });
    expect(say(" ON 1 ")).toEqual({ text: "Elevated mode is on for 1 minute.", elevated: [60_000] });
  });

  test("is not switched on for whom the config does not grant it, and off for everyone", () => {
    expect(say("on", false)).toEqual({ text: "Elevated mode is not available right now.", elevated: [] });
    expect(say("off", false)).toEqual({ text: "Elevated mode is off.", elevated: [0] });
  });

  test("says how things stand, and changes nothing for words that it does not know", () => {
    expect(say("", true, 61_000).text).toBe("Elevated mode is on for 2 more minutes.");
    expect(say("").text).toBe("Elevated mode is off.");
    for (const args of ["full", "on 0", "on 481", "on 1.5", "on 5 now", "off 5", "on -1", "on 1e2x"])
      expect(say(args)).toEqual({ text: expect.stringContaining("/elevated on 30"), elevated: [] });
  });
});
