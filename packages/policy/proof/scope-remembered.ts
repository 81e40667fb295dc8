/** An answer depends on its question, not on the questions before it: everybody asks the same, on every network, in both orders. */
import type { Origin } from "../src/request.ts";
import { absent, product, written } from "./product.ts";
import type { Case, Slice } from "./scope.ts";
import { calls, directly, inChannel, ownership, sendings, sessionCalls } from "./scope-runs.ts";

const networks = ["circle", "castle", "harbour"];
const open = { tools: { sandbox: { tools: { allow: ["*"] } } } };

/** Which profiles there are, in which order, and whose members stand in the last one. */
const profiles: readonly object[] = [
  {},
  { kids: { tools: { deny: ["read"] }, members: ["circle:alice"] } },
  { aunts: { places: ["gateway"] }, kids: { members: ["castle:alice"] } },
  { kids: { members: ["harbour:alice"] }, stranger: { tools: { deny: ["image"] } } },
  {
    kids: { send: "accepted" },
    friend: { ask: ["read"] },
    aunts: { members: ["circle:alice", "castle:bob"] },
  },
  {
    owner: { places: ["gateway"] },
    aunts: { sessions: "agent", members: ["harbour:bob", "circle:bob"] },
    kids: {},
  },
];

const remembered: Slice = {
  name: "questions one after the other",
  covers:
    "profiles × members × agents × mode, by network × person × approval × agent × run × question, in both orders",
  configs: () =>
    product({
      profiles,
      agents: [["main"], ["main", "work"], ["home", "main", "work"]],
      own: [absent, { tools: { deny: ["read"] } }, { tools: { profile: "messaging" } }],
      mode: [absent, "off"],
    }).map(({ profiles: each, agents, own, mode }) => ({
      ...ownership,
      ...open,
      circle: { allowFrom: ["alice", "bob", "olga"], groups: { g1: {} } },
      castle: { guilds: { G1: { tools: { deny: ["image"] } } } },
      access: { profiles: each },
      agents: {
        defaults: { sandbox: written({ mode }) },
        list: agents.map((id, at) => ({ id, ...(at === agents.length - 1 ? own : {}) })),
      },
    })),
  cases: () => {
    const from: readonly Origin[] = [
      ...networks.flatMap((network) => ["alice", "bob", "olga"].map((id) => directly(id, network))),
      ...["alice", "bob"].map((id) => inChannel(id, "castle")),
    ];
    const state = ["kids", "aunts", "ghost", null].map((profile) => ({ isPaired: true, profile }));
    const agent = ["main", "work"];
    const forwards: readonly Case[] = [
      ...calls({ from, state, agent, run: [absent, "subagent"], tool: ["read", "message"] }),
      ...sendings({ from, state, agent, to: [{ provider: "circle", chat: { kind: "dm", id: "alice" } }] }),
      ...sessionCalls({ from, state, agent, asked: [{ operation: "read", session: "agent:main:main" }] }),
    ];
    return [...forwards, ...forwards.toReversed()];
  },
};

export const rememberedSlices: readonly Slice[] = [remembered];
