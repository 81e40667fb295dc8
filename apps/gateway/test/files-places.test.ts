/** Where files that come in are put, for each thing that a container may see of the workspace; and without an engine. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { silence } from "@clawd/agent";
import { afterAll, describe, expect, test } from "vitest";
import { callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { eventually } from "./harness.ts";

const friend = 43;
const worlds: World[] = [];
afterAll(async () => {
  for (const world of worlds) await world.close();
});

async function aPlace(sandbox: object, engine = containerEngine): Promise<World> {
  const world = await aWorld({ environment: { DOCKER_HOST: engine ?? "unix:///nowhere.sock" } });
  worlds.push(world);
  world.telegram.control.addUser({ id: friend, firstName: "Ben" });
  mkdirSync(join(world.home.directory, "clawd"));
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: [String(friend)] },
      {
        agents: {
          defaults: {
            workspace: join(world.home.directory, "clawd"),
            sandbox: { docker: { containerPrefix: "med-" }, ...sandbox },
          },
        },
      },
    ),
  );
  await world.start();
  return world;
}

const says = (world: World) => () =>
  void world.telegram.control.say({
    from: friend,
    text: "read it",
    document: {
      base64: Buffer.from("what it says").toString("base64"),
      name: "letter.txt",
      mimeType: "text/plain",
    },
  });

describe.skipIf(containerEngine === undefined)(`in a container${needsEngine}`, () => {
  test.each([
    ["none", { workspaceAccess: "none" }],
    ["ro", { workspaceAccess: "ro" }],
    ["a session of its own", { scope: "session" }],
  ])(
    "that has %s, a file is put into its own directory, and read there",
    async (_what, sandbox) => {
      const world = await aPlace(sandbox);
      const { results } = await callsOf(
        world,
        says(world),
        { name: "read", input: { path: "media/inbound/letter.txt" } },
        { name: "bash", input: { command: "pwd; ls -l media/inbound/; id -u" } },
      );
      expect(results[0]).toMatchObject({ isError: false, text: expect.stringContaining("what it says") });
      expect(results[1]!.text).toContain("/workspace");
      expect(readdirSync(join(world.home.directory, "clawd"))).toEqual([]);
    },
    60_000,
  );

  test("that makes its directory a link and back all the time, no file is put through the link", async () => {
    const world = await aPlace({});
    const flipping =
      "mkdir -p media/inbound out /tmp/out; while :; do mv media/inbound aside; ln -s /workspace/out media/inbound; rm media/inbound; ln -s /tmp/out media/inbound; rm media/inbound; mv aside media/inbound; done";
    await callsOf(world, says(world), { name: "bash", input: { command: flipping, background: true } });
    const fates: string[] = [];
    for (let n = 0; n < 40; n++) {
      const before = world.anthropic.control.requests.length;
      world.anthropic.control.script({ text: silence });
      const base64 = Buffer.from(`file ${n}`).toString("base64");
      world.telegram.control.say({ from: friend, text: `${n}`, document: { base64, name: `${n}.txt` } });
      const asked = await eventually(() => world.anthropic.control.requests.slice(before).at(0), 20_000);
      const { messages } = asked.body as { messages: { content: unknown }[] };
      fates.push(JSON.stringify(messages.at(-1)));
    }
    const { results } = await callsOf(
      world,
      () => void world.telegram.control.say({ from: friend, text: "and now?" }),
      { name: "bash", input: { command: "find out /tmp/out -name '*.txt'; echo that is all" } },
    );
    expect(results[0]!.text).toContain("that is all");
    expect(results[0]!.text).not.toContain(".txt");
    expect(fates.filter((fate) => fate.includes("at media/inbound/")).length).toBeGreaterThan(0);
    expect(readdirSync(join(world.home.directory, "clawd"))).toEqual([]);
  }, 120_000);
});

test("without an engine nothing is fetched but pictures, and nothing is put anywhere", async () => {
  const world = await aPlace({}, "unix:///nowhere.sock");
  world.anthropic.control.script({ text: "I cannot open it." });
  says(world)();
  await eventually(() => world.texts(friend).includes("I cannot open it."), 20_000);
  expect(world.prompts()).toContain("not opened, since the workspace cannot be used, CLAWD_");
  expect(world.telegram.control.listCalls().filter(({ method }) => method === "getFile")).toEqual([]);
  expect(readdirSync(join(world.home.directory, "clawd"))).toEqual([]);
}, 60_000);
