import { describe, expect, test } from "vitest";
import { aPolicy } from "../../test/builders.ts";
import { reach } from "./reach.ts";
import type { Capability, Reach } from "./types.ts";

const owned = { commands: { ownerAllowFrom: ["flat:42"] } };
const flat = { dmPolicy: "allowlist", allowFrom: ["42", "7"] };
const agents = (...list: readonly object[]) => ({ agents: { list } });

const reached = (config: object, capability: Capability): readonly Reach[] =>
  reach(aPolicy(config), { capability });
const isOn = (network: string, id: string) => (entry: Reach) =>
  entry.senders.network === network && entry.senders.ids.includes(id) === (entry.senders.kind === "only");

describe("elevated mode is reached by who is in every list that is asked", () => {
  const listing = (lists: object) => ({ tools: { elevated: { allowFrom: lists } } });
  const config = {
    ...owned,
    flat: { ...flat, allowFrom: ["42", "7", "8"] },
    roomy: { dm: { policy: "allowlist", allowFrom: ["7", "8"] } },
    ...agents(
      { id: "main", default: true, ...listing({ flat: ["7"] }) },
      { id: "second", ...listing({ roomy: ["7"] }) },
    ),
    bindings: [{ agentId: "second", match: { provider: "roomy" } }],
  };
  /** Whom of these it is reached by, as their own agent. */
  const elevated = (lists: object) => {
    const found = reached({ ...config, ...listing(lists) }, "elevated");
    const people = [
      ["flat", "42"],
      ["flat", "7"],
      ["flat", "8"],
      ["roomy", "7"],
      ["roomy", "8"],
    ] as const;
    return people
      .filter(([network, id]) => found.some(isOn(network, id)))
      .map(([network, id]) => `${network}:${id}`);
  };

  test("on each network by its own", () => {
    expect(elevated({ flat: ["42", "7", "8"], roomy: ["7", "8"] })).toEqual(["flat:7", "roomy:7"]);
    expect(elevated({ flat: ["7"] })).toEqual(["flat:7"]);
    expect(elevated({ roomy: ["7"] })).toEqual(["roomy:7"]);
    expect(elevated({ flat: ["8"], roomy: ["8"] })).toEqual([]);
  });

  test("by nobody where it is switched off", () => {
    const off = { tools: { elevated: { enabled: false, allowFrom: { flat: ["7"], roomy: ["7"] } } } };
    expect(reached({ ...config, ...off }, "elevated")).toEqual([]);
  });
});

describe("the chat that is answered is nothing to reach", () => {
  const config = (allowFrom: readonly string[], groups: object = {}) => ({
    ...owned,
    flat: { ...flat, allowFrom, groups },
    ...agents({ id: "main", tools: { allow: ["message"] } }),
    access: { profiles: { friend: { send: "accepted" }, owner: { send: "accepted" } } },
  });
  const written = (entries: readonly Reach[], id: string, kind: string) =>
    entries
      .filter((entry) => isOn("flat", id)(entry) && entry.chats.some((chat) => chat.kind === kind))
      .flatMap(({ by }) => by)
      .filter((each) => each.includes(" flat"));

  test("directly: a friend who is the only one writes to nobody", () => {
    const alone = { ...config(["7"]), commands: {} };
    expect(written(reached(alone, "send"), "7", "dm")).toEqual([]);
  });

  test("directly: with another one, each of them is somebody to write to", () => {
    const found = reached(config(["42", "7"]), "send");
    // All who are accepted alike are named together, the sender among them.
    expect(new Set(written(found, "7", "dm"))).toEqual(
      new Set([
        "writes to flat:42",
        "writes to flat:42, paired",
        "writes to flat:7",
        "writes to flat:7, paired",
      ]),
    );
    for (const { witness } of found) {
      const [, sent] = witness;
      if (sent?.request.action !== "send" || sent.request.chat.kind !== "dm") continue;
      expect(sent.request.to.chat.id).not.toBe(sent.request.chat.id);
    }
  });

  test("in a group: the group alone is none, another one is", () => {
    const group = (groups: object) => {
      const found = reached({ ...config([], groups), commands: {} }, "send");
      return found.filter(({ chats }) => chats.some(({ kind }) => kind === "group"));
    };
    const listed = { allowFrom: ["7"] };
    const toFlat = (found: readonly Reach[]) =>
      new Set(found.flatMap(({ by }) => by).filter((each) => each.startsWith("writes to flat group")));
    expect(toFlat(group({ "77": listed }))).toEqual(new Set());
    expect(toFlat(group({ "77": listed, "78": listed }))).toEqual(
      new Set(["writes to flat group 77", "writes to flat group 78"]),
    );
  });
});

describe("below a sandbox nothing reaches the host", () => {
  const config = (mode: string, more: object = {}) => ({
    ...owned,
    flat: { ...flat, groups: { "77": {} } },
    ...agents(
      { id: "main", default: true, sandbox: { mode }, subagents: { allowAgents: ["bare"] } },
      { id: "bare", sandbox: { mode: "off" }, ...more },
    ),
  });
  const through = (found: readonly Reach[]) => found.filter((entry) => entry.through.length > 0);

  test("neither commands nor files, whoever asks", () => {
    for (const capability of ["host-exec", "read", "write"] as const)
      expect(through(reached(config("all"), capability)).filter(({ place }) => place === "host")).toEqual([]);
  });

  test("from the owner's own session it does, and so it does for nobody else", () => {
    for (const capability of ["host-exec", "read", "write"] as const) {
      const found = through(reached(config("non-main"), capability)).filter(({ place }) => place === "host");
      expect(found.length).toBeGreaterThan(0);
      for (const entry of found) {
        expect(entry).toMatchObject({ standing: "owner", agent: "bare", through: ["main"] });
        expect(entry.chats.every(({ kind }) => kind === "dm")).toBe(true);
      }
    }
  });

  test("nor does a request that says so itself", () => {
    const policy = aPolicy(config("non-main"));
    const origin = { provider: "flat", chat: { kind: "dm", id: "7" }, sender: { id: "7" } };
    const call = { action: "tool", tool: "read", agent: "bare", run: "subagent", ...origin };
    expect(policy.decide({ ...call, via: [{ agent: "main", run: "turn" }] })).toMatchObject({
      effect: "deny",
      code: "less-confined",
    });
    expect(policy.decide(call)).toMatchObject({ effect: "allow" });
  });
});
