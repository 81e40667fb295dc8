/** A command on the host that is not the owner's: asked about in the owner's chat, by the real grammY, answered by a button. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { eventually } from "./harness.ts";

const owner = 42;
const friend = 43;
let world: World;
let workspace: string;

beforeAll(async () => {
  world = await aWorld();
  workspace = join(world.home.directory, "clawd");
  mkdirSync(workspace);
  for (const [id, firstName] of [
    [owner, "Ada"],
    [friend, "Ben"],
  ] as const)
    world.telegram.control.addUser({ id, firstName });
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: [owner, friend].map(String) },
      {
        commands: { ownerAllowFrom: [`telegram:${owner}`] },
        agents: { defaults: { workspace, sandbox: { mode: "off" } } },
      },
    ),
  );
  await world.start();
  // A bot may write only to people who wrote to it.
  world.telegram.control.say({ from: owner, text: "hello" });
  await eventually(() => world.texts(owner).length > 0);
}, 60_000);

afterAll(() => world?.close());

interface Notice {
  readonly text: string;
  readonly messageId: number;
  readonly buttons: ReadonlyMap<string, string>;
}

const answered = new Set<number>();

/** The next message in the owner's chat that has buttons. */
function notice(): Promise<Notice> {
  return eventually(() => {
    for (const { message_id: messageId, text = "", reply_markup: markup } of world.telegram.control.messages(
      owner,
    )) {
      const keys = markup?.inline_keyboard.flat() ?? [];
      if (keys.length === 0 || answered.has(messageId)) continue;
      answered.add(messageId);
      return { text, messageId, buttons: new Map(keys.map((key) => [key.text, String(key.callback_data)])) };
    }
    return undefined;
  });
}

function press(from: number, { messageId, buttons }: Notice, label: string): void {
  world.telegram.control.press({
    from,
    chat: owner,
    messageId,
    data: buttons.get(label)!,
    isForged: from !== owner,
  });
}

const run = (command: string) => ({ name: "bash", input: { command } });
const friendSays = () => world.telegram.control.say({ from: friend, text: "go" });

test("runs once the owner pressed the button, and shows the owner all of it before", async () => {
  const calling = callsOf(world, friendSays, run("echo hello > made.txt && cat made.txt"));
  const asked = await notice();
  expect(asked.text).toContain(
    `telegram:${friend} ("Ben") asks to use bash on this machine, outside the sandbox.`,
  );
  expect(asked.text).toContain("| echo hello > made.txt && cat made.txt\n");
  expect(existsSync(join(workspace, "made.txt"))).toBe(false);
  press(friend, asked, "Allow once");
  await world.telegram.control.waitForConfirmed();
  expect(existsSync(join(workspace, "made.txt"))).toBe(false);
  press(owner, asked, "Allow once");
  const { results } = await calling;
  expect(results).toMatchObject([{ isError: false }]);
  expect(existsSync(join(workspace, "made.txt"))).toBe(true);
}, 60_000);

test("does not run when the owner refuses, and the model is told", async () => {
  const calling = callsOf(world, friendSays, run("touch refused.txt"));
  press(owner, await notice(), "Refuse");
  const { results } = await calling;
  expect(results[0]).toMatchObject({ isError: true, text: expect.stringContaining("an owner refused it") });
  expect(existsSync(join(workspace, "refused.txt"))).toBe(false);
}, 60_000);

test("does not run another script than the one that was there when the owner was asked", async () => {
  writeFileSync(join(workspace, "build.sh"), "touch built.txt\n");
  const calling = callsOf(world, friendSays, run("sh ./build.sh"));
  const asked = await notice();
  writeFileSync(join(workspace, "build.sh"), "touch stolen.txt\n");
  press(owner, asked, "Allow once");
  const { results } = await calling;
  expect(results[0]!.text).toContain("something changed since it was approved");
  expect(existsSync(join(workspace, "stolen.txt"))).toBe(false);
}, 60_000);

test("for an hour the same command runs again, and any other is asked about", async () => {
  const first = callsOf(world, friendSays, run("date >> dates.txt"));
  press(owner, await notice(), "Allow for 1 hour");
  await first;
  expect((await callsOf(world, friendSays, run("date >> dates.txt"))).results).toMatchObject([
    { isError: false },
  ]);
  const other = callsOf(world, friendSays, run("date >> other.txt"));
  press(owner, await notice(), "Refuse");
  expect((await other).results).toMatchObject([{ isError: true }]);
}, 60_000);

test("the record has who asked, who answered, and what ran", () => {
  const kinds = world.audit().map(({ kind, code }) => `${kind} ${code ?? ""}`.trim());
  for (const kind of [
    "approval-asked waits",
    "approval-answered approved",
    "approval-answered denied",
    "tool-finished done",
  ])
    expect(kinds).toContain(kind);
});
