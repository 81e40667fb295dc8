/** Whether containers can be had as the config asks for them. What cannot is refused by the gateway, so nothing here is an open door. */
import type { Finding } from "./finding.ts";
import type { EngineFacts, ImageFacts, SandboxedAgent, SandboxFacts } from "./sandbox-facts.ts";

/** Less, and no command is started (`@clawd/sandbox`); four times as much is time enough to do something about it. */
const leastFree = 256 * 1024 * 1024;

export function checkSandbox(facts: SandboxFacts | undefined): Finding[] {
  if (facts === undefined) return [];
  const { engine, images, stale, disk, agents } = facts;
  const sandboxed = agents.filter(({ mode }) => mode !== "off");
  const findings = [...checkDisk(disk), ...checkStale(stale)];
  if (sandboxed.length === 0) return findings;
  if ("fault" in engine) return [...findings, unreachable(engine, sandboxed)];
  return [
    ...findings,
    ...checkEngine(engine),
    ...checkIsolation(engine, sandboxed),
    ...checkRemote(engine, sandboxed),
    ...images.flatMap(checkImage),
  ];
}

const named = (agents: readonly SandboxedAgent[]): string => agents.map(({ id }) => id).join(", ");

function unreachable(
  { fault, remedy }: { readonly fault: string; readonly remedy: string },
  agents: readonly SandboxedAgent[],
): Finding {
  return {
    checkId: "sandbox.engine_unreachable",
    severity: "warn",
    title: "No container engine answers",
    detail: `${fault} Conversations of ${named(agents)} that belong in a container have no shell and no files.`,
    remediation: remedy,
  };
}

function checkEngine({ name, version, isRootless, cgroupVersion, ...engine }: EngineFacts): Finding[] {
  const missing = [...engine.missingLimits, ...(engine.hasSeccomp ? [] : ["system calls"])];
  if (missing.length === 0) return [];
  const isRootlessOnV1 = isRootless && cgroupVersion === 1;
  return [
    {
      checkId: isRootlessOnV1 ? "sandbox.engine_rootless_cgroup_v1" : "sandbox.engine_cannot_limit",
      severity: "warn",
      title: "The container engine takes limits and does not set them",
      detail: `${name} ${version}${isRootless ? ", rootless" : ""}, cgroup v${cgroupVersion}, cannot limit: ${missing.join(", ")}. No container is opened on it.`,
      remediation: isRootlessOnV1
        ? "Boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or use an engine that runs as root."
        : "Switch the limits on in the engine or the kernel (cgroup v2 with systemd; swap accounting), or use another engine.",
    },
  ];
}

function checkIsolation({ hasRunsc }: EngineFacts, agents: readonly SandboxedAgent[]): Finding[] {
  const strong = agents.filter(({ isolation }) => isolation === "strong");
  if (hasRunsc || strong.length === 0) return [];
  return [
    {
      checkId: "sandbox.isolation_missing",
      severity: "warn",
      title: "A kernel of its own is asked for, and the engine has none",
      detail: `isolation is "strong" for ${named(strong)}, and the engine has no runtime runsc. No container is opened for them.`,
      remediation: 'Install gVisor and register runsc with the engine, or set isolation to "standard".',
    },
  ];
}

function checkRemote({ isRemote }: EngineFacts, agents: readonly SandboxedAgent[]): Finding[] {
  const bound = agents.filter(({ workspaceAccess, binds }) => workspaceAccess !== "none" || binds.length > 0);
  if (!isRemote || bound.length === 0) return [];
  return [
    {
      checkId: "sandbox.engine_remote_workspace",
      severity: "warn",
      title: "The container engine is on another machine, and a directory of this one is asked for",
      detail: `${named(bound)} mount their workspace or a bind. No container is opened for them.`,
      remediation:
        "Set their workspaceAccess to none and remove the binds, or use an engine of this machine.",
    },
  ];
}

function checkImage({ reference, state, ours }: ImageFacts): Finding[] {
  const build = `Run \`clawdbot sandbox build${ours === "browser" ? " browser" : ""}\`.`;
  switch (state) {
    case "ready":
      return [];
    case "bare":
      return [
        {
          checkId: "sandbox.image_without_supervisor",
          severity: "info",
          title: "An image of your own has no supervisor yet",
          detail: `${reference} gets it as a layer when it is first used.`,
          remediation: "Nothing to do.",
        },
      ];
    case "missing":
    case "outdated":
      return [
        {
          checkId: `sandbox.image_${state}`,
          severity: "warn",
          title:
            state === "missing"
              ? "The engine does not have the image of a sandbox"
              : "The image of a sandbox was built by another version",
          detail: `${reference}. Until it is there, no container is opened from it.`,
          remediation:
            ours === null ? "Build or pull it on the engine: nothing is fetched by itself." : build,
          ...(ours !== null && { fix: { kind: "build-image", image: ours } }),
        },
      ];
  }
}

function checkStale(stale: SandboxFacts["stale"]): Finding[] {
  if (stale.length === 0) return [];
  const names = stale.slice(0, 5).map(({ name }) => name);
  return [
    {
      checkId: "sandbox.stale_containers",
      severity: "info",
      title: "Containers of this installation are left over",
      detail: `${stale.length}: ${names.join(", ")}${stale.length > names.length ? ", …" : ""}. No gateway uses them.`,
      remediation: "Run `clawdbot sandbox recreate --all`.",
      fix: { kind: "remove-containers", containers: stale.map(({ id }) => id) },
    },
  ];
}

function checkDisk(disk: SandboxFacts["disk"]): Finding[] {
  if (disk === null || disk.freeBytes >= 4 * leastFree) return [];
  const isFull = disk.freeBytes < leastFree;
  return [
    {
      checkId: "state.disk_nearly_full",
      severity: isFull ? "critical" : "warn",
      title: isFull ? "The disk is full" : "The disk is nearly full",
      detail: `${Math.floor(disk.freeBytes / 1024 / 1024)} MiB are free at ${disk.path}.${isFull ? " No command is started in a sandbox, and messages may not be kept." : ""}`,
      remediation: "Remove what is not needed; `clawdbot sandbox list` shows whose workspaces there are.",
    },
  ];
}
