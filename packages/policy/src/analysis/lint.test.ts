import { describe, expect, test } from "vitest";
import { aPolicy, networks } from "../../test/builders.ts";
import { lint } from "./lint.ts";

const owned = { commands: { ownerAllowFrom: ["flat:42"] } };
const friends = { flat: { dmPolicy: "allowlist", allowFrom: ["42", "7"] } };
const people = { ...owned, ...friends };

const found = (config: object) => lint(aPolicy(config), { config, options: { networks } });
const named = (config: object) => found(config).map(({ code, path }) => `${code} ${path}`);
const idle = (config: object) =>
  named(config).filter((each) => /^(dead-setting|dead-grant|never-asked|denied-elsewhere) /.test(each));

describe("a setting of sandboxes that decides nothing is named", () => {
  const sandbox = (own: object, defaults: object = {}) => ({
    ...people,
    agents: { defaults: { sandbox: defaults }, list: [{ id: "main", sandbox: own }] },
  });

  test.each([
    ["workspaceAccess where nothing is sandboxed", { mode: "off", workspaceAccess: "ro" }],
    ["scope where nothing is sandboxed", { mode: "off", scope: "session" }],
    ["sessionToolsVisibility where nothing is sandboxed", { mode: "off", sessionToolsVisibility: "all" }],
  ])("%s", (_, own) => {
    const [key] = Object.keys(own).slice(-1);
    expect(idle(sandbox(own))).toEqual([`dead-setting agents.list[0].sandbox.${key}`]);
  });

  test("of the defaults, where every agent has its own", () => {
    const config = sandbox({ workspaceAccess: "rw" }, { workspaceAccess: "ro" });
    expect(idle(config)).toEqual(["dead-setting agents.defaults.sandbox.workspaceAccess"]);
    const [finding] = found(config).filter(({ code }) => code === "dead-setting");
    expect(finding).toMatchObject({ severity: "warning", message: expect.stringContaining("has its own") });
  });

  test("and one that decides something is not, nor one that says what holds anyway", () => {
    expect(idle(sandbox({ workspaceAccess: "ro", scope: "session", sessionToolsVisibility: "all" }))).toEqual(
      [],
    );
    expect(
      idle(
        sandbox({ mode: "off", workspaceAccess: "none", scope: "agent", sessionToolsVisibility: "spawned" }),
      ),
    ).toEqual([]);
  });

  test("what a child may see is decided by both: one that only limits its children is not idle", () => {
    const agents = (workspaceAccess: string) => ({
      ...people,
      tools: { allow: ["sessions_spawn"] },
      agents: {
        list: [
          { id: "main", default: true, sandbox: { mode: "all" }, subagents: { allowAgents: ["worker"] } },
          { id: "worker", sandbox: { mode: "all", workspaceAccess } },
        ],
      },
    });
    // "ro" keeps the worker from being spawned.
    expect(idle(agents("ro"))).not.toContain("dead-setting agents.list[1].sandbox.workspaceAccess");
  });
});

describe("a tool that is asked about and never waits is named", () => {
  const asking = (ask: readonly string[], mode: string) => ({
    ...people,
    agents: { defaults: { sandbox: { mode } } },
    access: { profiles: { friend: { ask } } },
  });

  test("where it runs in the sandbox", () => {
    const config = asking(["read", "bash"], "all");
    expect(idle(config)).toEqual([
      "never-asked access.profiles.friend.ask[0]",
      "never-asked access.profiles.friend.ask[1]",
    ]);
    expect(found(config)).toContainEqual(
      expect.objectContaining({ severity: "warning", message: expect.stringContaining("nobody is asked") }),
    );
  });

  test("where an owner is asked about it anyway, as a note", () => {
    const config = asking(["bash"], "off");
    expect(found(config)).toContainEqual(
      expect.objectContaining({
        code: "never-asked",
        severity: "note",
        path: "access.profiles.friend.ask[0]",
      }),
    );
  });

  test("and one that waits is not", () => {
    expect(idle(asking(["read", "message"], "off"))).toEqual([]);
  });
});

