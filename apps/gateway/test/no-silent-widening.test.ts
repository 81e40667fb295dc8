/** A reload that widens access waits for an owner's word for exactly that difference; one that narrows does not wait. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
/** How many texts the owner had when the test began. */
let told = 0;
const owner = { ownerAllowFrom: ["telegram:42"] };

function config(allowFrom: readonly number[], more: Readonly<Record<string, unknown>> = {}) {
  return world.config({ dmPolicy: "allowlist", allowFrom }, { commands: owner, ...more });
}

const held = () => world.audit().filter(({ kind }) => kind === "config-held");
const policyInForce = async () => {
  const answer = await clawdbot(world.home, ["config", "apply", "--json"]);
  return JSON.parse(answer.stdout) as { state: string; hash?: string; lines?: readonly string[] };
};
/** Says something as that person, and waits until the gateway has decided about it. */
async function say(from: number, text: string) {
  const before = world.audit().length;
  world.telegram.control.say({ from, text });
  return eventually(() =>
    world
      .audit()
      .slice(before)
      .find(({ kind, sender }) => kind === "access-decision" && sender === String(from)),
  );
}
/** The notices in the owner's chat that still have buttons, oldest first. */
const notices = () =>
  world.telegram.control.messages(42).flatMap(({ message_id: messageId, reply_markup: markup }) => {
    const [accept = "", dismiss = ""] = (markup?.inline_keyboard.flat() ?? []).map(
      (key) => key.callback_data,
    );
    return accept === "" ? [] : [{ messageId, accept, dismiss, hash: accept.replace("/approve ", "") }];
  });
/** Writes a config that lets 43 in, and waits until the owner is asked about it. */
async function widened(...allowFrom: readonly number[]) {
  const before = notices().length;
  world.home.configure(config([42, 43, ...allowFrom]));
  return eventually(() => notices()[before]);
}
const answers = () =>
  world
    .texts(42)
    .slice(told)
    .filter((text) => /^(Accepted|Dismissed|Nothing waits)/.test(text));
/** Presses, and waits until the gateway has decided about it. */
async function press(from: number, chat: number, messageId: number, data: string, isForged = false) {
  const before = world.audit().length;
  world.telegram.control.press({ from, chat, messageId, data, isForged });
  const isPress = ({ kind, detail }: ReturnType<World["audit"]>[number]) =>
    kind === "access-decision" && (detail as { event?: string }).event === "button";
  return eventually(() => world.audit().slice(before).find(isPress));
}

beforeAll(async () => {
  world = await aWorld();
  for (const id of [42, 43, 44, 45, 46])
    world.telegram.control.addUser({ id, firstName: "Ada", started: true });
});
beforeEach(async () => {
  await world.stop();
  told = world.texts(42).length;
  world.home.configure(config([42]));
  await world.start();
});
afterAll(() => world.close());

describe("a reload that lets somebody else in", () => {
  test("changes nothing until the owner approves it in their own chat, and then at once", async () => {
    expect((await say(43, "let me in")).effect).toBe("deny");
    const { hash } = await widened();
    expect((await say(43, "now?")).effect).toBe("deny");
    expect(world.texts(42).at(-1)).toContain("telegram:43");
    // A hash that is nearly right is another difference.
    const wrong = (hash.startsWith("0") ? "1" : "0") + hash.slice(1);
    await say(42, `/approve ${wrong}`);
    await eventually(() => world.texts(42).find((text) => text.startsWith("Nothing waits")));
    expect((await say(43, "now?")).effect).toBe("deny");
    await say(42, `/approve ${hash}`);
    await eventually(() => world.texts(42).find((text) => text.startsWith("Accepted")));
    expect((await say(43, "and now?")).effect).toBe("allow");
  });

  test("is accepted on the command line by its hash, and shown without it", async () => {
    world.home.configure(config([42, 43]));
    const shown = await clawdbot(world.home, ["config", "apply"]);
    expect([shown.code, shown.stdout]).toEqual([1, expect.stringContaining("telegram:43")]);
    const { hash = "" } = await policyInForce();
    const refused = await clawdbot(world.home, ["config", "apply", "--ack", "deadbeef"]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("clawdbot config apply")]);
    expect((await clawdbot(world.home, ["config", "apply", "--ack", hash])).code).toBe(0);
    expect((await say(43, "hello")).effect).toBe("allow");
  });

  test("that grows after it was shown is not covered by the word for what was shown", async () => {
    world.home.configure(config([42, 43]));
    const { hash = "" } = await policyInForce();
    world.home.configure(config([42, 43, 44]));
    await policyInForce();
    expect((await clawdbot(world.home, ["config", "apply", "--ack", hash])).code).toBe(1);
    expect((await say(44, "hello")).effect).toBe("deny");
    expect((await say(43, "hello")).effect).toBe("deny");
  });

  test("and is taken back, waits no more", async () => {
    world.home.configure(config([42, 43]));
    const { hash = "" } = await policyInForce();
    world.home.configure(config([42]));
    expect((await policyInForce()).state).toBe("in-force");
    expect((await clawdbot(world.home, ["config", "apply", "--ack", hash])).code).toBe(1);
  });
});

