/** The tool `gateway`, through the whole gateway: what an owner's conversation sees of the config, changes of it, and restarts. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { callsOf } from "./a-model-with-hands.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
const owner = 42;
const friend = 43;

/** As a person writes it. */
const text = () => `// My gateway.
{
  telegram: {
    botToken: "${world.telegram.token}", // from @BotFather
    apiRoot: "${world.telegram.url}",
    dmPolicy: "allowlist",
    allowFrom: [42, 43], // Ada and Ben
  },
  models: { providers: { anthropic: { baseUrl: "${world.anthropic.url}", apiKey: "\${MODEL_KEY}" } } },
  commands: { ownerAllowFrom: ["telegram:42"], restart: true },
  agents: {
    defaults: {
      workspace: "${join(world.home.directory, "clawd")}",
      sandbox: {
        // Not too much.
        docker: { memory: "1g", pidsLimit: 0x40 },
        egress: { allow: ["example.org"], secrets: [
          { host: "example.org", header: "authorization", value: "canary-of-a-host" },
        ] },
      },
    },
  },
  tools: { deny: ["browser"] },
}
`;
const path = () => join(world.home.stateDir, "clawdbot.json");
const onDisk = () => readFileSync(path(), "utf8");
const hash = () => `sha256:${createHash("sha256").update(onDisk()).digest("hex")}`;
const says = (from: number) => () => world.telegram.control.say({ from, text: "go" });
const call = (input: object) => ({ name: "gateway", input: { ...input } });
const patch = (change: object, baseHash = hash()) =>
  call({ action: "config.apply", patch: change, baseHash });
async function asks(from: number, ...calls: Parameters<typeof callsOf>[2][]) {
  const { results } = await callsOf(world, says(from), ...calls);
  return results;
}
/** What the tool said, out of its marks as data. */
const read = (shown: { readonly text: string } | undefined): unknown =>
  JSON.parse(shown!.text.split("\n").slice(1, -1).join("\n"));
const changes = () => world.audit().filter(({ kind }) => kind === "config-changed").length;
const receipts = () =>
  world
    .audit()
    .filter(({ kind, detail }) => kind === "tool-finished" && (detail as { tool: string }).tool === "gateway")
    .map(({ detail }) => (detail as { receipt: unknown }).receipt);

beforeAll(async () => {
  world = await aWorld({
    environment: { DOCKER_HOST: "unix:///nowhere.sock", MODEL_KEY: "canary-of-the-model" },
  });
  for (const [id, firstName] of [
    [owner, "Ada"],
    [friend, "Ben"],
  ] as const)
    world.telegram.control.addUser({ id, firstName, started: true });
  world.home.configure(text());
  await world.start();
}, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  if (onDisk() === text()) return;
  await world.stop();
  rmSync(path());
  world.home.configure(text());
  await world.start();
}, 60_000);

describe("config.get", () => {
  test("shows what is written, without a single secret, and the hash of the file", async () => {
    const [shown] = await asks(owner, call({ action: "config.get" }));
    const { config, hash: told } = read(shown) as { config: Record<string, never>; hash: string };
    expect(told).toBe(hash());
    expect(config).toMatchObject({
      telegram: { botToken: "[redacted]", allowFrom: [42, 43] },
      models: { providers: { anthropic: { apiKey: "[redacted]" } } },
      agents: {
        defaults: { sandbox: { egress: { secrets: [{ host: "example.org", value: "[redacted]" }] } } },
      },
    });
    for (const canary of [world.telegram.token, "canary-", "MODEL_KEY"])
      expect(shown!.text).not.toContain(canary);
  });

  test("is for owners alone", async () => {
    const results = await asks(
      friend,
      call({ action: "config.get" }),
      call({ action: "config.schema" }),
      patch({}),
    );
    expect(results.map(({ isError, text: said }) => [isError, said])).toEqual(
      Array.from({ length: 3 }, () => [true, expect.stringContaining("owner-only-tool")]),
    );
  });
});

test("config.schema says what there is, and more of one key", async () => {
  const [all, part, none] = await asks(
    owner,
    call({ action: "config.schema" }),
    call({ action: "config.schema", key: "tools.bash" }),
    call({ action: "config.schema", key: "tools.nothing" }),
  );
  expect(all!.text).toContain("agents, bindings");
  expect(part!.text).toContain("timeoutSec");
  expect(none).toMatchObject({ isError: true, text: expect.stringContaining("no key") });
});

