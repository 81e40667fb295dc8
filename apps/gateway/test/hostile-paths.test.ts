/**
 * Class H of what this kind of system got wrong: paths in what a model writes, in names of files that people send, and in answers
 * (T-H1, T-H3). Through the real gateway: whatever is written, no file but those of the agent's own place leaves the machine.
 */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silence } from "@clawd/agent";
import { type Call, callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { eventually } from "./harness.ts";

const owner = 42;
const friend = 43;
const canary = "canary-that-must-not-leave";
/** Begins as a picture does, so that nothing is refused for what is in it. */
const secret = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), Buffer.from(canary)]);

let world: World;
let home: string;
beforeAll(async () => {
  world = await aWorld({
    environment: { DOCKER_HOST: containerEngine ?? "unix:///nowhere.sock", SECRET_CANARY: canary },
  });
  home = world.home.directory;
  const { control } = world.telegram;
  control.addUser({ id: owner, firstName: "Ada" });
  control.addUser({ id: friend, firstName: "Ben" });
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: [owner, friend].map(String) },
      {
        commands: { ownerAllowFrom: [`telegram:${owner}`] },
        agents: {
          defaults: {
            workspace: join(home, "clawd"),
            sandbox: { docker: { containerPrefix: "med-" } },
          },
        },
        tools: { sandbox: { tools: { allow: ["group:fs", "group:runtime", "message", "image"] } } },
      },
    ),
  );
  for (const path of ["outside.png", ".ssh/id_rsa", "x", ".clawdbot/secret.png"]) {
    mkdirSync(join(home, path, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, path), secret);
  }
  mkdirSync(join(home, "clawd"));
  symlinkSync("../outside.png", join(home, "clawd/link.png"));
  symlinkSync("..", join(home, "clawd/up"));
  await world.start();
}, 60_000);
afterAll(() => world?.close());

const spellings = (): readonly string[] => [
  "/etc/passwd",
  "~/.ssh/id_rsa",
  "~",
  "../outside.png",
  "../x",
  "..\\x",
  "up/outside.png",
  "link.png",
  "media/../../outside.png",
  "C:\\x",
  "C:/x",
  "\\\\host\\share",
  "//host/share/x.png",
  "file:///etc/passwd",
  `file://${join(home, "outside.png")}`,
  "@/etc/passwd",
  "@../outside.png",
  "a\0b",
  "link.png\0.png",
  "%2e%2e/outside.png",
  "..%2foutside.png",
  "..\u2215outside.png",
  "\uff0e\uff0e/outside.png",
  "/proc/self/environ",
  "/proc/1/root/etc/passwd",
  "/dev/stdin",
  "/dev/fd/0",
  "MEDIA:/etc/passwd",
  "data:image/png;base64,iVBORw0KGgo=",
  "http://127.0.0.1/x.png",
  "https://127.0.0.1/x.png",
  "ftp://host/x.png",
  join(home, "outside.png"),
  join(home, ".clawdbot/secret.png"),
  join(home, ".clawdbot/clawdbot.json"),
  "a".repeat(5000),
  ".",
  "",
];

/** What left: to the network, and to the model beyond what it wrote itself. */
function expectNothingLeft(results: readonly { readonly text: string }[]): void {
  const told = results.map(({ text }) => text).join("\n");
  const sent = world.telegram.control.listSent();
  const asked = world.prompts();
  for (const word of [canary, "root:x:0", world.telegram.token, "SECRET_CANARY"]) {
    expect(told).not.toContain(word);
    expect(JSON.stringify(sent)).not.toContain(word);
  }
  for (const base64 of [
    secret.toString("base64").slice(0, 40),
    Buffer.from("root:x:0").toString("base64").slice(0, 9),
  ])
    expect(asked).not.toContain(base64);
  const files = sent.filter(({ message }) => message?.photo !== undefined || message?.document !== undefined);
  expect(files).toEqual([]);
}

/** The answers to paths that do not say where the home is. */
const withoutOwnWords = (paths: readonly string[], results: readonly { readonly text: string }[]) =>
  results.filter((_, index) => !paths[index]!.includes(home)).map(({ text }) => text);

const people: readonly (readonly [who: string, id: number])[] = [
  ["on the host", owner],
  ...(containerEngine === undefined ? [] : [["in a container", friend] as const]),
];

