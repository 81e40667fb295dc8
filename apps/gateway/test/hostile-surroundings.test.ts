/** Class J of the security cases: nothing in the working directory, and no program put first in PATH, becomes part of the gateway. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { clawdbot } from "./harness.ts";

let world: World;
const owner = 42;
const friend = 43;
const inHome = (path: string) => join(world.home.directory, path);
const canary = () => (existsSync(inHome("canary")) ? readFileSync(inHome("canary"), "utf8") : "");

const programs =
  "brew trash git docker dockerd node nodejs npm npx pnpm ssh security bash sh dash env rg grep find cat sed runsc runc containerd chromium google-chrome chrome systemctl launchctl open xdg-open python3 ps id uname which".split(
    " ",
  );
const packages = [
  "@clawd/core",
  "@clawd/policy",
  "@clawd/tools",
  "@clawd/sandbox",
  "zod",
  "grammy",
  "dockerode",
  "cac",
  "ws",
];

beforeAll(async () => {
  world = await aWorld({ environment: { DOCKER_HOST: containerEngine ?? "unix:///nowhere.sock" } });
  const { environment } = world.home;
  environment["PATH"] = `${inHome("fakes")}:${environment["PATH"]}`;
  mkdirSync(inHome("fakes"));
  for (const name of programs)
    plant(`fakes/${name}`, `#!/bin/sh\necho ${name} >> ${inHome("canary")}\nexit 7\n`);
  const code = (name: string) =>
    `require("node:fs").appendFileSync(${JSON.stringify(inHome("canary"))}, "${name}\\n");\n`;
  const directories = ["", "clawd/"];
  for (const directory of directories) {
    for (const name of [
      "setup-api.js",
      "setup.js",
      "index.js",
      "clawdbot.config.js",
      "vitest.config.js",
      "preload.cjs",
    ])
      plant(`${directory}${name}`, code(`${directory}${name}`));
    for (const name of packages) {
      plant(`${directory}node_modules/${name}/index.js`, code(name));
      plant(
        `${directory}node_modules/${name}/package.json`,
        JSON.stringify({ name, version: "99.0.0", main: "index.js" }),
      );
    }
    plant(
      `${directory}tsconfig.json`,
      JSON.stringify({ compilerOptions: { paths: { "*": ["./index.js"] } } }),
    );
    plant(
      `${directory}package.json`,
      JSON.stringify({ name: "x", imports: { "#*": "./index.js" }, clawdbot: { plugins: ["./index.js"] } }),
    );
    plant(
      `${directory}.env`,
      `CLAWDBOT_CONFIG_PATH=${inHome("evil.json")}\nNODE_OPTIONS=--require=${inHome("preload.cjs")}\nANTHROPIC_BASE_URL=http://127.0.0.1:1\n`,
    );
    plant(`${directory}.npmrc`, `node-options=--require=${inHome("preload.cjs")}\n`);
    plant(`${directory}.bashrc`, `echo bashrc >> ${inHome("canary")}\n`);
    plant(`${directory}.profile`, `echo profile >> ${inHome("canary")}\n`);
  }
  plant("evil.json", JSON.stringify({ telegram: { dmPolicy: "open", allowFrom: ["*"] } }));
  const { control } = world.telegram;
  control.addUser({ id: owner, firstName: "Ada" });
  control.addUser({ id: friend, firstName: "Ben" });
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: [String(owner), String(friend)] },
      {
        commands: { ownerAllowFrom: [`telegram:${owner}`] },
        agents: { defaults: { workspace: inHome("clawd") } },
      },
    ),
  );
}, 60_000);

afterAll(() => world?.close());

function plant(path: string, text: string): void {
  const file = inHome(path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

test("the canary sings when one of the fakes runs", async () => {
  const { execFileSync } = await import("node:child_process");
  expect(() => execFileSync("git", [], { env: world.home.environment })).toThrow();
  expect(canary()).toBe("git\n");
  writeFileSync(inHome("canary"), "");
});

test.each([
  "--version",
  "config validate",
  "status --json",
  "doctor --json",
  "policy lint",
  "policy reach",
  "pairing list telegram",
  "sandbox explain",
  "sandbox list --json",
  "audit verify",
  "logs",
  "agents list",
  "sessions list",
])(
  "T-J3, T-J5: `clawdbot %s` runs nothing and loads nothing from around it",
  { timeout: 30_000 },
  async (line) => {
    const { stdout, stderr } = await clawdbot(world.home, line.split(" "));
    expect(stdout + stderr).not.toMatch(/^$|No such command/);
    expect(canary()).toBe("");
  },
);

describe("T-J3, T-J5: the gateway at work", { timeout: 120_000 }, () => {
  beforeAll(async () => void (await world.start()), 60_000);

  test("on the host it starts its own shell, and a command finds the programs of the system", async () => {
    const says = () => world.telegram.control.say({ from: owner, chat: owner, text: "go" });
    const { results } = await callsOf(
      world,
      says,
      { name: "bash", input: { command: "git --version; node -e 0; id -u; echo $PATH" } },
      { name: "grep", input: { pattern: "canary" } },
      { name: "find", input: { pattern: "*.js" } },
      { name: "ls", input: {} },
    );
    expect(results.map(({ isError }) => isError)).toEqual([false, false, false, false]);
    expect(results[0]!.text).not.toContain("fakes");
    expect(canary()).toBe("");
  });

  test.skipIf(containerEngine === undefined)(`beside a container too${needsEngine}`, async () => {
    const says = () => world.telegram.control.say({ from: friend, chat: friend, text: "go" });
    const { results } = await callsOf(
      world,
      says,
      { name: "bash", input: { command: "id -u" } },
      { name: "grep", input: { pattern: "canary" } },
    );
    expect(results[0], results[0]?.text).toMatchObject({ isError: false });
    expect(canary()).toBe("");
  });

  test("T-K6: it listens at one port of this machine alone, whatever is at work beside it", () => {
    const { process: child, port } = world.gateway;
    const own = new Set(
      readdirSync(`/proc/${child.pid}/fd`).map((fd) => linkOf(`/proc/${child.pid}/fd/${fd}`)),
    );
    const listening = ["tcp", "tcp6", "udp", "udp6"].flatMap((kind) =>
      readFileSync(`/proc/net/${kind}`, "utf8")
        .split("\n")
        .slice(1)
        .map((row) => row.trim().split(/\s+/))
        .filter(
          ([, , , state, , , , , , inode]) =>
            (state === "0A" || (kind.startsWith("udp") && state === "07")) && own.has(`socket:[${inode}]`),
        )
        .map(([, address]) => `${kind} ${address}`),
    );
    expect(listening).toEqual([`tcp 0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`]);
  });
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
