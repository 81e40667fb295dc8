/** Where a call runs: sandbox settings of the agent and of all, the sandbox's lists, and what a profile says of places. */
import { absent, product, written } from "./product.ts";
import type { Slice } from "./scope.ts";
import { everyTool } from "./scope-tools.ts";
import { atDesk, calls, directly, everyone, house, inGroup } from "./scope-runs.ts";

const runs = [absent, "turn", "subagent", "cron", "hook"] as const;

const settings: Slice = {
  name: "places, sandbox settings",
  covers:
    "mode × workspaceAccess × scope of all agents × those of the agent, by every standing × chat × run × tool",
  configs: () =>
    product({
      defaults: product({
        mode: [absent, "off", "non-main", "all", "main"],
        workspaceAccess: [absent, "ro", "rw"],
        scope: [absent, "session"],
      }).map(written),
      own: [
        absent,
        ...product({
          mode: [absent, "off", "non-main", "all"],
          workspaceAccess: [absent, "none", "ro", "rw"],
          scope: [absent, "shared"],
        }).map(written),
      ],
      dmScope: [absent, "main"],
    }).map(({ defaults, own, dmScope }) => ({
      ...house,
      ...written({ session: dmScope && { dmScope } }),
      agents: {
        defaults: { sandbox: defaults },
        list: [{ id: "main", ...written({ sandbox: own }) }, { id: "work" }],
      },
    })),
  cases: () => [
    ...calls({
      from: everyone,
      run: [absent, "subagent", "cron", "hook"],
      tool: ["bash", "read", "write", "image"],
    }),
    ...calls({ from: everyone, agent: ["work"], tool: ["process", "edit", "session_status", "gateway"] }),
    ...calls({
      from: [
        directly("carol"),
        { ...directly("olga"), account: "work" },
        { ...atDesk, chat: { kind: "channel", id: "page" } },
      ],
      tool: ["bash", "ls"],
      state: [{ isPaired: true }],
    }),
  ],
};

const lists: Slice = {
  name: "places, lists of the sandbox",
  covers:
    "allow × deny of all × allow × deny of the agent × the agent's own allow and profile, by every tool × place",
  configs: () => {
    const everywhere = product({
      allow: [absent, [], ["read", "message", "browser"], ["*"]],
      deny: [absent, [], ["read", "castle"]],
    }).map(written);
    const own = [
      absent,
      ...product({ allow: [absent, [], ["bash", "circle", "group:ui"]], deny: [absent, [], ["bash"]] }).map(
        written,
      ),
    ];
    return product({
      everywhere,
      own,
      allow: [
        absent,
        ["message", "read", "canvas", "browser"],
        ["group:messaging", "group:automation", "bash"],
        ["mess*", "c*"],
        ["*"],
        ["circle"],
        [],
      ],
      profile: [absent, "messaging", "full", "coding"],
    }).map(({ everywhere: all, own: agents, allow, profile }) => ({
      ...house,
      tools: { sandbox: { tools: all } },
      agents: {
        list: [{ id: "main", tools: written({ allow, profile, sandbox: agents && { tools: agents } }) }],
      },
    }));
  },
  cases: () => [
    ...calls({ from: [inGroup("olga")], tool: [...everyTool, "circle", "castle"] }),
    ...calls({ from: [directly("olga")], tool: ["bash", "message", "canvas", "gateway"] }),
    ...calls({ from: [inGroup("olga"), directly("olga")], tool: ["bash", "read"], elevated: [true] }),
  ],
};

const ofProfiles: Slice = {
  name: "places, profiles",
  covers: "places × ask of each built-in profile × mode, by every standing × chat × run × tool × elevated",
  configs: () =>
    product({
      name: ["owner", "friend", "stranger"],
      places: [
        absent,
        [],
        ["sandbox"],
        ["host"],
        ["gateway"],
        ["sandbox", "host"],
        ["sandbox", "gateway"],
        ["host", "gateway"],
        ["gateway", "host", "sandbox"],
        ["cloud"],
      ],
      ask: [absent, [], ["bash"], ["*"], ["message", "read"], ["circle"], ["group:fs", "exec"]],
      mode: [absent, "off", "all"],
    }).map(({ name, places, ask, mode }) => ({
      ...house,
      access: { profiles: { [name]: written({ places, ask }) } },
      agents: { defaults: { sandbox: written({ mode }) } },
      tools: {
        elevated: { allowFrom: { circle: ["olga", "alice", "carol"] } },
        sandbox: { tools: { allow: ["*"], deny: [] } },
      },
    })),
  cases: () => [
    ...calls({
      from: everyone,
      run: runs.slice(1, 4),
      tool: ["bash", "read", "message", "circle", "castle", "image"],
      elevated: [absent, true],
    }),
    ...calls({ from: [atDesk, directly("olga")], tool: ["cron", "gateway"], elevated: [false] }),
  ],
};

export const placeSlices: readonly Slice[] = [settings, lists, ofProfiles];
