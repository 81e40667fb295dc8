/** Which way goes into a container, as the gateway takes it and as `sandbox explain` says it: the whole gateway on a real engine. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { callsOf } from "./a-model-with-hands.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { aHome, clawdbot } from "./harness.ts";

const friend = 43;
const session = `agent:main:telegram:dm:${friend}`;

describe.skipIf(containerEngine === undefined)(`the engine's exec as the way${needsEngine}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await aWorld({ environment: { DOCKER_HOST: containerEngine! } });
    world.telegram.control.addUser({ id: friend, firstName: "Ben" });
    const sandbox = { docker: { transport: "exec" } };
    world.home.configure(
      world.config(
        { dmPolicy: "allowlist", allowFrom: [String(friend)] },
        { agents: { defaults: { sandbox } } },
      ),
    );
    await world.start();
  }, 60_000);
  afterAll(() => world?.close());

  const explained = async () => {
    const { stdout } = await clawdbot(world.home, ["sandbox", "explain", "--json"]);
    return (JSON.parse(stdout) as { transport: Record<string, unknown>; path: string }).transport;
  };

  test("is said before anything runs, taken by a call, and said of what runs", async () => {
    const why = "agents.defaults.sandbox.docker.transport says so";
    expect(await explained()).toEqual({ active: null, reason: why, order: ["exec"], isRemote: false });
    const says = () => world.telegram.control.say({ from: friend, chat: friend, text: "go" });
    const { results } = await callsOf(world, says, { name: "bash", input: { command: "echo from; id -u" } });
    expect(results[0]).toMatchObject({ isError: false });
    expect(results[0]!.text).toContain("from\n");
    expect(await explained()).toMatchObject({ active: "exec", reason: why });
    const { stdout } = await clawdbot(world.home, ["sandbox", "explain", "--session", session]);
    expect(stdout).toMatch(
      /reached by +exec \(a bridge that the engine starts in it\)\n +now, because agents\.defaults/,
    );
  }, 60_000);
});

describe("without an engine that answers", () => {
  const home = aHome({ DOCKER_HOST: "unix:///nowhere.sock" });
  afterAll(() => home.remove());
  const explained = async (docker: object, sandbox: object = {}) => {
    home.configure({ agents: { defaults: { sandbox: { ...sandbox, docker } } } });
    return clawdbot(home, ["sandbox", "explain"]);
  };

  test("the ways that would be tried are said, quickest first", async () => {
    const { stdout, code } = await explained({});
    expect(code).toBe(1);
    expect(stdout).toMatch(/reached by +socket \(.*\), else attach \(.*\), else exec \(.*\)\n/);
    expect(stdout).toContain("because the engine and the gateway share this machine's file system");
  });

  test("what an engine of another machine cannot have is a problem with its remedy", async () => {
    const { stdout } = await explained({ remote: true }, { workspaceAccess: "rw" });
    expect(stdout).toMatch(/reached by +attach .*else exec .*\n.*because the engine is on another machine/);
    expect(stdout).toMatch(/Problem: The engine is on another machine.*workspaceAccess to none/);
  });

  test("a host without certificates is refused, and the key is named", async () => {
    const { stdout, code } = await explained({ socket: "tcp://192.0.2.1:2376" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/Problem: .*no certificates.*agents\.defaults\.sandbox\.docker\.certPath/);
  });
});
