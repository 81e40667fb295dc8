/** What a person writes wrongly: every mistake is named with its place and a remedy, and nothing runs on a guess. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadConfig } from "@clawd/config";
import { networks } from "../src/providers.ts";
import { configOptions } from "../src/settings.ts";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), "clawd-config-"))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function issuesOf(text: string) {
  const path = join(directory, "clawdbot.json");
  writeFileSync(path, text, { mode: 0o600 });
  const loaded = loadConfig(await configOptions(path));
  return { ok: loaded.ok, issues: loaded.ok ? loaded.warnings : loaded.issues };
}

/** What is wrong with the file as a whole, or with one key of it. */
const mistakes: readonly (readonly [what: string, text: string, path: RegExp])[] = [
  ["an unclosed brace", "{ telegram: {", /^/],
  ["a stray comma", "{ telegram: { , } }", /^/],
  ["an unclosed text", '{ telegram: { botToken: "abc } }', /^/],
  ["no object", "[]", /^/],
  ["a text", '"telegram"', /^/],
  ["binary", "\u0000\u0001\u0002", /^/],
  ["two values", "{} {}", /^/],
  ["a key twice", "{ telegram: {}, telegram: {} }", /telegram/],
  ["an unknown section", "{ telegrm: {} }", /^telegrm$/],
  ["an unknown key", '{ telegram: { dmPolcy: "open" } }', /dmPolcy/],
  ["an unknown key of a group", '{ telegram: { groups: { "-100": { mentoin: true } } } }', /mentoin/],
  ["an unknown policy", '{ telegram: { dmPolicy: "OPEN" } }', /dmPolicy/],
  ["a number for a policy", "{ telegram: { dmPolicy: 1 } }", /dmPolicy/],
  ["a text for a list", '{ telegram: { allowFrom: "42" } }', /allowFrom/],
  ["an object for a list", "{ telegram: { allowFrom: { a: 42 } } }", /allowFrom/],
  ["a list for a map", '{ telegram: { groups: ["-100"] } }', /groups/],
  ["a text for a truth", '{ telegram: { groups: { "*": { requireMention: "no" } } } }', /requireMention/],
  ["null for a section", "{ telegram: null }", /telegram/],
  ["a port out of range", "{ gateway: { port: 99999 } }", /gateway\.port/],
  ["a malformed token", '{ telegram: { botToken: "not a token" } }', /botToken/],
];

describe("a mistake in the file", () => {
  test.each(mistakes)("%s is an error with place and hint", async (_what, text, path) => {
    const { ok, issues } = await issuesOf(text);
    expect(ok).toBe(false);
    const found = issues.find((issue) => issue.severity !== "warning" && path.test(issue.path));
    expect(found, JSON.stringify(issues)).toMatchObject({
      code: expect.stringMatching(/^[a-z0-9-]+$/),
      message: expect.stringMatching(/\w/),
      hint: expect.stringMatching(/\w/),
      file: expect.stringContaining("clawdbot.json"),
      line: 1,
      column: expect.any(Number),
    });
  });

  test("every one of several is named at once", async () => {
    const { issues } = await issuesOf(
      '{ telegram: { dmPolicy: "open", allowForm: [] },\n  gateway: { port: "x" },\n  sesion: {} }',
    );
    const paths = issues.map(({ path }) => path).join(" ");
    for (const path of ["telegram.allowFrom", "allowForm", "gateway.port", "sesion"])
      expect(paths).toContain(path);
  });

  test("T-C5: names that every object has are unknown keys like any other", async () => {
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]) {
      for (const text of [
        `{ "${name}": {} }`,
        `{ telegram: { "${name}": { dmPolicy: "open" } } }`,
        `{ commands: { "${name}": true } }`,
        `{ telegram: { groups: { "-100": { "${name}": {} } } } }`,
      ]) {
        const { ok, issues } = await issuesOf(text);
        expect(ok, text).toBe(false);
        expect(issues.map(({ path }) => path).join(" "), text).toContain(name);
      }
    }
    expect(({} as Record<string, unknown>)["dmPolicy"]).toBeUndefined();
  });

  test("a file nested a hundred thousand deep is an error, not a crash", async () => {
    for (const text of [
      "[".repeat(100_000),
      `{ telegram: ${"{a:".repeat(100_000)}1${"}".repeat(100_000)} }`,
      `{ telegram: { allowFrom: ${"[".repeat(100_000)}${"]".repeat(100_000)} } }`,
    ])
      expect((await issuesOf(text)).ok).toBe(false);
  });
});

/** How the one list of direct messages is written on each layout. */
const direct = (network: (typeof networks)[number], policy: unknown, allowFrom: unknown) =>
  network.layout === "groups" ? { dmPolicy: policy, allowFrom } : { dm: { policy, allowFrom } };

