/** Scheduled runs through the real gateway, with the real grammY: made in a chat, run by the clock, said once, killed in between. */
import { join } from "node:path";
import { openStoreReader } from "@clawd/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

const owner = 42;
const friend = 43;
let world: World;
/** How the model answers a scheduled run, and when. */
let says = "";
let thinks: () => Promise<void> = () => Promise.resolve();
/** What scheduled runs were asked, and the tools that each was offered. */
const asked: { readonly text: string; readonly tools: readonly string[] }[] = [];

interface Body {
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly unknown[];
}

/** In each chat, who writes there may use the tools of files on this machine. */
const configure = (over: object = {}, people = [owner, friend]) =>
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: people.map(String) },
      {
        commands: { ownerAllowFrom: [`telegram:${owner}`] },
        agents: { defaults: { workspace: world.home.directory, sandbox: { mode: "off" } } },
        ...over,
      },
    ),
  );

beforeAll(async () => {
  world = await aWorld({
    async respond(request) {
      const { messages, tools = [] } = request as unknown as Body;
      const text = JSON.stringify(messages);
      if (!text.includes("the schedule, for the person")) return undefined as never;
      asked.push({ text, tools: tools.map(({ name }) => name) });
      const answer = /repeat (word-\d+)/.exec(text)?.[1] ?? says;
      await thinks();
      return { text: answer };
    },
  });
  for (const [id, firstName] of [
    [owner, "Ada"],
    [friend, "Ben"],
  ] as const)
    world.telegram.control.addUser({ id, firstName });
  configure();
  await world.start();
  // A bot may write only to people who wrote to it.
  world.telegram.control.say({ from: owner, text: "hello" });
  await eventually(() => world.texts(owner).length > 0);
}, 60_000);

afterAll(() => world?.close());

const speaks = (from: number) => () => void world.telegram.control.say({ from, text: "please" });
const payload = { kind: "agentTurn", message: "Look after the plants." };
const soon = () => ({ kind: "at", atMs: Date.now() + 1500 });
const hourly = { kind: "every", everyMs: 3_600_000 };
const add = (name: string, schedule: object) =>
  callsOf(world, speaks(owner), { name: "cron", input: { action: "add", job: { name, schedule, payload } } });

const times = (text: string) => world.texts(owner).filter((one) => one === text).length;
const saidOnce = (text: string) => eventually(() => times(text) === 1 || undefined, 20_000);

async function cron(...words: readonly string[]) {
  const { code, stdout, stderr } = await clawdbot(world.home, ["cron", ...words]);
  return { code, stdout, stderr };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly stopped: string | null;
  readonly lastOutcome: string | null;
}

async function rowOf(name: string): Promise<Row> {
  const { jobs } = JSON.parse((await cron("list", "--all", "--json")).stdout) as { jobs: readonly Row[] };
  return jobs.find((job) => job.name === name)!;
}

/** Runs the job now, and gives the tools that its run was offered. */
async function toolsOf(name: string): Promise<readonly string[]> {
  const before = asked.length;
  const { id } = await rowOf(name);
  says = `done: ${name} ${before}`;
  expect(await cron("run", id)).toMatchObject({ code: 0 });
  await saidOnce(says);
  return asked[before]!.tools;
}

describe("a job made in a chat", () => {
  test("is done when it is due, and its answer arrives there, once", async () => {
    says = "The plants are well.";
    const { results } = await add("plants", soon());
    expect(results[0]?.isError).toBe(false);
    await saidOnce("The plants are well.");
    expect(asked.at(-1)?.text).toContain("Look after the plants.");
    expect(asked.at(-1)?.tools).not.toContain("cron");
    expect(await rowOf("plants")).toMatchObject({ enabled: false, lastOutcome: "answered" });
    const records = world.audit().filter(({ kind }) => kind === "cron-run");
    expect(records.map(({ code }) => code)).toEqual(["started", "answered"]);
  });

  test("is for owners alone", async () => {
    const made = await callsOf(world, speaks(friend), {
      name: "cron",
      input: { action: "add", job: { name: "x", schedule: hourly, payload } },
    });
    expect(made.offered).not.toContain("cron");
    expect(made.results[0]).toMatchObject({ isError: true });
    expect(await rowOf("x")).toBeUndefined();
  });
});

describe("a gateway that is killed", () => {
  test("while the model thinks answers after its next start, once", async () => {
    says = "After the kill.";
    let begun = () => {};
    const isThinking = new Promise<void>((resolve) => (begun = resolve));
    thinks = () => (begun(), new Promise(() => {}));
    await add("killed", soon());
    await isThinking;
    await world.gateway.kill();
    thinks = () => Promise.resolve();
    await world.start();
    await saidOnce("After the kill.");
    expect(await rowOf("killed")).toMatchObject({ enabled: false, lastOutcome: "answered" });
  });

  test("before a job is due makes up for it, once, and never again", async () => {
    says = "Better late.";
    await add("late", soon());
    await world.gateway.kill();
    await new Promise((resolve) => setTimeout(resolve, 1600));
    await world.start();
    await saidOnce("Better late.");
    await world.gateway.kill();
    await world.start();
    expect(await rowOf("late")).toMatchObject({ enabled: false, lastOutcome: "answered" });
    expect(times("Better late.")).toBe(1);
  });
});

