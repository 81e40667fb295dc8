/** The configurations of the security document, as they stand there, decide what it says of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { aHome, clawdbot } from "./harness.ts";

const home = aHome();
afterAll(() => home.remove());

const documented = {
  "DMs: pairing by default": `{ whatsapp: { dmPolicy: "pairing" } }`,
  "Groups: require mention everywhere": `{
    "whatsapp": { "groups": { "*": { "requireMention": true } } },
    "agents": { "list": [{ "id": "main", "groupChat": { "mentionPatterns": ["@clawd", "@mybot"] } }] }
  }`,
  "full access (no sandbox)": `{
    agents: { list: [{ id: "personal", workspace: "~/clawd-personal", sandbox: { mode: "off" } }] }
  }`,
  "read-only tools + read-only workspace": `{
    agents: {
      list: [
        {
          id: "family",
          workspace: "~/clawd-family",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "ro" },
          tools: { allow: ["read"], deny: ["write", "edit", "bash", "process", "browser"] }
        }
      ]
    }
  }`,
  "no filesystem/shell access (provider messaging allowed)": `{
    agents: {
      list: [
        {
          id: "public",
          workspace: "~/clawd-public",
          sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" },
          tools: {
            allow: ["sessions_list", "sessions_history", "sessions_send", "sessions_spawn", "session_status", "whatsapp", "telegram", "slack", "discord", "gateway"],
            deny: ["read", "write", "edit", "bash", "process", "browser", "canvas", "nodes", "cron", "gateway", "image"]
          }
        }
      ]
    }
  }`,
};

test.each(Object.entries(documented))("%s", async (_title, config) => {
  home.configure(config);
  expect(await clawdbot(home, ["config", "validate"])).toMatchObject({ code: 0 });
});

const [owner, friend, stranger, group] = [
  "+15550000011",
  "+15550000022",
  "+15550000099",
  "120363041234567890@g.us",
];

/** Who is who; the documents leave it open. */
const people = {
  whatsapp: { dmPolicy: "allowlist", allowFrom: [owner, friend], groups: { "*": {} } },
  commands: { ownerAllowFrom: [`whatsapp:${owner}`] },
};

const dm = (id: string) => ({ chat: { kind: "dm", id }, sender: { id } });
const inGroup = (id: string) => ({ chat: { kind: "group", id: group }, sender: { id } });
/** A stranger is somebody in a group; nobody else is let in who is not listed. */
const origins = { owner: dm(owner), friend: dm(friend), stranger: inGroup(stranger) };

interface Decided {
  readonly effect: string;
  readonly code: string;
  readonly rules: readonly { readonly path: string; readonly file?: string; readonly line?: number }[];
  readonly obligations: readonly {
    readonly kind: string;
    readonly place?: string;
    readonly workspaceAccess?: string;
  }[];
}

async function decideAll(requests: readonly object[]): Promise<readonly Decided[]> {
  const input = requests.map((request) => `${JSON.stringify({ provider: "whatsapp", ...request })}\n`);
  const { stdout } = await clawdbot(home, ["policy", "decide"], input.join(""));
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Decided]));
}

test("pairing is the default for direct messages, and an unknown sender is sent a code", async () => {
  const ask = [{ action: "message", ...dm(stranger) }];
  home.configure(documented["DMs: pairing by default"]);
  const [spelled] = await decideAll(ask);
  home.configure(`{ whatsapp: {} }`);
  const [unset] = await decideAll(ask);
  for (const decision of [spelled, unset])
    expect(decision).toMatchObject({
      effect: "challenge",
      code: "pairing-required",
      rules: [{ path: "whatsapp.dmPolicy" }],
      obligations: [{ kind: "send-pairing-code" }],
    });
  expect([spelled!.rules[0]!.line, unset!.rules[0]!.line]).toEqual([1, undefined]);
});

test("with a mention everywhere, no group is answered without one", async () => {
  home.configure(documented["Groups: require mention everywhere"]);
  const said = { action: "message", ...inGroup(stranger), mentionDetectable: true };
  const decisions = await decideAll([
    said,
    { ...said, mentioned: true },
    { ...said, mentionDetectable: false },
    { ...said, command: "status", mentionsOthers: false },
  ]);
  expect(decisions.map(({ code }) => code)).toEqual([
    "mention-required",
    "allowed",
    "mention-undetectable",
    "command-not-allowed",
  ]);
  expect(decisions[0]!.rules[0]!.path).toBe('whatsapp.groups["*"].requireMention');
});

/** The columns of the table in the execution half of the specification, each with the tools behind it. */
const columns = {
  bash: ["bash", "exec", "process"],
  read: ["read"],
  "write/edit": ["write", "edit", "apply_patch"],
  browser: ["browser"],
  "message providers": ["whatsapp", "telegram", "slack", "discord"],
  "sessions_*": ["sessions_list", "sessions_history", "sessions_send", "sessions_spawn", "session_status"],
  gateway: ["gateway"],
};
type Column = keyof typeof columns;
type Row = Readonly<Record<Column, string>>;
type Person = keyof typeof origins;

const same = (row: Row): Readonly<Record<Person, Row>> => ({ owner: row, friend: row, stranger: row });
const full: Row = {
  bash: "host rw",
  read: "host rw",
  "write/edit": "host rw",
  browser: "host rw",
  "message providers": "gateway none",
  "sessions_*": "gateway none",
  gateway: "gateway none",
};
const no = "tool-not-allowed";

