import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { aPolicy } from "../../test/builders.ts";
import { diff } from "./diff.ts";
import type { PolicyDiff } from "./types.ts";

const main = {
  id: "main",
  default: true,
  tools: { allow: ["bash", "read", "message", "sessions_spawn"] },
};
const [child, twin] = [{ id: "child" }, { id: "twin" }];
const agents = (...list: readonly object[]) => ({ agents: { list } });
const withTool = (tool: string) => ({ ...main, tools: { allow: [...main.tools.allow, tool] } });

const guest = { members: ["flat:5"], places: ["sandbox"] };
const base = {
  commands: { ownerAllowFrom: ["flat:42"] },
  flat: {
    dmPolicy: "allowlist",
    allowFrom: ["42", "7", "5"],
    groups: { "76": {}, "77": { requireMention: true } },
  },
  roomy: {
    dm: { policy: "allowlist", allowFrom: ["42", "6"] },
    channels: { "70": {}, "71": { users: ["6"] } },
  },
  ...agents(main, child, twin),
  access: { profiles: { guest } },
};
type Config = Readonly<Record<string, unknown>>;

const flatWith = (more: object) => ({ flat: { ...base.flat, ...more } });
const groupsWith = (more: object) => flatWith({ groups: { ...base.flat.groups, ...more } });
const diffOf = (before: Config, after: Config): PolicyDiff => diff(aPolicy(before), aPolicy(after));

/** Each lets somebody do more, and each something else. */
const widenings: Readonly<Record<string, Config>> = {
  "another friend": flatWith({ allowFrom: ["42", "7", "5", "9"] }),
  "yet another friend": flatWith({ allowFrom: ["42", "7", "5", "8"] }),
  "two more friends": flatWith({ allowFrom: ["42", "7", "5", "8", "9"] }),
  "another group": groupsWith({ "78": { requireMention: true } }),
  "another group, unmentioned": groupsWith({ "78": { requireMention: false } }),
  "the group, unmentioned": groupsWith({ "77": { requireMention: false } }),
  "everybody, directly": flatWith({ dmPolicy: "pairing" }),
  "another owner": { commands: { ownerAllowFrom: ["flat:42", "flat:7"] } },
  "another tool": agents(withTool("image"), child, twin),
  "some other tool": agents(withTool("web_fetch"), child, twin),
  "an agent without a sandbox": agents(main, { ...child, sandbox: { mode: "off" } }, twin),
  "another agent without a sandbox": agents(main, child, { ...twin, sandbox: { mode: "off" } }),
  "a workspace to read": agents(main, { ...child, sandbox: { workspaceAccess: "ro" } }, twin),
  "a workspace to write": agents(main, { ...child, sandbox: { workspaceAccess: "rw" } }, twin),
  "a container for all": agents(main, { ...child, sandbox: { scope: "shared" } }, twin),
  "an agent to be spawned": agents({ ...main, subagents: { allowAgents: ["child"] } }, child, twin),
  "elevated mode for an owner": { tools: { elevated: { allowFrom: { flat: ["42"] } } } },
  "elevated mode for a friend": { tools: { elevated: { allowFrom: { flat: ["7"] } } } },
  "other chats for friends": { access: { profiles: { guest, friend: { send: "accepted" } } } },
  "the gateway for a guest": {
    access: { profiles: { guest: { ...guest, places: ["sandbox", "gateway"] } } },
  },
};
const changed = (name: string): Config => ({ ...base, ...widenings[name] });
const names = Object.keys(widenings);
const hashes = new Map(names.map((name) => [name, diffOf(base, changed(name)).hash]));

describe("another difference has another hash", () => {
  test("each of them widens, and no two agree", () => {
    for (const name of names) expect(diffOf(base, changed(name)).widens, name).toBe(true);
    expect(new Set(hashes.values()).size).toBe(names.length);
  });

  test("the way back is another way", () => {
    for (const name of names) expect([...hashes.values()]).not.toContain(diffOf(changed(name), base).hash);
  });

  test("two at once are neither of them", () => {
    const both = { ...changed("another friend"), ...widenings["another owner"] };
    expect([...hashes.values()]).not.toContain(diffOf(base, both).hash);
  });

  test("the same change is another where it concerns others as well", () => {
    const was = { ...base, roomy: { dm: { policy: "allowlist", allowFrom: ["42", "6", "9"] } } };
    expect(diffOf(was, { ...was, ...widenings["another tool"] }).hash).not.toBe(hashes.get("another tool"));
  });
});