describe("config.apply", () => {
  test("takes what gives less over at once, and leaves every other character of the file where it was", async () => {
    const before = changes();
    const [done] = await asks(
      owner,
      patch({
        telegram: { allowFrom: [42] },
        agents: { defaults: { sandbox: { docker: { memory: "512m" } } } },
      }),
    );
    expect(done).toMatchObject({ isError: false, text: expect.stringContaining("It is in force.") });
    expect(done!.text).toContain("sandbox.docker.memory of main: 1g -> 512m");
    expect(onDisk()).toBe(text().replace("[42, 43]", "[42]").replace('"1g"', '"512m"'));
    expect([changes() - before, statSync(path()).mode & 0o777]).toEqual([1, 0o600]);
    expect(readFileSync(`${path()}.bak`, "utf8")).toBe(text());
    expect(receipts().at(-1)).toEqual({
      place: "gateway",
      action: "config.apply",
      outcome: "done",
      keys: ["telegram.allowFrom", "agents.defaults.sandbox.docker.memory"],
    });
    world.telegram.control.say({ from: friend, text: "am I still here?" });
    await eventually(() =>
      world.audit().find(({ sender, code }) => sender === "43" && code === "sender-not-listed"),
    );
  });

  test("a limit counts from the next command on", async () => {
    const [done, command] = await asks(owner, patch({ tools: { bash: { timeoutSec: 1 } } }), {
      name: "bash",
      input: { command: "sleep 20; echo late" },
    });
    expect(done).toMatchObject({ isError: false });
    expect(command!.text).toContain("timed out after 1 seconds");
    expect(command!.text).not.toContain("late");
  });

  test("takes a whole config too, with the marks of its secrets standing for what they were", async () => {
    const [shown] = await asks(owner, call({ action: "config.get" }));
    const { config } = read(shown) as { config: { tools: { deny: string[] } } };
    config.tools.deny.push("web_fetch");
    const [done] = await asks(
      owner,
      call({ action: "config.apply", raw: JSON.stringify(config), baseHash: hash() }),
    );
    expect(done).toMatchObject({ isError: false });
    expect(onDisk()).toBe(text().replace('["browser"]', '["browser", "web_fetch"]'));
  });

  test.each<[string, object, string]>([
    ["lets somebody in", { telegram: { allowFrom: [42, 43, 44] } }, "telegram:44"],
    ["takes a tool's denial away", { tools: { deny: null } }, "browser"],
    [
      "opens a host",
      { agents: { defaults: { sandbox: { egress: { allow: ["example.org", "evil.test"] } } } } },
      "evil.test:443",
    ],
    ["raises a limit", { agents: { defaults: { sandbox: { docker: { pidsLimit: 65 } } } } }, "64 -> 65"],
    ["leaves the sandbox", { agents: { defaults: { sandbox: { mode: "off" } } } }, "bash"],
    [
      "gives less and more at once",
      { telegram: { allowFrom: [42] }, tools: { bash: { timeoutSec: 0 } } },
      "tools.bash.timeoutSec",
    ],
  ])("refuses what %s, says what it would give and how an owner can do it", async (_what, change, named) => {
    const before = changes();
    const [refused] = await asks(owner, patch(change));
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("it would give more") });
    expect(refused!.text).toContain(named);
    expect(refused!.text).toContain("clawdbot config apply");
    expect([onDisk(), changes()]).toEqual([text(), before]);
    expect(receipts().at(-1)).toMatchObject({ outcome: "widens" });
  });

  test.each<[string, object]>([
    ["the gateway's own keys", { gateway: { port: 1 } }],
    ["a model's address", { models: { providers: { anthropic: { baseUrl: "http://x.test" } } } }],
    ["a token", { telegram: { botToken: "1:x" } }],
    ["a network's server", { telegram: { apiRoot: "http://x.test" } }],
    ["a secret", { agents: { defaults: { sandbox: { egress: { secrets: [] } } } } }],
    ["who the owners are", { commands: { ownerAllowFrom: [] } }],
    ["a workspace", { agents: { defaults: { workspace: "/" } } }],
    ["another file", { $include: "./other.json" }],
    ["what nobody knows", { plugins: { paths: ["/x"] } }],
    ["a variable", { telegram: { groupPolicy: "${MODEL_KEY}" } }],
    ["a mark where no secret was", { telegram: { groupPolicy: "[redacted]" } }],
  ])("never writes %s", async (_what, change) => {
    const [refused] = await asks(owner, patch(change));
    expect(refused).toMatchObject({
      isError: true,
      text: expect.stringContaining("Their owner edits the config"),
    });
    expect([onDisk(), receipts().at(-1)]).toEqual([
      text(),
      expect.objectContaining({ outcome: "protected" }),
    ]);
  });

  test("refuses an old hash, what is no config, and a file that is a link", async () => {
    const old = hash();
    const [invalid, unread] = await asks(
      owner,
      patch({ telegram: { dmPolicy: "closed" } }),
      call({ action: "config.apply", raw: "{ a: ", baseHash: old }),
    );
    expect(invalid!.text).toContain("telegram.dmPolicy");
    expect(unread!.text).toContain("cannot be read");
    // The user's own edit, that came first.
    writeFileSync(path(), `${text()}// mine\n`);
    const [late] = await asks(owner, patch({ tools: { deny: ["browser", "web_fetch"] } }, old));
    expect(late).toMatchObject({ isError: true, text: expect.stringContaining("another one by now") });
    expect(onDisk()).toBe(`${text()}// mine\n`);
    const elsewhere = join(world.home.directory, "elsewhere.json");
    writeFileSync(elsewhere, text(), { mode: 0o600 });
    rmSync(path());
    symlinkSync(elsewhere, path());
    const [linked] = await asks(owner, patch({ tools: { deny: ["browser", "web_fetch"] } }));
    expect(linked).toMatchObject({ isError: true, text: expect.stringContaining("plain file") });
    expect(readFileSync(elsewhere, "utf8")).toBe(text());
  });

  test("does nothing else, and says so", async () => {
    const [update] = await asks(owner, call({ action: "update.run" }));
    expect(update).toMatchObject({ isError: true, text: expect.stringContaining("on the command line") });
    expect(receipts().at(-1)).toMatchObject({ action: "update.run", outcome: "unsupported" });
  });
});