describe("a button in the owner's chat", () => {
  test("accepts exactly what it is below, and is gone then", async () => {
    const { messageId, accept } = await widened();
    await press(42, 42, messageId, accept);
    await eventually(() => answers().length > 0 || undefined);
    expect(answers()).toEqual(["Accepted. The config is in force."]);
    expect((await say(43, "hello")).effect).toBe("allow");
    await eventually(() => !notices().some((notice) => notice.messageId === messageId));
  });

  test("dismisses it, and then neither button of any notice about it does anything more", async () => {
    const { messageId, accept, dismiss } = await widened();
    await press(42, 42, messageId, dismiss);
    await eventually(() => answers().length > 0 || undefined);
    await press(42, 42, messageId, accept, true);
    await press(42, 42, messageId, dismiss, true);
    await eventually(() => answers().length > 2 || undefined);
    expect(answers()).toEqual([
      "Dismissed. What was in force stays in force.",
      expect.stringContaining("Nothing waits under this hash"),
      expect.stringContaining("Nothing waits under this hash"),
    ]);
    expect((await say(43, "hello")).effect).toBe("deny");
  });

  test("pressed twice is heard once, and the second time is told so", async () => {
    const { messageId, accept } = await widened();
    world.telegram.control.press({ from: 42, chat: 42, messageId, data: accept });
    world.telegram.control.press({ from: 42, chat: 42, messageId, data: accept });
    await eventually(() => answers().length > 1 || undefined);
    expect(answers()).toEqual([
      "Accepted. The config is in force.",
      expect.stringContaining("Nothing waits under this hash"),
    ]);
  });

  test("of an old notice does not accept what waits now", async () => {
    const old = await widened();
    const now = await widened(44);
    expect(now.hash).not.toBe(old.hash);
    await press(42, 42, old.messageId, old.accept);
    await eventually(() => answers().length > 0 || undefined);
    expect(answers()).toEqual([expect.stringContaining("Nothing waits under this hash")]);
    for (const id of [43, 44]) expect((await say(id, "hello")).effect).toBe("deny");
  });

  test.each([
    ["a friend in their own chat", 45],
    ["a stranger in their own chat", 46],
    ["a member of the owner's group", -100777],
  ])("made up by %s does nothing, and nothing is said", async (_who, from) => {
    const { telegram } = world;
    const isGroup = from < 0;
    const presser = isGroup ? 46 : from;
    await world.stop();
    const group = isGroup ? telegram.control.addSupergroup({ title: "Lab", members: [42, 46] }).id : presser;
    const groups = isGroup ? { groups: { [group]: {} } } : {};
    const people = { dmPolicy: "allowlist", allowFrom: [42, 45], ...groups };
    world.home.configure(world.config(people, { commands: owner }));
    await world.start();
    const before = notices().length;
    world.home.configure(world.config({ ...people, allowFrom: [42, 43, 45] }, { commands: owner }));
    const { accept } = await eventually(() => notices()[before]);
    const { message } = telegram.control.say({ from: presser, chat: group, text: "something" });
    const counts = () => [world.texts(42).length, world.texts(group).length];
    await eventually(() => world.audit().find(({ sender }) => sender === String(presser)));
    if (presser === 45) await eventually(() => world.texts(45).length > 0 || undefined);
    const said = counts();
    const decision = await press(presser, group, message.message_id, accept, true);
    expect(decision).toMatchObject({ effect: "deny", sender: String(presser) });
    expect((await say(43, "hello")).effect).toBe("deny");
    expect(counts()).toEqual(said);
  });
});