describe("the same difference has the same hash", () => {
  /** Every object of the config with its keys the other way round. */
  function turned(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, held]) => [key, turned(held)] as const);
    return Object.fromEntries(entries.toReversed());
  }

  test.each(names)("whatever the order of keys: %s", (name) => {
    const [before, after] = [base, changed(name)].map((config) => turned(config) as Config);
    for (const [was, is] of [
      [before!, after!],
      [base, after!],
      [before!, changed(name)],
    ] as const)
      expect(diffOf(was, is).hash).toBe(hashes.get(name));
  });

  test("whatever the order of agents", () => {
    const reversed = (config: Config) => {
      const { list } = config["agents"] as { readonly list: readonly object[] };
      return { ...config, ...agents(...list.toReversed()) };
    };
    for (const name of names)
      expect(diffOf(reversed(base), reversed(changed(name))).hash, name).toBe(hashes.get(name));
  });

  test("whatever the order of people", () => {
    const reversed = (config: Config) => {
      const flat = config["flat"] as typeof base.flat;
      return { ...config, flat: { ...flat, allowFrom: flat.allowFrom.toReversed() } };
    };
    for (const name of names)
      expect(diffOf(reversed(base), reversed(changed(name))).hash, name).toBe(hashes.get(name));
  });

  test("wherever it is written", () => {
    const locate = (path: readonly unknown[]) => ({ file: "here.json", line: path.length, column: 1 });
    for (const name of names) {
      const [was, is] = [base, changed(name)].map((config) => aPolicy(config, { locate }));
      expect(diff(was!, is!).hash, name).toBe(hashes.get(name));
    }
  });

  test.each<readonly [string, Config]>([
    ["a mention that is not required", groupsWith({ "77": { requireMention: false } })],
    ["a command that is switched on", { commands: { ...base.commands, config: true } }],
    ["lists of another agent", agents(main, { ...child, tools: { deny: ["bash"] } }, twin)],
    ["an agent that is spawned", agents({ ...main, subagents: { allowAgents: ["child"] } }, child, twin)],
    ["another sandbox", agents(main, { ...child, sandbox: { mode: "off" } }, twin)],
    ["a budget", { access: { profiles: { guest: { ...guest, budget: { turnsPerDay: 3 } } } } }],
    ["elevated mode", { tools: { elevated: { allowFrom: { flat: ["42"] } } } }],
    ["keys of no decision", { logging: { level: "debug" } }],
  ])("whatever stands in both that has nothing to do with it: %s", (_, more) => {
    const was = { ...base, ...more };
    const [first, ...rest] = was.agents.list;
    const is = { ...was, ...agents({ ...first, tools: withTool("image").tools }, ...rest) };
    expect(diffOf(was, is).hash).toBe(hashes.get("another tool"));
  });

  test("whatever is narrowed at the same time, for others", () => {
    const both = { ...base, ...agents(withTool("image"), { ...child, tools: { deny: ["bash"] } }, twin) };
    const found = diffOf(base, both);
    expect(found.changes.some(({ direction }) => direction === "narrows")).toBe(true);
    expect(found.hash).toBe(hashes.get("another tool"));
  });

  test("in whatever order differences were asked about", () => {
    for (const name of names.toReversed())
      expect(diffOf(base, changed(name)).hash, name).toBe(hashes.get(name));
  });

  test("in another process", () => {
    const pairs = names.map((name) => [base, changed(name)]);
    const program = `
      import { diff } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
      import { aPolicy } from ${JSON.stringify(new URL("../../test/builders.ts", import.meta.url).href)};
      const pairs = JSON.parse(process.argv.at(-1));
      console.log(JSON.stringify(pairs.map(([was, is]) => diff(aPolicy(was), aPolicy(is)).hash)));`;
    const output = execFileSync(
      process.execPath,
      ["--conditions=@clawd/source", "--input-type=module", "--eval", program, JSON.stringify(pairs)],
      { encoding: "utf8", cwd: fileURLToPath(new URL("../..", import.meta.url)) },
    );
    expect(JSON.parse(output)).toEqual([...hashes.values()]);
  });
});

describe("the lists of elevated mode", () => {
  const people = { ...base, ...flatWith({ allowFrom: ["42", "7", "6"] }) };
  const listing = (lists: object) => ({ tools: { elevated: { allowFrom: lists } } });
  /** `own`: of the child. */
  const listed = (global: object, own?: object): Config => ({
    ...people,
    ...agents(main, { ...child, ...(own && listing(own)) }, twin),
    ...listing(global),
  });
  /** Each agent and person once. */
  const gained = ({ changes }: PolicyDiff): readonly string[] => {
    const found = changes
      .filter(({ what }) => what.some((each) => each.endsWith(" elevated")))
      .flatMap(({ direction, agents: as, whom }) =>
        whom.flatMap(({ senders: { network, ids } }) =>
          ids.flatMap((id) => as.map((agent) => `${direction} ${agent} ${network}:${id}`)),
        ),
      );
    return [...new Set(found)].sort();
  };

  test("somebody who is added may leave the sandbox as every agent", () => {
    const found = gained(diffOf(listed({ flat: ["42"] }), listed({ flat: ["42", "7"] })));
    expect(found).toEqual(["child", "main", "twin"].map((agent) => `widens ${agent} flat:7`));
  });

  test("as an agent that has a list of its own, only who is in both", () => {
    const own = { flat: ["6"] };
    const found = gained(diffOf(listed({ flat: ["42"] }, own), listed({ flat: ["42", "7", "6"] }, own)));
    expect(found.filter((each) => !each.includes("main"))).toEqual([
      "widens child flat:6",
      "widens twin flat:6",
      "widens twin flat:7",
    ]);
  });

  test("an agent's own list gives nothing that the other has not", () => {
    const [before, after] = [{ flat: ["42"] }, { flat: ["42", "7"] }];
    expect(gained(diffOf(listed({ flat: ["42"] }, before), listed({ flat: ["42"] }, after)))).toEqual([]);
  });

  test("the same number on another network is somebody else, and equal marks are marks in different lists", () => {
    const own = (network: string) => listing({ [network]: ["6"] });
    const before = { ...people, ...agents(main, { ...child, ...own("flat") }, { ...twin, ...own("roomy") }) };
    const found = gained(diffOf(before, { ...before, ...listing({ flat: ["6"], roomy: ["6"] }) }));
    expect(found).toEqual([
      "widens child flat:6",
      "widens main flat:6",
      "widens main roomy:6",
      "widens twin roomy:6",
    ]);
  });
});