describe.each(people)(`a model that works %s${needsEngine}`, (_where, who) => {
  const says = () => void world.telegram.control.say({ from: who, text: "go" });

  test("reaches the files of its own place by the same ways", async () => {
    const answer = `own files of ${who}`;
    const bytes = [...secret.subarray(0, 16)]
      .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
      .join("");
    world.anthropic.control.script(
      {
        toolUses: [
          { name: "bash", input: { command: `printf '${bytes}' > own.png` } },
          { name: "message", input: { media: "own.png", dryRun: true } },
          { name: "image", input: { image: "own.png" } },
        ],
      },
      { text: "a picture of its own" },
      { text: answer },
    );
    says();
    await eventually(() => world.texts(who).includes(answer), 60_000);
    const told = JSON.stringify(world.anthropic.control.requests.at(-1)!.body);
    expect(told).toContain("It would be sent");
    expect(told).toContain("a picture of its own");
  }, 60_000);

  test.each<[parameter: string, call: (path: string) => Call]>([
    ["message.media", (path: string) => ({ name: "message", input: { message: "x", media: path } })],
    ["a list in message.media", (path: string) => ({ name: "message", input: { media: [path] } })],
    ["image.image", (path: string) => ({ name: "image", input: { image: path } })],
    ["read.path", (path: string) => ({ name: "read", input: { path } })],
  ])(
    "reaches nothing outside by any spelling in %s",
    async (_parameter, call) => {
      const paths = spellings();
      const { results } = await callsOf(world, says, ...paths.map(call));
      expect(results).toHaveLength(paths.length);
      expect(results.filter(({ isError }) => !isError)).toEqual([]);
      expectNothingLeft(results);
      for (const text of withoutOwnWords(paths, results)) expect(text).not.toContain(home);
    },
    60_000,
  );

  test("sends nothing by a line of its answer", async () => {
    const lines = spellings()
      .filter((path) => path !== "" && path.length < 200 && !path.includes("\0"))
      .flatMap((path) => [`MEDIA:${path}`, `MEDIA: \`${path}\``, `[[media:${path}]]`]);
    world.anthropic.control.script({ text: `${lines.join("\n")}\nend of ${who}` });
    says();
    await eventually(() => world.texts(who).some((text) => text.includes(`end of ${who}`)), 20_000);
    expect(world.texts(who).join("\n")).toContain("MEDIA:");
    expectNothingLeft([]);
  });
});

/** Every path below the home but what the gateway keeps there itself. */
function everything(directory = home): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if ([".clawdbot", "log"].includes(relative(home, path))) return [];
    return entry.isDirectory() ? [path, ...everything(path)] : [path];
  });
}

describe("the name of a file that somebody sends", () => {
  test("makes no path: it is put below media/inbound, and nothing else is made anywhere", async () => {
    const before = everything();
    const etc = readdirSync("/tmp").filter((name) => name.startsWith("clawd-evil"));
    const names = [
      ...spellings(),
      "../../../../tmp/clawd-evil",
      "/tmp/clawd-evil",
      "-rf",
      ".bashrc",
      "con",
      "a\nb",
    ];
    for (const name of names.filter((one) => one !== "")) {
      const asked = world.anthropic.control.requests.length;
      world.anthropic.control.script({ text: silence });
      const base64 = Buffer.from(`content of ${names.indexOf(name)}`).toString("base64");
      world.telegram.control.say({ from: owner, text: "look", document: { base64, name } });
      await eventually(() => world.anthropic.control.requests.length > asked, 20_000);
    }
    const made = everything().filter((path) => !before.includes(path));
    const inbound = join(home, "clawd/media/inbound");
    expect(made.filter((path) => !path.startsWith(`${inbound}/`)).sort()).toEqual([
      join(home, "clawd/media"),
      inbound,
    ]);
    expect(readdirSync(inbound).length).toBeGreaterThan(20);
    for (const name of readdirSync(inbound))
      expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,75}\.[a-z]{2,5}$/);
    expect(readdirSync("/tmp").filter((name) => name.startsWith("clawd-evil"))).toEqual(etc);
    expect(existsSync(join(home, "clawd/up"))).toBe(true);
  }, 120_000);
});
