/** Elevated: every gate with every other, for all who might ask. */
import { absent, product, written } from "./product.ts";
import type { Slice } from "./scope.ts";
import { atDesk, calls, directly, everyone, friends, house, inGroup } from "./scope-runs.ts";

/** What lists of people may be written as, the mistaken ones included. */
const allowances: readonly unknown[] = [
  absent,
  {},
  { circle: [] },
  { circle: ["alice"] },
  { circle: [" circle:alice ", "bob", "carol"] },
  { circle: ["olga", "alice", "carol"], desk: ["web"] },
  { castle: ["alice"] },
];
const mistaken: readonly unknown[] = [
  { circle: ["*"] },
  { circle: ["alice", " * "] },
  { circle: ["castle:alice"] },
  { circle: ["@alice"] },
  { circle: "alice" },
  { circle: null },
  { ghost: ["alice"] },
  { "*": ["alice"] },
  ["alice"],
  null,
  "alice",
];

function elevated(enabled: unknown, allowFrom: unknown): object {
  return { elevated: written({ enabled, allowFrom }) };
}

const gates: Slice = {
  name: "elevated, every gate",
  covers:
    "enabled × allowFrom of all × enabled × allowFrom of the agent × mode, by person × chat × run × tool × asked",
  configs: () =>
    product({
      enabled: [absent, true, false],
      allowFrom: allowances,
      own: [absent, true, false],
      ownAllowFrom: allowances,
      mode: [absent, "off", "all"],
    }).map(({ enabled, allowFrom, own, ownAllowFrom, mode }) => ({
      ...house,
      tools: elevated(enabled, allowFrom),
      agents: {
        list: [
          { id: "main", sandbox: written({ mode }), tools: elevated(own, ownAllowFrom) },
          { id: "work" },
        ],
      },
    })),
  cases: () => [
    ...calls({
      from: [...everyone, directly("bob"), directly("alice", "castle")],
      tool: ["bash", "read", "exec"],
      elevated: [absent, true],
    }),
    ...calls({
      from: [directly("olga"), directly("alice"), inGroup("alice")],
      run: ["turn", "subagent", "cron", "hook"],
      tool: ["process", "bash", "message"],
      elevated: [true],
    }),
    ...calls({ from: [directly("alice"), atDesk], agent: ["work"], tool: ["bash"], elevated: [false, true] }),
  ],
};

const mistakes: Slice = {
  name: "elevated, how it is written",
  covers: "every form of the lists and switches, of all and of the agent, by person",
  configs: () => [
    ...product({
      enabled: [absent, "yes", null, 1],
      allowFrom: [...allowances, ...mistaken],
      ofAgent: [false, true],
      beside: [{ circle: ["alice"] }, absent],
    }).map(({ enabled, allowFrom, ofAgent, beside }) => {
      const tools = elevated(enabled, allowFrom);
      const good = elevated(absent, beside);
      return {
        ...house,
        tools: ofAgent ? good : tools,
        agents: { list: [{ id: "main", tools: ofAgent ? tools : good }] },
      };
    }),
    ...[null, [], "on", true].flatMap((value) => [
      { ...house, tools: { elevated: value } },
      { ...house, agents: { list: [{ id: "main", tools: { elevated: value } }] } },
    ]),
  ],
  cases: () =>
    calls({
      from: [directly("alice"), directly("bob"), directly("olga")],
      tool: ["bash"],
      elevated: [true, absent],
    }),
};

const lists: Slice = {
  name: "elevated, no way around a list",
  covers: "every list that may take the tool away × mode, by person × chat × tool",
  configs: () =>
    product({
      deny: [
        { tools: { deny: ["bash"] } },
        { tools: { sandbox: { tools: { deny: ["bash"] } } } },
        { tools: { sandbox: { tools: { allow: ["process"] } } } },
        { tools: { profile: "messaging" } },
        { tools: { byProvider: { anthropic: { deny: ["group:runtime"] } } } },
        {
          access: {
            profiles: { friend: { tools: { deny: ["bash"] } }, owner: { places: ["sandbox", "gateway"] } },
          },
        },
        { access: { profiles: { friend: { ask: ["process"] } } } },
        { circle: { ...friends, groups: { g1: { toolsBySender: { "*": { deny: ["exec"] } } } } } },
      ] as readonly { readonly tools?: object }[],
      mode: [absent, "off", "all"],
    }).map(({ deny, mode }) => ({
      ...house,
      ...deny,
      tools: { ...deny.tools, ...elevated(true, { circle: ["olga", "alice", "carol"] }) },
      agents: { defaults: { sandbox: written({ mode }) } },
    })),
  cases: () => calls({ from: everyone, tool: ["bash", "process", "read"], elevated: [absent, true] }),
};

export const elevatedSlices: readonly Slice[] = [gates, mistakes, lists];
