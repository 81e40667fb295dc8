/** A specification in the engine's words: every field that decides about confinement is written out, none left to a default. */
import { lstatSync, realpathSync } from "node:fs";
import { isWithin, refusals } from "../acceptable.ts";
import type { ContainerSpecification, Mount } from "../engine.ts";
import { refused } from "./fault.ts";

/**
 * The body of the request that makes the container.
 * @param socket the engine's own, which no mount may show; null: it is on another machine, where no source is ours to judge.
 * @throws CLAWD_ENGINE_REFUSED when the specification is not acceptable; the engine is not asked then.
 */
export function creation(specification: ContainerSpecification, socket: string | null) {
  const wrong = [...refusals(specification), ...mountRefusals(specification.mounts, socket)];
  if (wrong.length > 0)
    throw refused(
      `This container must not be made: ${[...new Set(wrong)].join("; ")}.`,
      "`clawdbot sandbox explain` shows which setting each of these comes from.",
    );
  const { image, labels, command, user, workdir, environment } = specification;
  return {
    Image: image,
    Labels: { ...labels },
    // The image's own ENTRYPOINT and CMD never run.
    Entrypoint: [...command],
    Cmd: [],
    User: user,
    WorkingDir: workdir,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Hostname: "sandbox",
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    StopTimeout: 1,
    StopSignal: "SIGKILL",
    // An image's health check would run beside the first process, unseen by it.
    Healthcheck: { Test: ["NONE"] },
    HostConfig: hostConfig(specification),
  };
}

function hostConfig(specification: ContainerSpecification) {
  const { mounts, tmpfs, network, capDrop, seccomp, apparmor, runtime, limits, dns, extraHosts } =
    specification;
  const profiles = [`seccomp=${seccomp}`, ...(apparmor === null ? [] : [`apparmor=${apparmor}`])];
  return {
    Privileged: false,
    CapAdd: [],
    CapDrop: [...capDrop],
    SecurityOpt: ["no-new-privileges", ...profiles],
    ReadonlyRootfs: specification.isRootReadOnly,
    Mounts: mounts.map(mounted),
    Tmpfs: { ...tmpfs },
    Binds: [],
    VolumesFrom: [],
    Devices: [],
    DeviceRequests: [],
    DeviceCgroupRules: [],
    GroupAdd: [],
    NetworkMode: network,
    PublishAllPorts: false,
    PortBindings: {},
    Links: [],
    Dns: [...dns],
    DnsOptions: [],
    DnsSearch: dns.length > 0 ? ["."] : [],
    ExtraHosts: [...extraHosts],
    IpcMode: "none",
    PidMode: "",
    UTSMode: "",
    UsernsMode: "",
    CgroupnsMode: "private",
    CgroupParent: "",
    Sysctls: {},
    LogConfig: { Type: "none", Config: {} },
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    AutoRemove: false,
    Init: false,
    OomKillDisable: false,
    OomScoreAdj: 0,
    PidsLimit: limits.processes,
    Memory: limits.memory,
    MemorySwap: limits.memory,
    NanoCpus: Math.round(limits.cpus * 1e9),
    Ulimits: Object.entries(limits.ulimits).map(([Name, { soft, hard }]) => ({
      Name,
      Soft: soft,
      Hard: hard,
    })),
    ...(runtime === undefined ? {} : { Runtime: runtime }),
  };
}

/**
 * As a mount, not as a "bind": that one would make a missing source as an empty directory of root's. What is mounted beneath
 * the source does not come along: the engine could not make it read-only.
 */
const mounted = ({ source, target, isReadOnly }: Mount) => ({
  Type: "bind" as const,
  Source: source,
  Target: target,
  ReadOnly: isReadOnly,
  BindOptions: { Propagation: "rprivate" as const, NonRecursive: true },
});

/** What the sources are on this machine at this moment. */
function* mountRefusals(mounts: readonly Mount[], socket: string | null): Iterable<string> {
  if (socket === null) {
    if (mounts.length > 0) yield "mounts: the engine is on another machine";
    return;
  }
  const engine = realPath(socket) ?? socket;
  for (const { source } of mounts) {
    const real = realPath(source);
    if (real === null) yield "mounts: a source is not there";
    else if (real !== source) yield "mounts: a source is reached through a link";
    else if (isWithin(engine, real) || isWithin(socket, source))
      yield "mounts: a source holds the engine's socket";
    else if (isDevice(real)) yield "mounts: a source is a device";
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function isDevice(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isBlockDevice() || stat.isCharacterDevice();
  } catch {
    return true;
  }
}
