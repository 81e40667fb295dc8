/** The faults of sandboxes: each says what is missing and what to do. None is ever answered by running on the host. */
import { ClawdError } from "@clawd/kernel";

const hints = {
  CLAWD_SANDBOX_LIMITS:
    "Use an engine that can set limits: rootful Docker, or rootless on cgroup v2 with systemd. `clawdbot sandbox explain` shows what yours can.",
  CLAWD_SANDBOX_ISOLATION:
    'Install gVisor (runsc) and register it with the engine, or set agents.defaults.sandbox.isolation to "standard".',
  CLAWD_SANDBOX_UNPROVEN:
    "The container was removed. Check the engine's version and settings with `clawdbot sandbox explain`.",
  CLAWD_SANDBOX_NAME_TAKEN:
    "Remove or rename that container, or set agents.defaults.sandbox.docker.containerPrefix to something of your own.",
  CLAWD_SANDBOX_WORKSPACE:
    'Give the directory to a user that is not root (chown), or set agents.defaults.sandbox.workspaceAccess to "ro" or "none".',
  CLAWD_SANDBOX_BIND: "Change or remove this entry of agents.defaults.sandbox.docker.binds.",
  CLAWD_SANDBOX_SECCOMP:
    "Remove agents.defaults.sandbox.docker.seccompProfile: then the built-in profile is used.",
  CLAWD_SANDBOX_SETUP:
    "Run the command in a container of the image by hand, and mend agents.defaults.sandbox.docker.setupCommand.",
  CLAWD_SANDBOX_REMOTE:
    'On an engine of another machine, agents.defaults.sandbox.workspaceAccess is "none", docker.binds is empty and docker.transport is "attach", "exec" or absent. For an agent\'s own workspace use an engine of this machine.',
  CLAWD_SANDBOX_CLOSED: "The gateway is stopping; ask again when it is back.",
  CLAWD_SANDBOX_DISK: "Remove files from the workspace, or raise agents.defaults.sandbox.workspaceMax.",
} as const;

export function sandboxFault(code: keyof typeof hints, message: string, cause?: unknown): ClawdError {
  return new ClawdError(code, message, { hint: hints[code], ...(cause !== undefined && { cause }) });
}
