/** A reload that widens access waits for an owner's word for exactly that difference; one that narrows does not wait. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
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
const lastHash = () =>
  /\/approve ([0-9a-f]{8})/.exec(world.texts(42).findLast((text) => text.includes("/approve")) ?? "")?.[1] ??
  "";

beforeAll(async () => {
  world = await aWorld();
  for (const id of [42, 43, 44]) world.telegram.control.addUser({ id, firstName: "Ada", started: true });
});
beforeEach(async () => {
  await world.stop();
  world.home.configure(config([42]));
  await world.start();
});
afterAll(() => world.close());

describe("a reload that lets somebody else in", () => {
  test("changes nothing until the owner approves it in their own chat, and then at once", async () => {
    expect((await say(43, "let me in")).effect).toBe("deny");
    world.home.configure(config([42, 43]));
    await eventually(() => held().length > 0 || undefined);
    expect((await say(43, "now?")).effect).toBe("deny");
    const hash = await eventually(() => lastHash() || undefined);
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
