/** Too much for too many, and rights that nobody has. */
import type { Misconfiguration } from "./misconfiguration.ts";
import { everyGroup, ids, listed, owned, rooms } from "./scene.ts";

export const people: readonly Misconfiguration[] = [
  {
    name: "the list of owners holds a friend, and somebody who is never let in",
    config: {
      telegram: listed,
      commands: {
        ownerAllowFrom: [`telegram:${ids.owner}`, `telegram:${ids.friend}`, `telegram:${ids.other}`],
        config: true,
      },
    },
    gets: [
      { what: "host-exec", by: "friend", tool: "bash", ends: "host" },
      { what: "config", by: "friend", tool: "gateway", ends: "gateway" },
      { what: "schedule", by: "friend", tool: "cron", ends: "gateway" },
    ],
    lacks: [{ what: "config", by: "other", tool: "gateway", ends: "sender-not-listed" }],
    lint: ["dead-person commands.ownerAllowFrom[2]"],
    together: ["owner", "friend"],
  },
  {
    name: "cron and the gateway's own tool are in a friend's list",
    config: {
      telegram: listed,
      ...owned,
      access: { profiles: { friend: { tools: { allow: ["read", "cron", "gateway"] } } } },
    },
    gets: [{ what: "read", by: "friend", tool: "read", ends: "sandbox" }],
    lacks: [
      { what: "schedule", by: "friend", tool: "cron", ends: "owner-only-tool" },
      { what: "config", by: "friend", tool: "gateway", ends: "owner-only-tool" },
      { what: "sandbox-exec", by: "friend", tool: "bash", ends: "tool-not-allowed" },
    ],
    lint: ["dead-tool access.profiles.friend.tools.allow"],
  },
  {
    name: "everybody's runs may write to other chats",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      agents: { list: [{ id: "main", tools: { allow: ["read", "message"] } }] },
      access: { profiles: { friend: { send: "accepted" }, stranger: { send: "accepted" } } },
    },
    gets: [{ what: "send", by: "friend", tool: "telegram", to: "owner", ends: "gateway" }],
    lacks: [
      { what: "send", by: "stranger", in: "club", tool: "telegram", to: "owner", ends: "send-not-allowed" },
      { what: "send", by: "friend", tool: "telegram", to: "stranger", ends: "recipient-not-accepted" },
    ],
    lint: [],
  },
  {
    name: "profiles that nobody can have",
    config: {
      telegram: { ...listed, groups: { [rooms.club]: { allowFrom: [ids.owner] } } },
      ...owned,
      access: {
        profiles: {
          kids: { tools: { allow: ["read"] } },
          guests: { members: [`telegram:${ids.other}`], places: ["sandbox"] },
        },
      },
    },
    gets: [{ what: "sandbox-exec", by: "friend", tool: "bash", ends: "sandbox" }],
    lacks: [
      { what: "read", by: "other", tool: "read", ends: "sender-not-listed" },
      { what: "read", by: "friend", in: "club", tool: "read", ends: "group-sender-not-listed" },
    ],
    lint: ["dead-person access.profiles.guests.members[0]"],
  },
  {
    name: "the host is granted to strangers, and takes the sandbox from them",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      access: { profiles: { stranger: { places: ["host"] } } },
    },
    gets: [{ what: "sandbox-exec", by: "friend", in: "club", tool: "bash", ends: "sandbox" }],
    lacks: [
      { what: "sandbox-exec", by: "stranger", in: "club", tool: "bash", ends: "place-not-allowed" },
      { what: "host-exec", by: "stranger", in: "club", tool: "bash", ends: "place-not-allowed" },
    ],
    lint: [],
  },
];
