/** Lists of tools that say less, or more, than they seem to. */
import type { Misconfiguration } from "./misconfiguration.ts";
import { everyGroup, ids, listed, owned, rooms, topic } from "./scene.ts";

export const lists: readonly Misconfiguration[] = [
  {
    name: "an agent's list seems to bring back what is denied to all",
    config: {
      telegram: listed,
      ...owned,
      tools: { deny: ["bash"] },
      agents: { list: [{ id: "main", tools: { allow: ["bash", "read"] } }] },
    },
    gets: [{ what: "read", by: "friend", tool: "read", ends: "sandbox" }],
    lacks: [
      { what: "sandbox-exec", by: "friend", tool: "bash", ends: "tool-not-allowed" },
      { what: "host-exec", by: "owner", tool: "bash", ends: "tool-not-allowed" },
    ],
    lint: ["dead-tool agents.list[0].tools.allow[0]"],
  },
  {
    name: "a group's list seems to bring back what is denied to all",
    config: {
      telegram: { ...listed, groups: { [rooms.club]: { tools: { allow: ["group:runtime"] } } } },
      ...owned,
      tools: { deny: ["group:runtime"] },
    },
    gets: [],
    lacks: [
      { what: "sandbox-exec", by: "friend", in: "club", tool: "bash", ends: "tool-not-allowed" },
      { what: "read", by: "friend", in: "club", tool: "read", ends: "tool-not-allowed" },
    ],
    lint: [`dead-tool telegram.groups["${rooms.club}"].tools.allow[0]`],
  },
  {
    name: "the gateway's own tool is allowed and denied",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      agents: {
        list: [
          {
            id: "public",
            sandbox: { mode: "all", scope: "agent", workspaceAccess: "none" },
            tools: { allow: ["sessions_list", "telegram", "gateway"], deny: ["read", "gateway"] },
          },
        ],
      },
    },
    gets: [{ what: "send", by: "owner", tool: "telegram", to: "friend", ends: "gateway" }],
    lacks: [
      { what: "config", by: "owner", tool: "gateway", ends: "tool-not-allowed" },
      { what: "read", by: "owner", tool: "read", ends: "tool-not-allowed" },
    ],
    lint: ["allowed-and-denied agents.list[0].tools.allow[2]"],
  },
  {
    name: "a network is allowed by name, and the sandbox denies it",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      agents: { list: [{ id: "main", sandbox: { mode: "all" }, tools: { allow: ["read", "telegram"] } }] },
      tools: { sandbox: { tools: { deny: ["telegram"] } } },
    },
    gets: [{ what: "read", by: "friend", tool: "read", ends: "sandbox" }],
    lacks: [
      { what: "send", by: "friend", tool: "telegram", to: "friend", ends: "tool-not-in-sandbox" },
      { what: "send", by: "owner", tool: "telegram", to: "friend", ends: "tool-not-in-sandbox" },
    ],
    lint: ["denied-elsewhere agents.list[0].tools.allow[1]"],
  },
  {
    name: "a rule about the tools of somebody who is never heard there",
    config: {
      telegram: {
        ...listed,
        groups: {
          [rooms.club]: {
            allowFrom: [ids.friend],
            tools: { allow: ["read"] },
            toolsBySender: { [ids.stranger]: { allow: ["bash"] }, [ids.friend]: { deny: ["write"] } },
          },
        },
      },
      ...owned,
    },
    gets: [{ what: "read", by: "friend", in: "club", tool: "read", ends: "sandbox" }],
    lacks: [
      { what: "sandbox-exec", by: "stranger", in: "club", tool: "bash", ends: "group-sender-not-listed" },
      { what: "write", by: "friend", in: "club", tool: "write", ends: "tool-not-allowed" },
    ],
    lint: [`dead-person telegram.groups["${rooms.club}"].toolsBySender["${ids.stranger}"]`],
  },
  {
    name: "a topic repeats the rules of every group",
    config: {
      telegram: {
        ...listed,
        groups: {
          "*": { tools: { deny: ["bash", "process"] } },
          [rooms.forum]: {
            topics: { [topic]: { requireMention: true, tools: { deny: ["bash", "process"] } } },
          },
        },
      },
      ...owned,
    },
    gets: [{ what: "read", by: "stranger", in: "forum", topic, tool: "read", ends: "sandbox" }],
    lacks: [
      { what: "sandbox-exec", by: "friend", in: "forum", topic, tool: "bash", ends: "tool-not-allowed" },
      { what: "sandbox-exec", by: "friend", in: "forum", tool: "bash", ends: "tool-not-allowed" },
    ],
    lint: [`dead-tool telegram.groups["${rooms.forum}"].topics["${topic}"].tools.deny`],
  },
  {
    name: "names are added to a profile that is not there",
    config: { telegram: listed, ...owned, tools: { allow: ["read"], alsoAllow: ["bash"] } },
    gets: [{ what: "read", by: "friend", tool: "read", ends: "sandbox" }],
    lacks: [{ what: "sandbox-exec", by: "friend", tool: "bash", ends: "tool-not-allowed" }],
    lint: ["dead-tool tools.alsoAllow[0]"],
  },
  {
    name: "an agent's ready-made list is taken for a grant",
    config: {
      telegram: listed,
      ...owned,
      tools: { profile: "messaging" },
      agents: { list: [{ id: "main", tools: { profile: "full", alsoAllow: ["bash"] } }] },
    },
    gets: [],
    lacks: [
      { what: "sandbox-exec", by: "friend", tool: "bash", ends: "tool-not-allowed" },
      { what: "host-exec", by: "owner", tool: "bash", ends: "tool-not-allowed" },
    ],
    lint: ["dead-tool agents.list[0].tools.alsoAllow[0]"],
  },
  {
    name: "write and edit are denied, and patches are not",
    config: { telegram: listed, ...owned, tools: { deny: ["write", "edit", "bash"] } },
    gets: [
      { what: "write", by: "friend", tool: "apply_patch", ends: "sandbox" },
      { what: "write", by: "owner", tool: "apply_patch", ends: "host" },
      { what: "sandbox-exec", by: "friend", tool: "process", ends: "sandbox" },
    ],
    lacks: [{ what: "write", by: "friend", tool: "write", ends: "tool-not-allowed" }],
    lint: [],
  },
];
