/** Tool calls through the whole gateway: the real client libraries, a scripted model, a real container engine. */
import { createServer } from "node:http";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { aWorld, type World } from "./a-world.ts";
import { callsOf } from "./a-model-with-hands.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
const owner = 42;
const friend = 43;
const group = -1_002_000_000_777;

beforeAll(async () => {
  world = await aWorld({
    environment: {
      DOCKER_HOST: containerEngine ?? "unix:///nowhere.sock",
      SECRET_CANARY: "canary-of-the-gateway",
    },
  });
  const { control } = world.telegram;
  for (const [id, firstName] of [
    [owner, "Ada"],
    [friend, "Ben"],
  ] as const)
    control.addUser({ id, firstName });
  control.addSupergroup({ id: group, title: "Friends", members: [owner, friend] });
  control.setReadsAllGroupMessages(true);
  world.home.configure(config());
  writeFileSync(join(world.home.directory, "outside.txt"), "canary-outside");
  mkdirSync(join(world.home.directory, "clawd"));
  symlinkSync("../outside.txt", join(world.home.directory, "clawd/link.txt"));
  await world.start();
}, 60_000);

afterAll(() => world?.close());

const config = (agents: object = {}) =>
  world.config(
    { dmPolicy: "allowlist", allowFrom: [owner, friend].map(String), groups: { [group]: {} } },
    {
      commands: { ownerAllowFrom: [`telegram:${owner}`] },
      agents: { defaults: { workspace: join(world.home.directory, "clawd"), ...agents } },
    },
  );
const says =
  (from: number, chat: number = from) =>
  () =>
    world.telegram.control.say({
      from,
      chat,
      text: chat === from ? "go" : `@${world.telegram.bot.username} go`,
    });
const bash = (command: string, more: object = {}) => ({ name: "bash", input: { command, ...more } });

describe("the owner's own session", () => {
  test("works on the host, in the agent's workspace, with a clean environment", async () => {
    const { results, offered } = await callsOf(world, says(owner), bash("pwd; env; echo hello > made.txt"));
    expect(offered).toEqual(
      expect.arrayContaining([
        "bash",
        "process",
        "read",
        "write",
        "edit",
        "apply_patch",
        "ls",
        "grep",
        "find",
      ]),
    );
    expect(results[0]).toMatchObject({ isError: false });
    expect(results[0]!.text).toContain(join(world.home.directory, "clawd"));
    expect(results[0]!.text).not.toContain("canary-of-the-gateway");
    expect(readFileSync(join(world.home.directory, "clawd/made.txt"), "utf8")).toBe("hello\n");
  });

  test("reads and writes below the workspace, and never through a link that leads out", async () => {
    const { results } = await callsOf(
      world,
      says(owner),
      { name: "write", input: { path: "notes/a.txt", content: "one\n" } },
      { name: "edit", input: { path: "notes/a.txt", oldText: "one", newText: "two" } },
      { name: "read", input: { path: "notes/a.txt" } },
      { name: "read", input: { path: "link.txt" } },
      { name: "read", input: { path: "../outside.txt" } },
      { name: "write", input: { path: "link.txt", content: "x" } },
    );
    expect(results.map(({ isError }) => isError)).toEqual([false, false, false, true, true, true]);
    expect(results[2]!.text).toContain("two");
    expect(JSON.stringify(results)).not.toContain("canary-outside");
    expect(readFileSync(join(world.home.directory, "outside.txt"), "utf8")).toBe("canary-outside");
  });

  test("has a record that says where each call ran", () => {
    const finished = world.audit().filter(({ kind }) => kind === "tool-finished");
    expect(finished).toContainEqual(
      expect.objectContaining({
        sender: String(owner),
        detail: expect.objectContaining({ receipt: expect.objectContaining({ place: "host" }) }),
      }),
    );
  });
});