describe("a grant that gives nobody anything is named, with what denies it", () => {
  const friend = (profile: object, more: object = {}) => ({
    ...people,
    access: { profiles: { friend: profile } },
    ...more,
  });

  test("sessions of others, to people whose runs do not see them", () => {
    const config = friend({ sessions: "agent" });
    expect(idle(config)).toEqual(["dead-grant access.profiles.friend.sessions"]);
    const [finding] = found(config).filter(({ code }) => code === "dead-grant");
    expect(finding!.hint).toContain("sessionToolsVisibility");
    const visible = { agents: { defaults: { sandbox: { sessionToolsVisibility: "all" } } } };
    expect(idle(friend({ sessions: "agent" }, visible))).toEqual([]);
  });

  test("other chats, to people who have no tool for them", () => {
    const agents = (allow: readonly string[]) => ({ agents: { list: [{ id: "main", tools: { allow } }] } });
    const config = friend({ send: "accepted" }, agents(["read"]));
    expect(idle(config)).toEqual(["dead-grant access.profiles.friend.send"]);
    const [finding] = found(config).filter(({ code }) => code === "dead-grant");
    expect(finding!.hint).toContain("Allow the tool");
    expect(idle(friend({ send: "accepted" }, agents(["message"])))).toEqual([]);
  });

  test("agents to be spawned that are all less confined", () => {
    const agents = (mode: string) => ({
      ...people,
      agents: {
        list: [
          { id: "personal", default: true, sandbox: { mode } },
          { id: "public", sandbox: { mode: "all" }, subagents: { allowAgents: ["*"] } },
        ],
      },
    });
    expect(idle(agents("off"))).toEqual(["dead-grant agents.list[1].subagents.allowAgents[0]"]);
    expect(idle(agents("all"))).toEqual([]);
  });

  test("a network by name that every session's sandbox denies", () => {
    const config = (deny: readonly string[], more: object = {}, mode = "all") => ({
      ...people,
      agents: { list: [{ id: "main", sandbox: { mode }, tools: { allow: ["read", "flat"] } }] },
      tools: { sandbox: { tools: { deny } }, ...more },
    });
    expect(idle(config(["flat"]))).toEqual(["denied-elsewhere agents.list[0].tools.allow[1]"]);
    const [finding] = found(config(["flat"])).filter(({ code }) => code === "denied-elsewhere");
    expect(finding!.message).toContain("tools.sandbox.tools.deny, in the sandbox that all sessions of main");
    expect(idle(config(["guilded"]))).toEqual([]);
    // The owner's own session has it.
    expect(idle(config(["flat"], {}, "non-main"))).toEqual([]);
    const outside = config([], { deny: ["flat"] });
    const [other] = found(outside).filter(({ code }) => code === "denied-elsewhere");
    expect(other!.message).toContain("denied by tools.deny; deny wins");
  });
});

describe("of places where nobody writes nothing is said", () => {
  const config = {
    ...owned,
    flat: { ...friends.flat, groups: { "77": {} } },
    agents: { list: [{ id: "personal", default: true, sandbox: { mode: "off" } }, { id: "public" }] },
  };
  const toPublic = (kind: string) => ({
    bindings: [{ agentId: "public", match: { provider: "flat", peer: { kind, id: "77" } } }],
  });
  const danger = "strangers-without-sandbox agents.list[0].sandbox.mode";

  test("posts of a channel, on a network that has groups, have no sender", () => {
    expect(named({ ...config, ...toPublic("group") })).not.toContain(danger);
  });

  test("a group that reaches the agent is named", () => {
    expect(named(config)).toContain(danger);
    expect(named({ ...config, ...toPublic("channel") })).toContain(danger);
  });

  test("a channel of a guild is a place where people write", () => {
    const guilded = { guilds: { "9": { channels: { "77": {} } } } };
    const bindings = toPublic("group").bindings;
    expect(named({ ...config, flat: friends.flat, guilded, bindings })).toContain(danger);
  });
});

test("a place where people leave the sandbox among strangers is said once", () => {
  const config = {
    ...owned,
    flat: { ...friends.flat, groupPolicy: "open", groups: { "*": {} } },
    tools: { elevated: { allowFrom: { flat: ["42", "7"] } } },
  };
  const finding = found(config).find(({ code }) => code === "elevated-among-strangers");
  expect(finding!.message.match(/any other group on flat/g)).toHaveLength(1);
});
