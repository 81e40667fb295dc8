/** The container of a browser: that of the same sandbox, without what a browser has no business with. */
import type { SandboxSettings } from "./settings.ts";

/** Threads count as processes, and Chromium has many. */
const fewestProcesses = 768;

/**
 * INVARIANT: it has no network of the engine's, no directory of the agent's, no bind, and nothing of the owner's environment
 * (browser-settings.test.ts).
 */
export function browserSettings(settings: SandboxSettings): SandboxSettings {
  const { image, containerPrefix } = settings.browser;
  const { setupCommand: _none, ...docker } = settings.docker;
  return {
    ...settings,
    workspaceRoot: `${settings.workspaceRoot}/browsers`,
    docker: {
      ...docker,
      image,
      containerPrefix,
      network: "none",
      readOnlyRoot: true,
      workdir: "/workspace",
      tmpfs: ["/tmp:size=512m", "/var/tmp", "/run"],
      env: {},
      binds: [],
      dns: [],
      extraHosts: [],
      pidsLimit: Math.max(docker.pidsLimit, fewestProcesses),
    },
  };
}
