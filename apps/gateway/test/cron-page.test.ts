/** The commands of docs/cron.md work in their order, and its config is valid. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { configsOf, install } from "./documented-page.ts";
import { clawdbot } from "./harness.ts";

let world: World;
const page = readFileSync(new URL("../../../docs/cron.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)]
  .flatMap(([, code = ""]) => code.trim().split("\n"))
  .map((line) => line.replace(/^clawdbot /, ""));

beforeAll(async () => {
  world = await aWorld();
  world.telegram.control.addUser({ id: 42, firstName: "Ada" });
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: ["42"] },
      { commands: { ownerAllowFrom: ["telegram:42"] } },
    ),
  );
  await world.start();
}, 60_000);
afterAll(() => world?.close());

/** As a shell would take it apart. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

test("has commands", () => expect(commands.length).toBeGreaterThan(5));

test.each(commands)("clawdbot %s", async (command) => {
  expect(await clawdbot(world.home, wordsOf(command))).toMatchObject({ code: 0 });
});

test.each(configsOf("cron.md").map((config, index) => [index + 1, config] as const))(
  "config %i",
  async (_number, config) => {
    await world.stop();
    await install(world.home, config);
  },
);

test.each([
  [{ timeZone: "Europe/Berln" }, "cron.timeZone", "Did you mean Europe/Berlin?"],
  [{ maxConcurrentRuns: 0 }, "cron.maxConcurrentRuns", ""],
  [{ minIntervalSeconds: 1 }, "cron.minIntervalSeconds", ""],
  [{ store: "jobs.json" }, "cron.store", ""],
])("%j is no config of it", async (cron, path, hint) => {
  world.home.configure({ cron });
  const { code, stdout } = await clawdbot(world.home, ["config", "validate", "--json"]);
  const { issues } = JSON.parse(stdout) as {
    issues: readonly { path: string; hint: string; line: number }[];
  };
  expect(code).toBe(1);
  expect(issues).toMatchObject([{ path, hint: expect.stringContaining(hint), line: expect.any(Number) }]);
});