describe.skipIf(containerEngine === undefined)(`everybody else${needsEngine}`, () => {
  test.each([
    ["a friend", friend, friend],
    ["a group", friend, group],
    ["the owner in a group", owner, group],
  ])(
    "%s works in a container that shows nothing of the host",
    async (_who, from, chat) => {
      const { results } = await callsOf(
        world,
        says(from, chat),
        bash(
          "id -u; pwd; ls -R / 2>/dev/null | head -c 20000; env; cat /proc/self/environ; cat ~/.clawdbot/clawdbot.json",
        ),
        bash(
          `cat ${world.home.stateDir}/clawdbot.json; ls ${world.home.directory}; echo ran > /workspace/here.txt`,
        ),
        { name: "read", input: { path: "here.txt" } },
        { name: "read", input: { path: join(world.home.directory, "outside.txt") } },
      );
      const all = JSON.stringify(results);
      expect(results[0]!.text).toMatch(/\n10001\n\/workspace\n/);
      expect(results[2]).toMatchObject({ isError: false });
      expect(results[3]).toMatchObject({ isError: true });
      for (const canary of ["canary", "botToken", world.telegram.token, "test-key-0123456789"])
        expect(all).not.toContain(canary);
      expect(existsSync(join(world.home.directory, "clawd/here.txt"))).toBe(false);
    },
    60_000,
  );

  const containers = async () => {
    const { stdout } = await clawdbot(world.home, ["sandbox", "list", "--json"]);
    return (JSON.parse(stdout) as { containers: { id: string; scope: string; isRunning: boolean }[] })
      .containers;
  };

  test("they share the agent's container, which the command line shows, and removes", async () => {
    const [before, ...more] = await containers();
    expect([before, more]).toEqual([expect.objectContaining({ scope: "agent:main", isRunning: true }), []]);
    const removed = await clawdbot(world.home, ["sandbox", "recreate", "--agent", "main", "--force"]);
    expect(removed).toMatchObject({ code: 0 });
    expect(await containers()).toEqual([]);
    const { results } = await callsOf(world, says(friend), bash("cat /workspace/here.txt"));
    expect(results).toMatchObject([{ isError: false }]);
    expect((await containers()).map(({ id }) => id)).not.toEqual([before!.id]);
  }, 60_000);

  test("a changed setting counts at the next call, in a container made anew", async () => {
    const [before] = await containers();
    world.home.configure(config({ sandbox: { docker: { pidsLimit: 77 } } }));
    await eventually(() => world.log().includes("config reloaded"));
    const { results } = await callsOf(
      world,
      says(friend),
      bash("cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null"),
    );
    expect(results[0]!.text).toContain("77");
    const [after, ...more] = await containers();
    expect(more).toEqual([]);
    expect(after!.id).not.toBe(before!.id);
  }, 60_000);

  test("what the config opens is reached through the proxy, and nothing else at all", async () => {
    const server = createServer((_request, response) => response.end("the open host"));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
    });
    try {
      const allow = [{ host: "127.0.0.1", ports: [port], private: true }];
      world.home.configure(config({ sandbox: { egress: { allow } } }));
      const shown = await clawdbot(world.home, ["config", "apply", "--json"]);
      const { state, hash, lines } = JSON.parse(shown.stdout) as {
        state: string;
        hash: string;
        lines: string[];
      };
      expect([state, lines.join()]).toEqual(["held", expect.stringContaining(`127.0.0.1:${port} (private)`)]);
      const { results: before } = await callsOf(
        world,
        says(friend),
        bash(`curl -sS http://127.0.0.1:${port}/`),
      );
      expect(before[0]!.text).not.toContain("the open host");
      expect((await clawdbot(world.home, ["config", "apply", "--ack", hash])).code).toBe(0);
      const { results } = await callsOf(
        world,
        says(friend),
        bash(`curl -sS http://127.0.0.1:${port}/`),
        bash(`curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.1:${world.gateway.port}/health`),
        bash(`curl -sS --noproxy '*' --max-time 3 http://127.0.0.1:${port}/; echo "exit $?"`),
      );
      expect(results[0]!.text).toContain("the open host");
      expect(results[1]!.text).toContain("403");
      expect(results[2]!.text).toContain("exit 7");
    } finally {
      server.close();
    }
  }, 60_000);

  test("the record names the container, its image and its configuration", () => {
    const receipts = world
      .audit()
      .filter(({ kind, sender }) => kind === "tool-finished" && sender === String(friend))
      .map(({ detail }) => (detail as { receipt: object }).receipt);
    expect(receipts.length).toBeGreaterThan(3);
    for (const receipt of receipts)
      expect(receipt).toMatchObject({
        place: "sandbox",
        container: expect.stringMatching(/^[0-9a-f]{64}$/),
        image: expect.stringMatching(/^sha256:/),
        configuration: expect.stringMatching(/^sha256:/),
      });
  });
});

test("without an engine nobody in a sandbox has a shell, and nothing runs on the host", async () => {
  const bare = await aWorld({ environment: { DOCKER_HOST: "unix:///nowhere.sock" } });
  try {
    bare.telegram.control.addUser({ id: friend, firstName: "Ben" });
    const workspace = join(bare.home.directory, "clawd");
    bare.home.configure(
      bare.config(
        { dmPolicy: "allowlist", allowFrom: [String(friend)] },
        { agents: { defaults: { workspace } } },
      ),
    );
    await bare.start();
    const canary = join(bare.home.directory, "canary");
    const { results } = await callsOf(
      bare,
      () => bare.telegram.control.say({ from: friend, text: "go" }),
      bash(`touch ${canary}`),
      { name: "write", input: { path: canary, content: "x" } },
      { name: "read", input: { path: "/etc/passwd" } },
    );
    expect(results.map(({ isError }) => isError)).toEqual([true, true, true]);
    expect(results[0]!.text).toMatch(/engine/i);
    expect(existsSync(canary)).toBe(false);
  } finally {
    await bare.close();
  }
}, 60_000);