test("a gateway that is killed again and again around the time of a job says each answer once", async () => {
  const words = Array.from({ length: 4 }, (_, count) => `word-${count}`);
  for (const word of words) {
    const message = `repeat ${word}`;
    const made = await cron(
      "add",
      "--name",
      word,
      "--at",
      "2s",
      "--message",
      message,
      "--to",
      `telegram:${owner}`,
    );
    expect(made.code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1700 + Math.random() * 600));
    await world.gateway.kill();
    await world.start();
  }
  for (const word of words) await saidOnce(word);
  // The clean stop lets whatever would still repeat an answer do so.
  expect(await world.stop()).toBe(0);
  await world.start();
  expect(words.map(times)).toEqual(words.map(() => 1));
}, 180_000);

describe("rights", () => {
  const apply = async () => {
    const held = await clawdbot(world.home, ["config", "apply", "--json"]);
    const offer = JSON.parse(held.stdout) as { readonly state: string; readonly hash?: string };
    if (offer.state === "held") await clawdbot(world.home, ["config", "apply", "--ack", offer.hash!]);
  };

  test("that the config takes away are gone, and those that it adds later are not added", async () => {
    configure({ tools: { deny: ["write"] } });
    await apply();
    await add("old", hourly);
    expect(await toolsOf("old")).toEqual(expect.arrayContaining(["read", "ls"]));
    configure({ tools: { deny: ["read"] } });
    await apply();
    const both = await toolsOf("old");
    expect(both).not.toContain("read");
    expect(both).not.toContain("write");
    await add("new", hourly);
    expect(await toolsOf("new")).toContain("write");
  }, 60_000);

  test("an owner who is let in no more has no jobs, and switching one on again says why not", async () => {
    configure({}, [friend]);
    await apply();
    const { id } = await rowOf("old");
    await cron("run", id);
    await eventually(async () => (await rowOf("old")).stopped ?? undefined);
    expect(await rowOf("old")).toMatchObject({ enabled: false, stopped: "sender-not-listed" });
    expect(await cron("enable", id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sender-not-listed"),
    });
    configure();
    await apply();
    expect(await cron("enable", id, "--renew")).toMatchObject({ code: 0 });
    expect(await toolsOf("old")).toContain("write");
  }, 60_000);
});

describe("the command line", () => {
  test("makes, shows, changes, runs and removes a job", async () => {
    const made = await cron(
      "add",
      "--name",
      "mine",
      "--cron",
      "0 8 * * 1-5",
      "--tz",
      "Europe/Berlin",
      "--message",
      "x",
      "--to",
      `telegram:${owner}`,
    );
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining("0 8 * * 1-5 (Europe/Berlin)") });
    const { id } = await rowOf("mine");
    says = "From the command line.";
    expect(await cron("run", id.slice(0, 8))).toMatchObject({ code: 0 });
    await saidOnce("From the command line.");
    expect((await cron("runs", "mine")).stdout).toContain("answered");
    expect((await cron("edit", id, "--every", "30m", "--name", "yours")).stdout).toContain(
      "every 30 minutes",
    );
    expect((await cron("disable", id)).stdout).toContain("off");
    expect((await cron("list")).stdout).not.toContain("yours");
    expect((await cron("enable", id)).stdout).toContain("next ");
    expect(JSON.parse((await cron("status", "--json")).stdout)).toMatchObject({
      enabled: true,
      maxConcurrentRuns: 1,
    });
    expect(await cron("rm", id)).toMatchObject({ code: 0, stdout: `Removed ${id}.\n` });
    expect(await cron("rm", id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("clawdbot cron list"),
    });
  }, 60_000);

  test.each([
    [["add", "--name", "a", "--message", "x"], 2, "a name, a schedule and a message"],
    [["add", "--name", "a", "--message", "x", "--every", "often"], 2, "30m, 12h"],
    [["add", "--name", "a", "--message", "x", "--every", "10s"], 1, "too often"],
    [["add", "--name", "a", "--message", "x", "--cron", "0 8 * *"], 1, "five fields"],
    [
      ["add", "--name", "a", "--message", "x", "--cron", "0 8 * * *", "--tz", "Europe/Berln"],
      1,
      "Europe/Berlin",
    ],
    [["add", "--name", "a", "--message", "x", "--at", "yesterday"], 2, "20m"],
    [["add", "--name", "a", "--message", "x", "--every", "1h", "--to", "telegram:99"], 1, "may not run"],
    [["run"], 2, "cron list"],
    [["edit", "none", "--name", "b"], 1, "There is no job"],
  ])("says what to write instead of %j", async (words, code, hint) => {
    const ran = await cron(...words);
    expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(hint)]);
  });

  test("switches a job whose time is over on only with another time", async () => {
    expect(await cron("enable", "plants")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--at 20m"),
    });
    expect(await cron("edit", "plants", "--at", "20m")).toMatchObject({ code: 0 });
    expect(await cron("enable", "plants")).toMatchObject({ code: 0 });
    expect(await rowOf("plants")).toMatchObject({ enabled: true });
    expect(await cron("rm", "plants")).toMatchObject({ code: 0 });
  }, 60_000);

  test("without a gateway says how to start one", async () => {
    await world.stop();
    expect(await cron("list")).toMatchObject({ code: 1, stderr: expect.stringContaining("Hint:") });
    const reader = openStoreReader({ directory: join(world.home.stateDir, "state") });
    expect(reader?.audit.verify()).toMatchObject({ ok: true });
    reader?.close();
    await world.start();
  });
});
