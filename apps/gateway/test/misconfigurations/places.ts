/** Sandboxes that are off, shared, or more open than they look. */
import type { Misconfiguration } from "./misconfiguration.ts";
import { everybody, everyGroup, friendsOnHost, ids, listed, owned, personalAndPublic } from "./scene.ts";

const off = { agents: { defaults: { sandbox: { mode: "off" } } } };

export const places: readonly Misconfiguration[] = [
  {
    name: "no sandbox, and everybody may write",
    config: { telegram: everybody, ...owned, ...off },
    gets: [
      { what: "host-exec", by: "owner", tool: "bash", ends: "host" },
      { what: "fetch", by: "stranger", tool: "web_fetch", ends: "gateway" },
    ],
    lacks: [
      { what: "host-exec", by: "stranger", tool: "bash", ends: "host-not-allowed" },
      { what: "read", by: "stranger", tool: "read", ends: "host-not-allowed" },
      { what: "write", by: "other", tool: "write", ends: "host-not-allowed" },
    ],
    lint: ["strangers-without-sandbox agents.defaults.sandbox.mode"],
  },
  {
    name: "no sandbox, and every group",
    config: { telegram: { ...listed, ...everyGroup }, ...owned, ...off },
    gets: [
      { what: "read", by: "friend", in: "hall", tool: "read", ends: "host" },
      { what: "browse", by: "friend", in: "hall", tool: "browser", ends: "host" },
      { what: "host-exec", by: "friend", in: "hall", tool: "bash", ends: "host after approval" },
      { what: "host-exec", by: "owner", in: "hall", tool: "bash", ends: "host after approval" },
    ],
    lacks: [
      { what: "host-exec", by: "stranger", in: "hall", tool: "bash", ends: "host-not-allowed" },
      { what: "browse", by: "stranger", in: "hall", tool: "browser", ends: "host-not-allowed" },
    ],
    lint: [
      ...friendsOnHost("agents.defaults.sandbox.mode"),
      "strangers-without-sandbox agents.defaults.sandbox.mode",
    ],
  },
  {
    name: "no sandbox, and friends",
    config: { telegram: listed, ...owned, ...off },
    gets: [
      { what: "read", by: "friend", tool: "grep", ends: "host" },
      { what: "write", by: "friend", tool: "write", ends: "host" },
      { what: "host-exec", by: "friend", tool: "process", ends: "host after approval" },
    ],
    lacks: [{ what: "host-exec", by: "other", tool: "bash", ends: "sender-not-listed" }],
    lint: [...friendsOnHost("agents.defaults.sandbox.mode")],
  },
  {
    name: "a read-only workspace without a sandbox",
    config: {
      telegram: listed,
      ...owned,
      agents: { defaults: { sandbox: { mode: "off", workspaceAccess: "ro" } } },
    },
    gets: [{ what: "write", by: "friend", tool: "edit", ends: "host" }],
    lacks: [],
    lint: [
      ...friendsOnHost("agents.defaults.sandbox.mode"),
      "dead-setting agents.defaults.sandbox.workspaceAccess",
    ],
  },
  {
    name: "a public agent that writes to its workspace",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      ...personalAndPublic({}, { sandbox: { mode: "all", workspaceAccess: "rw" } }),
    },
    gets: [
      { what: "write", by: "stranger", in: "hall", tool: "write", ends: "sandbox" },
      { what: "sandbox-exec", by: "stranger", in: "hall", tool: "bash", ends: "sandbox" },
    ],
    lacks: [{ what: "host-exec", by: "owner", in: "hall", tool: "bash", ends: "sandbox" }],
    lint: ["strangers-change-workspace agents.list[1].sandbox.workspaceAccess"],
  },
  {
    name: "one container for everybody",
    config: {
      telegram: { dmPolicy: "allowlist", allowFrom: [ids.owner, ids.friend, ids.other], ...everyGroup },
      ...owned,
      agents: { defaults: { sandbox: { mode: "all", scope: "shared" } } },
    },
    gets: [
      { what: "sandbox-exec", by: "owner", tool: "bash", ends: "sandbox" },
      { what: "sandbox-exec", by: "friend", tool: "bash", ends: "sandbox" },
      { what: "sandbox-exec", by: "stranger", in: "club", tool: "bash", ends: "sandbox" },
    ],
    lacks: [{ what: "host-exec", by: "owner", tool: "bash", ends: "sandbox" }],
    lint: ["shared-container agents.defaults.sandbox.scope"],
  },
  {
    name: "the lists of the sandbox are opened wide",
    config: {
      telegram: { ...listed, ...everyGroup },
      ...owned,
      tools: { sandbox: { tools: { allow: ["*"], deny: [] } } },
    },
    gets: [
      { what: "browse", by: "stranger", in: "hall", tool: "browser", ends: "sandbox" },
      { what: "fetch", by: "stranger", in: "hall", tool: "web_fetch", ends: "gateway" },
      { what: "schedule", by: "owner", in: "hall", tool: "cron", ends: "gateway" },
    ],
    lacks: [
      { what: "schedule", by: "stranger", in: "hall", tool: "cron", ends: "owner-only-tool" },
      { what: "config", by: "friend", tool: "gateway", ends: "owner-only-tool" },
    ],
    lint: [],
  },
  {
    name: "an owner is to be asked about what a sandbox does",
    config: {
      telegram: listed,
      ...owned,
      agents: { defaults: { sandbox: { mode: "all" } } },
      access: { profiles: { friend: { ask: ["bash"] } } },
    },
    gets: [{ what: "sandbox-exec", by: "friend", tool: "bash", ends: "sandbox" }],
    lacks: [{ what: "host-exec", by: "friend", tool: "bash", ends: "sandbox" }],
    lint: ["never-asked access.profiles.friend.ask[0]"],
  },
];
