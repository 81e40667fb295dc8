/** Doors that stand open. */
import type { Misconfiguration } from "./misconfiguration.ts";
import { bound, everybody, friendsOnHost, listed, owned, rooms } from "./scene.ts";

export const open: readonly Misconfiguration[] = [
  {
    name: "every group is answered without a mention, shell and all",
    config: { telegram: { ...listed, groups: { "*": { requireMention: false } } }, ...owned },
    gets: [
      { what: "sandbox-exec", by: "stranger", in: "hall", mentioned: false, tool: "bash", ends: "sandbox" },
      { what: "write", by: "stranger", in: "hall", mentioned: false, tool: "write", ends: "sandbox" },
      { what: "fetch", by: "owner", tool: "web_fetch", ends: "gateway" },
    ],
    lacks: [
      { what: "host-exec", by: "stranger", in: "hall", mentioned: false, tool: "bash", ends: "sandbox" },
    ],
    lint: [],
  },
  {
    name: "everybody may write, and every tool is there",
    config: { telegram: everybody, ...owned },
    gets: [
      { what: "sandbox-exec", by: "stranger", tool: "bash", ends: "sandbox" },
      { what: "read", by: "other", tool: "read", ends: "sandbox" },
    ],
    lacks: [
      { what: "host-exec", by: "stranger", tool: "bash", ends: "sandbox" },
      { what: "fetch", by: "stranger", tool: "web_fetch", ends: "tool-not-in-sandbox" },
    ],
    lint: [],
  },
  {
    name: "a public group is bound to the personal agent",
    config: {
      telegram: { ...listed, groups: { [rooms.club]: {} } },
      ...owned,
      agents: {
        list: [
          { id: "public", default: true, sandbox: { mode: "all" }, tools: { allow: ["read"] } },
          { id: "personal", sandbox: { mode: "off" } },
        ],
      },
      ...bound("personal", "club"),
    },
    gets: [
      { what: "read", by: "friend", in: "club", tool: "read", ends: "host" },
      { what: "write", by: "friend", in: "club", tool: "apply_patch", ends: "host" },
      { what: "host-exec", by: "friend", in: "club", tool: "bash", ends: "host after approval" },
      { what: "fetch", by: "stranger", in: "club", tool: "web_fetch", ends: "gateway" },
      { what: "config", by: "owner", in: "club", tool: "gateway", ends: "gateway" },
    ],
    lacks: [
      { what: "host-exec", by: "stranger", in: "club", tool: "bash", ends: "host-not-allowed" },
      { what: "read", by: "stranger", in: "club", tool: "read", ends: "host-not-allowed" },
      { what: "host-exec", by: "owner", tool: "bash", ends: "tool-not-allowed" },
    ],
    lint: [
      ...friendsOnHost("agents.list[1].sandbox.mode"),
      "strangers-without-sandbox agents.list[1].sandbox.mode",
    ],
  },
];
