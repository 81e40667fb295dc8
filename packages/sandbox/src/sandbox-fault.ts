/** The faults of sandboxes: each says what is missing and what to do. None is ever answered by running on the host. */
import { ClawdError } from "@clawd/kernel";

const hints = {
  CLAWD_SANDBOX_LIMITS:
    "Use an engine that can set limits: rootful Docker, or rootless on cgroup v2 with systemd. `clawdbot sandbox explain` shows what yours can.",
  CLAWD_SANDBOX_ISOLATION:
    'Install gVisor (runsc) and register it with the engine, or set sandbox.isolation to "standard".',
  CLAWD_SANDBOX_UNPROVEN:
    "The container was removed. Check the engine's version and settings with `clawdbot sandbox explain`.",
  CLAWD_SANDBOX_NAME_TAKEN:
    "Remove or rename that container, or set sandbox.docker.containerPrefix to something of your own.",
  CLAWD_SANDBOX_WORKSPACE:
    'Give the directory to a user that is not root (chown), or set sandbox.workspaceAccess to "ro" or "none".',
  CLAWD_SANDBOX_BIND: "Change or remove this entry of sandbox.docker.binds.",
  CLAWD_SANDBOX_SECCOMP: "Remove sandbox.docker.seccompProfile: then the built-in profile is used.",
  CLAWD_SANDBOX_SETUP:
    "Run the command in a container of the image by hand, and mend sandbox.docker.setupCommand.",
  CLAWD_SANDBOX_CLOSED: "The gateway is stopping; ask again when it is back.",
  CLAWD_SANDBOX_DISK: "Remove files from the workspace, or raise sandbox.workspaceMax.",
} as const;

export function sandboxFault(code: keyof typeof hints, message: string, cause?: unknown): ClawdError {
  return new ClawdError(code, message, { hint: hints[code], ...(cause !== undefined && { cause }) });
}