describe("a reload", () => {
  test("that only takes away is in force at once", async () => {
    const before = held().length;
    world.home.configure(config([42], { tools: { deny: ["bash"] } }));
    expect((await policyInForce()).state).toBe("in-force");
    expect(held()).toHaveLength(before);
  });

  test("that takes from one and gives to another waits as a whole", async () => {
    world.home.configure(config([43]));
    expect((await policyInForce()).state).toBe("held");
    expect((await say(42, "still here")).effect).toBe("allow");
  });

  test.each([
    ["a tool", { tools: { elevated: { allowFrom: { telegram: [42] } } } }],
    ["the host", { agents: { defaults: { sandbox: { mode: "off" } } } }],
    ["a container a way out", { agents: { defaults: { sandbox: { egress: { allow: ["example.org"] } } } } }],
    ["a container more memory", { agents: { defaults: { sandbox: { docker: { memory: "2g" } } } } }],
    ["an agent another workspace", { agents: { defaults: { workspace: "/tmp" } } }],
    ["other machines the page", { gateway: { bind: "lan" } }],
    ["a friend the owner's session", { session: { dmScope: "main" }, telegramMore: [42, 43] }],
  ])("that gives %s waits", async (_name, { telegramMore, ...more }: Record<string, unknown>) => {
    if (telegramMore !== undefined) {
      await world.stop();
      world.home.configure(config([42, 43]));
      await world.start();
    }
    world.home.configure(config((telegramMore as number[] | undefined) ?? [42], more));
    expect((await policyInForce()).state).toBe("held");
  });
});

test("what lets somebody in and what reaches further is one difference, with one hash, wherever it is shown", async () => {
  const wider = (memory: string, ...people: number[]) =>
    config(people, { agents: { defaults: { sandbox: { docker: { memory } } } } });
  const files = [config([42]), wider("2g", 42, 43)].map((one, index) => {
    const path = join(world.home.directory, `${index}.json`);
    writeFileSync(path, JSON.stringify(one));
    return path;
  });
  const shown = await clawdbot(world.home, ["policy", "diff", ...files]);
  world.home.configure(wider("2g", 42, 43));
  const { state, hash = "", lines = [] } = await policyInForce();
  expect([state, shown.code, shown.stdout.trim()]).toEqual(["held", 1, lines.join("\n")]);
  expect(lines[0]).toBe("Widens: sandbox.docker.memory of main: 1g -> 2g");
  expect(lines.join()).toContain("telegram:43");
  // Neither half of it is accepted by the word for the whole.
  for (const half of [wider("1g", 42, 43), wider("2g", 42)]) {
    world.home.configure(half);
    expect((await policyInForce()).state).toBe("held");
    expect((await clawdbot(world.home, ["config", "apply", "--ack", hash])).code).toBe(1);
  }
  world.home.configure(wider("2g", 42, 43));
  await policyInForce();
  expect((await clawdbot(world.home, ["config", "apply", "--ack", hash])).code).toBe(0);
  expect((await say(43, "hello")).effect).toBe("allow");
  world.home.configure(wider("1g", 42));
  expect((await policyInForce()).state).toBe("in-force");
}, 120_000);

test("making somebody an owner is an owner's word for itself, and for nothing else that waits", async () => {
  await world.stop();
  world.home.configure(config([42, 43]));
  await world.start();
  const approve = (id: string) =>
    clawdbot(world.home, ["pairing", "approve", "telegram", "--id", id, "--owner"]);
  expect((await approve("43")).stderr).toContain("is an owner now");
  expect((await policyInForce()).state).toBe("in-force");
  world.home.configure(
    config([42, 43, 44], { commands: { ownerAllowFrom: ["telegram:42", "telegram:43"] } }),
  );
  expect((await policyInForce()).state).toBe("held");
  expect((await approve("45")).stderr).toContain("clawdbot config apply");
  expect((await say(44, "hello")).effect).toBe("deny");
});
