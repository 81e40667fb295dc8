/** Examples that stand in the config are asked at every load; a config that breaks one of them never comes into force. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());

const examples = [
  { "telegram:42 in dm": "allow" },
  { "stranger in dm": "deny" },
  { "stranger uses bash in group": "deny" },
];
const config = (allowFrom: readonly number[], more: Readonly<Record<string, unknown>> = {}) =>
  world.config(
    { dmPolicy: "allowlist", allowFrom, groups: { "*": {} } },
    {
      access: { examples },
      tools: { deny: ["bash"] },
      ...more,
    },
  );

test("a violated example keeps the gateway from starting, and names who would get what", async () => {
  world.home.configure(config([42], { tools: {} }));
  const started = await clawdbot(world.home, ["gateway", "--port", "0"]);
  expect(started.code).toBe(1);
  expect(started.stderr).toContain("stranger uses bash in group");
  const validated = await clawdbot(world.home, ["config", "validate", "--json"]);
  expect(JSON.parse(validated.stdout)).toMatchObject({
    ok: false,
    issues: [
      {
        code: "example-violated",
        path: expect.stringContaining("access.examples[2]"),
        line: expect.any(Number),
      },
    ],
  });
});

test("on reload the config that keeps its examples stays in force", async () => {
  world.home.configure(config([42]));
  await world.start();
  world.home.configure(config([]));
  await eventually(() => world.log().includes("example-violated") || undefined);
  const applied = await clawdbot(world.home, ["config", "apply"]);
  expect([applied.code, applied.stderr]).toEqual([1, expect.stringContaining("telegram:42 in dm")]);
  expect(world.audit().filter(({ kind }) => kind === "config-changed")).toEqual([]);
});
