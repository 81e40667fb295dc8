/** What one person said to the bot, within reach of another's runs; and agents that reach each other. */
import type { Misconfiguration } from "./misconfiguration.ts";
import { everyGroup, friendsOnHost, listed, owned, personalAndPublic } from "./scene.ts";

const main = "agent:main:main";

export const sessions: readonly Misconfiguration[] = [
  {
    name: "one conversation for all direct messages",
    config: { telegram: listed, ...owned, session: { dmScope: "main" } },
    gets: [{ what: "sandbox-exec", by: "friend", tool: "bash", ends: "sandbox" }],
    lacks: [{ what: "host-exec", by: "friend", tool: "bash", ends: "sandbox" }],
    lint: ["shared-main-session session.dmScope"],
    together: ["owner", "friend"],
  },
  {
    name: "the runs of friends may reach all sessions, and see them",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      agents: { defaults: { sandbox: { sessionToolsVisibility: "all" } } },
      access: { profiles: { friend: { sessions: "agent" } } },
    },
    gets: [{ what: "sessions", by: "friend", tool: "sessions_history", session: main, ends: "gateway" }],
    lacks: [
      {
        what: "sessions",
        by: "stranger",
        in: "club",
        tool: "sessions_history",
        session: main,
        ends: "session-of-another",
      },
    ],
    lint: ["sessions-by-others agents.defaults.sandbox.sessionToolsVisibility"],
  },
  {
    name: "the runs of friends may reach all sessions, and see none",
    config: { telegram: listed, ...owned, access: { profiles: { friend: { sessions: "agent" } } } },
    gets: [],
    lacks: [
      {
        what: "sessions",
        by: "friend",
        tool: "sessions_history",
        session: main,
        ends: "session-not-visible",
      },
    ],
    lint: ["dead-grant access.profiles.friend.sessions"],
    apart: ["owner", "friend"],
  },
  {
    name: "a public agent may talk to every agent",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      ...personalAndPublic({}, { sandbox: { mode: "all", sessionToolsVisibility: "all" } }),
      tools: { agentToAgent: { enabled: true, allow: ["*"] } },
      access: { profiles: { friend: { sessions: "agent" } } },
    },
    gets: [
      {
        what: "sessions",
        by: "friend",
        in: "club",
        tool: "sessions_history",
        session: "agent:personal:main",
        ends: "gateway",
      },
    ],
    lacks: [
      {
        what: "sessions",
        by: "stranger",
        in: "club",
        tool: "sessions_history",
        session: "agent:personal:main",
        ends: "session-of-another",
      },
    ],
    lint: ["sessions-by-others agents.list[1].sandbox.sessionToolsVisibility"],
  },
  {
    name: "a sandboxed agent may have every agent work for it",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      ...personalAndPublic(
        { sandbox: { mode: "off" } },
        { sandbox: { mode: "all" }, subagents: { allowAgents: ["*"] } },
      ),
    },
    gets: [
      {
        what: "spawn",
        by: "stranger",
        in: "club",
        tool: "sessions_spawn",
        target: "public",
        ends: "gateway",
      },
    ],
    lacks: [
      {
        what: "spawn",
        by: "stranger",
        in: "club",
        tool: "sessions_spawn",
        target: "personal",
        ends: "less-confined",
      },
      {
        what: "spawn",
        by: "owner",
        in: "club",
        tool: "sessions_spawn",
        target: "personal",
        ends: "less-confined",
      },
      { what: "host-exec", by: "friend", in: "club", tool: "bash", ends: "sandbox" },
    ],
    lint: [
      ...friendsOnHost("agents.list[0].sandbox.mode"),
      "dead-grant agents.list[1].subagents.allowAgents[0]",
    ],
  },
  {
    name: "an agent that nobody writes to works for the public one",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      agents: {
        list: [
          { id: "public", default: true, sandbox: { mode: "all" }, subagents: { allowAgents: ["worker"] } },
          { id: "worker", sandbox: { mode: "all" } },
        ],
      },
    },
    gets: [
      {
        what: "spawn",
        by: "stranger",
        in: "club",
        tool: "sessions_spawn",
        target: "worker",
        ends: "gateway",
      },
    ],
    lacks: [{ what: "host-exec", by: "owner", tool: "bash", ends: "sandbox" }],
    lint: [],
  },
];