describe.each(networks.filter(({ layout }) => layout !== "operator"))("the rules of $id", (network) => {
  const text = (section: object) => JSON.stringify({ [network.id]: section });

  test('"open" without "*" is an error', async () => {
    for (const allowFrom of [undefined, []]) {
      const { ok, issues } = await issuesOf(text(direct(network, "open", allowFrom)));
      expect(ok).toBe(false);
      expect(issues.some(({ hint }) => hint.includes('"*"'))).toBe(true);
    }
  });

  test('"*" without "open" is an error', async () => {
    for (const policy of [undefined, "pairing", "allowlist"])
      expect((await issuesOf(text(direct(network, policy, ["*"])))).ok).toBe(false);
  });

  test("a name where an id belongs is an error that tells how to find the id, and does not repeat it", async () => {
    for (const name of ["@alice", "Alice Example", "alice", "#general", "", " "]) {
      const { ok, issues } = await issuesOf(text(direct(network, "allowlist", [name])));
      expect(ok, JSON.stringify(name)).toBe(false);
      const [issue] = issues.filter(({ severity }) => severity !== "warning");
      expect(issue).toMatchObject({ hint: expect.stringMatching(/\w{3}/), line: 1 });
      expect(issue!.path).toContain("allowFrom[0]");
    }
  });

  test("the id of another network is an error", async () => {
    const other = networks.find(({ id }) => id !== network.id)!;
    expect((await issuesOf(text(direct(network, "allowlist", [`${other.id}:42`])))).ok).toBe(false);
  });
});

describe("on the command line", { timeout: 60_000 }, () => {
  let world: World;
  beforeAll(async () => {
    world = await aWorld();
  });
  afterAll(() => world.close());

  const broken = '{\n  telegram: {\n    dmPolicy: "open",\n    alowFrom: ["@alice"],\n  },\n}\n';

  test("the same mistakes are told by validate, the gateway, decide and doctor; each ends with 1", async () => {
    world.home.configure(broken);
    const commands = [["config", "validate"], ["gateway", "--port", "0"], ["policy", "decide"], ["doctor"]];
    const runs = await Promise.all(commands.map((words) => clawdbot(world.home, words, "{}\n")));
    for (const [index, { code, stdout, stderr }] of runs.entries()) {
      const said = stdout + stderr;
      expect(code, commands[index]!.join(" ")).toBe(1);
      expect(said).toMatch(/allowFrom/);
      expect(said).toMatch(/clawdbot\.json:4/);
      expect(said).not.toMatch(/\bat .*\.ts:\d+/);
    }
    // Nothing was begun on a config that is not understood.
    expect(runs[2]!.stdout).toBe("");
  });

  test("--json gives one document with file, line and column", async () => {
    world.home.configure(broken);
    const { code, stdout } = await clawdbot(world.home, ["config", "validate", "--json"]);
    expect(code).toBe(1);
    const { ok, issues } = JSON.parse(stdout) as { ok: boolean; issues: Record<string, unknown>[] };
    expect(ok).toBe(false);
    for (const issue of issues)
      expect(issue).toMatchObject({
        code: expect.any(String),
        path: expect.any(String),
        message: expect.any(String),
        hint: expect.any(String),
        file: expect.any(String),
        line: expect.any(Number),
        column: expect.any(Number),
      });
  });

  test("a running gateway keeps the last good config, says so, and takes the next good one", async () => {
    const { telegram, home } = world;
    telegram.control.addUser({ id: 42, firstName: "Ada" });
    telegram.control.addUser({ id: 43, firstName: "Bea" });
    home.configure(world.config({ dmPolicy: "allowlist", allowFrom: ["42"] }));
    await world.start();
    home.configure('{ telegram: { dmPolicy: "open", allowFrom: ["*"] ');
    await eventually(() => (world.log().includes("not in force") ? true : undefined), 20_000);
    telegram.control.say({ from: 43, text: "let me in" });
    telegram.control.say({ from: 42, text: "still here" });
    await telegram.control.waitForSent({ method: "sendMessage", chatId: 42 });
    expect(world.texts(43)).toEqual([]);
    // What a reload may do without anybody's word: it takes away.
    home.configure(world.config({ dmPolicy: "allowlist", allowFrom: [] }));
    await eventually(
      () => (world.audit().some(({ kind }) => kind === "config-changed") ? true : undefined),
      20_000,
    );
    const answered = world.texts(42).length;
    telegram.control.say({ from: 42, text: "and now" });
    await eventually(() =>
      world.audit().find(({ code, sender }) => code === "sender-not-listed" && sender === "42"),
    );
    expect(world.texts(42)).toHaveLength(answered);
    expect(await world.stop()).toBe(0);
  });

  const usages = [
    ["nonsense"],
    ["pairing"],
    ["pairing", "list"],
    ["pairing", "list", "telegrm"],
    ["pairing", "approve", "telegram"],
    ["pairing", "list", "telegram", "--josn"],
    ["gateway", "--port", "99999"],
    ["gateway", "--port", "abc"],
    ["gateway", "--port"],
    ["audit", "list", "--since", "yesterday-ish"],
    ["audit", "list", "--limit", "-1"],
    ["policy", "explain", "--provider", "telegram"],
    ["config", "validate", "extra"],
  ];
  test("wrong usage ends with 2 and a hint, and starts nothing", async () => {
    world.home.configure({});
    for (let at = 0; at < usages.length; at += 4) {
      const some = usages.slice(at, at + 4);
      const runs = await Promise.all(some.map((words) => clawdbot(world.home, words)));
      for (const [index, { code, stdout, stderr }] of runs.entries()) {
        expect(code, `${some[index]!.join(" ")}: ${stderr}`).toBe(2);
        expect(stderr, some[index]!.join(" ")).toMatch(/clawdbot|Hint/);
        expect(stdout).toBe("");
      }
    }
  });
});
