/** The tools that lists may name: what each of them touches, the groups they form, and the ready-made profiles. */

/**
 * What a tool touches, as far as a decision depends on it.
 * `exec`: runs commands where the session works. `write`: changes files there. `session`: works there without changing
 * files. `gateway`: works on what the gateway holds. `admin`: the same, for owners alone.
 */
export type ToolKind = "exec" | "write" | "session" | "gateway" | "admin";

export interface ToolDescriptor {
  readonly name: string;
  readonly kind: ToolKind;
  /** Without `group:`. */
  readonly groups?: readonly string[];
  readonly aliases?: readonly string[];
}

const tool = (name: string, kind: ToolKind, groups: string, ...aliases: string[]): ToolDescriptor => ({
  name,
  kind,
  groups: groups.split(" "),
  aliases,
});

/** `canvas`, `nodes`, `memory_*` and `web_search` are names that lists may hold; what runs them is somebody else's. */
export const standardTools: readonly ToolDescriptor[] = [
  tool("bash", "exec", "runtime", "exec"),
  tool("process", "exec", "runtime"),
  tool("read", "session", "fs"),
  tool("ls", "session", "fs"),
  tool("grep", "session", "fs"),
  tool("find", "session", "fs"),
  tool("write", "write", "fs"),
  tool("edit", "write", "fs"),
  tool("apply_patch", "write", "fs", "apply-patch"),
  tool("browser", "session", "ui"),
  tool("canvas", "gateway", "ui"),
  tool("nodes", "gateway", "nodes"),
  tool("message", "gateway", "messaging"),
  tool("sessions_list", "gateway", "sessions"),
  tool("sessions_history", "gateway", "sessions"),
  tool("sessions_send", "gateway", "sessions"),
  tool("sessions_spawn", "gateway", "sessions"),
  tool("session_status", "gateway", "sessions"),
  tool("agents_list", "gateway", "agents"),
  tool("image", "gateway", "media"),
  tool("web_fetch", "gateway", "web"),
  tool("web_search", "gateway", "web"),
  tool("memory_search", "gateway", "memory"),
  tool("memory_get", "gateway", "memory"),
  tool("cron", "admin", "automation"),
  tool("gateway", "admin", "automation"),
];

/** `tools.profile`. `full` restricts nothing. */
export const toolProfiles: Readonly<Record<"minimal" | "coding" | "messaging" | "full", readonly string[]>> =
  {
    minimal: ["session_status"],
    coding: ["group:fs", "group:runtime", "group:sessions", "group:memory", "image"],
    messaging: ["group:messaging", "sessions_list", "sessions_history", "sessions_send", "session_status"],
    full: ["*"],
  };

/** What a sandboxed session may use where `tools.sandbox.tools` says nothing. */
export const sandboxDefaults = {
  allow: ["group:fs", "group:runtime", "group:sessions", "image"],
  deny: ["browser", "canvas", "nodes", "cron", "gateway"],
} as const;

/** What a run that no message started may never use: it would reach past its own subtree, or outlive it. */
export const derivedDeny = {
  subagent: ["group:sessions", "agents_list", "cron", "gateway"],
  cron: ["cron", "gateway", "sessions_spawn"],
  hook: ["cron", "gateway", "sessions_spawn"],
} as const;