describe("restart", () => {
  const starts = () => world.audit().filter(({ kind }) => kind === "gateway-started").length;

  test("ends what runs, begins anew, and the answer comes once", async () => {
    const before = starts();
    const [done] = await asks(owner, call({ action: "restart", delayMs: 0, reason: "to try it" }));
    expect(done).toMatchObject({ isError: false, text: expect.stringContaining("restarts in 0 ms") });
    const answer = world.texts(owner).at(-1)!;
    await eventually(() => starts() > before || undefined);
    expect(world.audit().find(({ kind }) => kind === "restart-asked")).toMatchObject({
      sender: "42",
      detail: { reason: "to try it", delayMs: 0 },
    });
    const [again] = await asks(owner, call({ action: "config.get" }));
    expect(again).toMatchObject({ isError: false });
    expect(world.texts(owner).filter((one) => one === answer)).toHaveLength(1);
    expect(starts()).toBe(before + 1);
    expect((await clawdbot(world.home, ["audit", "verify"])).code).toBe(0);
  });

  test("accepts nothing that waits for an owner", async () => {
    const before = starts();
    writeFileSync(path(), text().replace("[42, 43]", "[42, 43, 44]"));
    await eventually(() => world.audit().find(({ kind }) => kind === "config-held"));
    await asks(owner, call({ action: "restart", delayMs: 0 }));
    await eventually(() => starts() > before || undefined);
    world.telegram.control.addUser({ id: 44, firstName: "Cay", started: true });
    world.telegram.control.say({ from: 44, text: "am I in?" });
    await eventually(() => world.audit().find(({ sender }) => sender === "44"));
    expect(world.audit().find(({ sender }) => sender === "44")).toMatchObject({ effect: "deny" });
  });

  test("is refused where it is switched off", async () => {
    await world.stop();
    world.home.configure(text().replace("restart: true", "restart: false"));
    await world.start();
    const before = starts();
    const [refused] = await asks(owner, call({ action: "restart" }));
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("commands.restart") });
    expect([starts(), existsSync(path())]).toEqual([before, true]);
  });
});
