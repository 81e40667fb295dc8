/**
 * The three profiles of the security document, verbatim, in the running gateway: a model that tries every tool has exactly what
 * is declared, in exactly the declared place.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { callsOf, type Call } from "./a-model-with-hands.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { aWorld } from "./a-world.ts";

const owner = 42;

/** One call of every tool there is, harmless where it is allowed. */
const everyTool: readonly Call[] = [
  { name: "read", input: { path: "notes.txt" } },
  { name: "ls", input: {} },
  { name: "grep", input: { pattern: "note" } },
  { name: "find", input: { pattern: "*.txt" } },
  { name: "write", input: { path: "written.txt", content: "x" } },
  { name: "edit", input: { path: "notes.txt", oldText: "a note", newText: "the note" } },
  { name: "apply_patch", input: { input: "*** Begin Patch\n*** Add File: patched.txt\n+x\n*** End Patch" } },
  { name: "bash", input: { command: "echo ran > ran.txt" } },
  { name: "process", input: { action: "list" } },
  { name: "message", input: { to: String(owner), message: "hello from a tool" } },
  { name: "sessions_list", input: {} },
  { name: "sessions_history", input: { sessionKey: "agent:nobody:main" } },
  { name: "sessions_send", input: { sessionKey: "agent:nobody:main", message: "x" } },
  { name: "sessions_spawn", input: { task: "x", agentId: "nobody" } },
  { name: "session_status", input: {} },
  { name: "agents_list", input: {} },
  { name: "image", input: { image: "notes.txt" } },
  { name: "cron", input: { action: "list" } },
  { name: "gateway", input: { action: "config.get" } },
  { name: "web_fetch", input: { url: "http://127.0.0.1/" } },
  { name: "browser", input: { action: "status" } },
  { name: "canvas", input: { action: "present" } },
  { name: "nodes", input: { action: "status" } },
];

const files = ["read", "ls", "grep", "find", "write", "edit", "apply_patch"];
const commands = ["bash", "process"];
const sessions = ["sessions_list", "sessions_history", "sessions_send", "sessions_spawn", "session_status"];
const others = ["message", "agents_list", "image", "cron", "gateway", "web_fetch", "canvas", "nodes"];

interface Declared {
  readonly name: string;
  readonly agent: { readonly id: string; readonly workspace: string; readonly [key: string]: unknown };
  readonly host: readonly string[];
  readonly sandbox: readonly string[];
  readonly gateway: readonly string[];
}

const profiles: readonly Declared[] = [
  {
    name: "full access",
    agent: { id: "personal", workspace: "~/clawd-personal", sandbox: { mode: "off" } },
    host: [...files, ...commands, "browser"],
    sandbox: [],
    gateway: [...sessions, ...others],
  },
  {
    name: "read-only",
    agent: {
      id: "family",
      workspace: "~/clawd-family",
      sandbox: { mode: "all", scope: "agent", workspaceAccess: "ro" },
      tools: { allow: ["read"], deny: ["write", "edit", "bash", "process", "browser"] },
    },
    host: [],
    sandbox: ["read"],
    gateway: [],
  },
  {
    name: "no file system, no shell",
    agent: {
      id: "public",
      workspace: "~/clawd-public",
      sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" },
      tools: {
        allow: [...sessions, "whatsapp", "telegram", "slack", "discord", "gateway"],
        deny: [
          "read",
          "write",
          "edit",
          "bash",
          "process",
          "browser",
          "canvas",
          "nodes",
          "cron",
          "gateway",
          "image",
        ],
      },
    },
    host: [],
    sandbox: [],
    gateway: [...sessions, "message"],
  },
];

async function inTheGateway({ agent }: Declared) {
  const world = await aWorld({ environment: { DOCKER_HOST: containerEngine ?? "unix:///nowhere.sock" } });
  onTestFinished(() => world.close());
  world.telegram.control.addUser({ id: owner, firstName: "Ada" });
  const workspace = join(world.home.directory, agent.workspace.slice(2));
  mkdirSync(workspace);
  writeFileSync(join(workspace, "notes.txt"), "a note\n");
  chmodSync(workspace, 0o755);
  world.home.configure(
    world.config(
      { dmPolicy: "allowlist", allowFrom: [String(owner)] },
      { commands: { ownerAllowFrom: [`telegram:${owner}`] }, agents: { list: [agent] } },
    ),
  );
  await world.start();
  const says = () => world.telegram.control.say({ from: owner, text: "try everything" });
  return { world, workspace, called: (...calls: readonly Call[]) => callsOf(world, says, ...calls) };
}

describe.skipIf(containerEngine === undefined)(`each profile${needsEngine}`, () => {
  test.each(profiles)(
    "$name: exactly the declared tools, in exactly the declared place",
    async (declared) => {
      const { world, workspace, called } = await inTheGateway(declared);
      const { results } = await called(...everyTool);
      const refused = everyTool
        .filter((_call, index) => results[index]!.text.includes("Not allowed here"))
        .map(({ name }) => name);
      const allowed = [...declared.host, ...declared.sandbox, ...declared.gateway];
      // A session or agent that is not there is refused by what is asked about it, not by the list of tools.
      const askedAbout = ["sessions_history", "sessions_send", "sessions_spawn"];
      expect(refused.filter((name) => !askedAbout.includes(name)).toSorted()).toEqual(
        everyTool
          .map(({ name }) => name)
          .filter((name) => !allowed.includes(name) && !askedAbout.includes(name))
          .toSorted(),
      );
      const decisions = world.audit().filter(({ kind }) => kind === "tool-decision");
      for (const { effect, detail } of decisions) {
        const { tool, place } = detail as { tool: string; place: string | null };
        expect([tool, effect], tool).toEqual([tool, allowed.includes(tool) ? "allow" : "deny"]);
        const expected = declared.host.includes(tool)
          ? "host"
          : declared.sandbox.includes(tool)
            ? "sandbox"
            : "gateway";
        if (effect === "allow") expect([tool, place]).toEqual([tool, expected]);
      }
      // What a tool does as another one is decided too: `image` reads.
      const asked = decisions.filter(({ detail }) => (detail as { for?: string }).for === undefined);
      expect(asked).toHaveLength(everyTool.length);
      for (const { detail } of world.audit().filter(({ kind }) => kind === "tool-finished")) {
        const { tool, receipt } = detail as { tool: string; receipt: { place: string } };
        const expected = declared.host.includes(tool)
          ? "host"
          : declared.sandbox.includes(tool)
            ? "sandbox"
            : "gateway";
        expect([tool, receipt?.place ?? expected]).toEqual([tool, expected]);
      }
      // What it left on the host is what it may.
      const left = declared.host.includes("bash")
        ? ["notes.txt", "patched.txt", "ran.txt", "written.txt"]
        : ["notes.txt"];
      expect(readdirSync(workspace).toSorted()).toEqual(left);
    },
    90_000,
  );

  test("the read-only one reads the agent's workspace at /agent, and cannot change it by any path", async () => {
    const { world, workspace, called } = await inTheGateway(profiles[1]!);
    const { results } = await called(
      { name: "read", input: { path: "/agent/notes.txt" } },
      { name: "read", input: { path: "/agent/../etc/passwd" } },
      { name: "read", input: { path: join(world.home.stateDir, "clawdbot.json") } },
      { name: "write", input: { path: "/agent/notes.txt", content: "x" } },
    );
    expect(results.map(({ isError }) => isError)).toEqual([false, true, true, true]);
    expect(results[0]!.text).toContain("a note");
    expect(existsSync(join(workspace, "written.txt"))).toBe(false);
  }, 60_000);
});