/** By agent and by who asks: where the tools of a column run and what of the workspace they see, or why not. */
const table = {
  personal: {
    owner: full,
    // A friend is no owner: what would run on the owner's machine waits for the owner.
    friend: { ...full, bash: "host rw, after approval", gateway: "owner-only-tool" },
    stranger: {
      ...full,
      bash: "host-not-allowed",
      read: "host-not-allowed",
      "write/edit": "host-not-allowed",
      browser: "host-not-allowed",
      gateway: "owner-only-tool",
    },
  },
  family: same({
    bash: no,
    read: "sandbox ro",
    "write/edit": no,
    browser: no,
    "message providers": no,
    "sessions_*": no,
    gateway: no,
  }),
  public: same({
    bash: no,
    read: no,
    "write/edit": no,
    browser: no,
    "message providers": "gateway none",
    "sessions_*": "gateway none",
    gateway: no,
  }),
} as const;

function configure(block: string, more: object = {}): void {
  writeFileSync(join(home.stateDir, "documented.json5"), block, { mode: 0o600 });
  home.configure({ $include: ["./documented.json5"], ...people, ...more });
}

function inWords({ effect, code, obligations }: Decided): string {
  if (effect !== "allow") return code;
  const runIn = obligations.find(({ kind }) => kind === "run-in");
  const approval = obligations.some(({ kind }) => kind === "await-approval") ? ", after approval" : "";
  return `${runIn?.place} ${runIn?.workspaceAccess}${approval}`;
}

const profiles = [
  ["personal", "full access (no sandbox)"],
  ["family", "read-only tools + read-only workspace"],
  ["public", "no filesystem/shell access (provider messaging allowed)"],
] as const;

test.each(profiles)("the agent %s has the tools of the table: %s", async (agent, title) => {
  configure(documented[title]);
  const cells = (["owner", "friend", "stranger"] as const).flatMap((who) =>
    Object.entries(columns).flatMap(([column, tools]) =>
      tools.map((tool) => ({ who, tool, expected: table[agent][who][column as Column] })),
    ),
  );
  const decisions = await decideAll(
    cells.map(({ who, tool }) => ({ action: "tool", agent, tool, ...origins[who] })),
  );
  expect(cells.map(({ who, tool }, index) => `${who}, ${tool}: ${inWords(decisions[index]!)}`)).toEqual(
    cells.map(({ who, tool, expected }) => `${who}, ${tool}: ${expected}`),
  );
});

test("what is allowed and denied is denied, by the line that denies it", async () => {
  configure(documented["no filesystem/shell access (provider messaging allowed)"]);
  const [decision] = await decideAll([
    { action: "tool", agent: "public", tool: "gateway", ...origins.owner },
  ]);
  expect(decision).toMatchObject({
    effect: "deny",
    rules: [{ path: "agents.list[0].tools.deny", file: "documented.json5", line: 10 }],
  });
});

test("lint says so, and has nothing of the kind to say of the other profiles", async () => {
  for (const [agent, title] of profiles) {
    configure(documented[title]);
    const { stdout } = await clawdbot(home, ["policy", "lint", "--json"]);
    const { findings } = JSON.parse(stdout) as {
      findings: readonly { code: string; path: string; file?: string; line?: number }[];
    };
    const contradictions = findings.filter(({ code }) => code === "allowed-and-denied");
    expect(contradictions).toMatchObject(
      agent === "public"
        ? [{ path: "agents.list[0].tools.allow[9]", file: "documented.json5", line: 9 }]
        : [],
    );
    const idle = new Set(["dead-setting", "dead-grant", "never-asked", "denied-elsewhere"]);
    expect(findings.filter(({ code }) => idle.has(code))).toEqual([]);
  }
});

describe("read-only mode, by sandbox and tools", () => {
  const config = (workspaceAccess: string, mode?: string) => ({
    agents: { defaults: { sandbox: { workspaceAccess, ...(mode === undefined ? {} : { mode }) } } },
    tools: { deny: ["write", "edit", "apply_patch", "bash", "process"] },
  });
  const tools = ["read", "grep", "write", "edit", "apply_patch", "bash", "process"];
  const denied = tools.slice(2).map(() => no);
  const decided = async (...people: readonly Person[]) => {
    const requests = people.flatMap((who) =>
      tools.map((tool) => ({ action: "tool", agent: "main", tool, ...origins[who] })),
    );
    const words = (await decideAll(requests)).map(inWords);
    return people.map((_, index) => words.slice(index * tools.length, (index + 1) * tools.length));
  };

  test.each(["ro", "none"])("leaves reading, with workspaceAccess %s", async (access) => {
    const inSandbox = [`sandbox ${access}`, `sandbox ${access}`, ...denied];
    home.configure({ ...people, ...config(access) });
    // The owner's own session works on the host, where the access of sandboxes means nothing.
    const atHome = ["host rw", "host rw", ...denied];
    expect(await decided("friend", "stranger", "owner")).toEqual([inSandbox, inSandbox, atHome]);
    home.configure({ ...people, ...config(access, "all") });
    expect(await decided("owner")).toEqual([inSandbox]);
  });

  test("a workspace that is read-only takes writing away by itself", async () => {
    home.configure({ ...people, ...config("ro", "all"), tools: {} });
    const [read, write] = ["sandbox ro", "workspace-read-only"];
    expect(await decided("friend")).toEqual([[read, read, write, write, write, read, read]]);
  });
});
