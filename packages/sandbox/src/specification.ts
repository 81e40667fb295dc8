/**
 * The container of a sandbox, made from typed settings and nothing else. INVARIANT: for every settings and target there are,
 * no capability, no host namespace, no engine socket and no root user comes out (specification.test.ts).
 */
import { createHash } from "node:crypto";
import type { ContainerSpecification, Mount } from "./engine.ts";
import { defaultUlimits, fallbackUid, type SandboxSettings } from "./settings.ts";
import type { Transport } from "./transport.ts";

/** Who the sandbox is for, and what of the host it may see. */
export interface SandboxTarget {
  readonly scopeKey: string;
  readonly access: "none" | "ro" | "rw";
  /** Directory of the sandbox's own workspace. */
  readonly workspace: string;
  /** The agent's workspace on the host. */
  readonly agentWorkspace: string;
}

/** What the surroundings add: known only when a container is about to be made. */
export interface Surroundings {
  /** `sha256:…` of the image. */
  readonly image: string;
  readonly name: string;
  readonly installation: string;
  /** `uid:gid` that owns the directory which is mounted writable; `0` there is answered with the fallback. */
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly binds: readonly Mount[];
  readonly seccomp: string;
  /** What the first process is started with, the supervisor first. */
  readonly command: readonly string[];
  /** Directory with the gateway's end of the supervisor's stream and of the proxy; null while only planning. */
  readonly channel: string | null;
  /** Digest of what is open to the network; null when nothing is. */
  readonly wayOut: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** The engine is on another machine: nothing is mounted, and what is written stays in memory. */
  readonly isRemote: boolean;
  /** Which way the supervisor is reached, and why that one. */
  readonly transport: { readonly way: Transport; readonly reason: string };
  /** Digest of the container that was planned; absent: this is the planned one. The same one may be reached by another way. */
  readonly configuration?: string;
}

export const channelPath = "/run/clawd";
export const labels = {
  sandbox: "clawdbot.sandbox",
  sessionKey: "clawdbot.sessionKey",
  createdAt: "clawdbot.createdAtMs",
  configHash: "clawdbot.configHash",
  installation: "clawdbot.gateway",
  transport: "clawdbot.transport",
  transportReason: "clawdbot.transportReason",
  browser: "clawdbot.sandboxBrowser",
} as const;

/** The program that `images/` puts into every image. */
export const supervisorPath = "/usr/local/bin/clawd-supervisor";

export function specificationOf(
  settings: SandboxSettings,
  target: SandboxTarget,
  around: Surroundings,
  createdAt: number,
): ContainerSpecification {
  const { docker } = settings;
  const specification: ContainerSpecification = {
    name: around.name,
    image: around.image,
    labels: {},
    command: around.command,
    user: userOf(docker.user, around.owner),
    workdir: docker.workdir,
    environment: around.environment,
    mounts: mountsOf(settings, target, around),
    tmpfs: {
      ...Object.fromEntries(docker.tmpfs.map(tmpfsOf)),
      ...(around.isRemote && remoteTmpfs(settings, userOf(docker.user, around.owner))),
    },
    isRootReadOnly: docker.readOnlyRoot,
    network: docker.network,
    capDrop: ["ALL"],
    seccomp: around.seccomp,
    apparmor: docker.apparmorProfile ?? null,
    ...(settings.isolation === "strong" && { runtime: "runsc" }),
    limits: {
      processes: docker.pidsLimit,
      memory: docker.memory,
      cpus: docker.cpus,
      ulimits: { ...defaultUlimits, ...docker.ulimits, core: { soft: 0, hard: 0 } },
    },
    // Without a network the engine's machine would still tell whom it asks for names.
    dns: around.isRemote && docker.network === "none" && docker.dns.length === 0 ? ["127.0.0.1"] : docker.dns,
    extraHosts: docker.extraHosts,
  };
  return {
    ...specification,
    mounts: [
      ...specification.mounts,
      ...channelMounts(around.isRemote ? null : around.channel, settings.docker.network),
    ],
    labels: {
      [labels.sandbox]: "1",
      [labels.sessionKey]: target.scopeKey,
      [labels.createdAt]: String(createdAt),
      [labels.configHash]: around.configuration ?? digestOf(specification, settings, around.wayOut),
      [labels.installation]: around.installation,
      [labels.transport]: around.transport.way,
      [labels.transportReason]: around.transport.reason,
    },
  };
}

/** Of everything the container is made from and measured by, and of what is run in it before its first use; the order of lists counts. */
export function digestOf(
  specification: ContainerSpecification,
  { docker, workspaceMaxBytes }: SandboxSettings,
  wayOut: string | null,
): string {
  const { labels: _labels, ...rest } = specification;
  // The channel is another directory each time.
  const made = { ...rest, mounts: rest.mounts.filter(({ target }) => !ofChannel.includes(target)) };
  const text = JSON.stringify(
    sorted({ made, setup: docker.setupCommand ?? null, env: docker.env, wayOut, workspaceMaxBytes }),
  );
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

const resolverPath = "/etc/resolv.conf";
const ofChannel: readonly string[] = [channelPath, resolverPath];
/** A file without a word, in the channel's directory: without a network the host's name servers are none of the container's business. */
export const emptyFile = "empty";

function channelMounts(channel: string | null, network: string): readonly Mount[] {
  if (channel === null) return [];
  const own = { source: channel, target: channelPath, isReadOnly: true };
  if (network !== "none") return [own];
  return [own, { source: `${channel}/${emptyFile}`, target: resolverPath, isReadOnly: true }];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, sorted(entry)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function userOf(configured: string | undefined, owner: Surroundings["owner"]): string {
  if (configured !== undefined) return configured.includes(":") ? configured : `${configured}:${configured}`;
  return owner.uid === 0
    ? `${fallbackUid}:${fallbackUid}`
    : `${owner.uid}:${owner.gid === 0 ? owner.uid : owner.gid}`;
}

function mountsOf(
  { docker }: SandboxSettings,
  target: SandboxTarget,
  around: Surroundings,
): readonly Mount[] {
  if (around.isRemote) return [];
  const { access, workspace, agentWorkspace } = target;
  const own = access === "rw" ? agentWorkspace : workspace;
  return [
    { source: own, target: docker.workdir, isReadOnly: false },
    ...(access === "ro" ? [{ source: agentWorkspace, target: "/agent", isReadOnly: true }] : []),
    ...around.binds,
  ];
}

/**
 * Where nothing can be mounted: a workspace in memory that is gone with the container, and a place for what the gateway lays down
 * beside the supervisor. What is in memory counts as the container's, so that half of it is the most there can be.
 */
function remoteTmpfs({ docker, workspaceMaxBytes }: SandboxSettings, user: string) {
  const [uid, gid] = user.split(":");
  const size = Math.min(workspaceMaxBytes, Math.floor(docker.memory / 2));
  const own = `rw,nosuid,nodev,mode=0700,uid=${uid},gid=${gid}`;
  return { [docker.workdir]: `${own},size=${size}`, [channelPath]: `${own},noexec,size=1m` };
}

/** Without a size of its own a tmpfs gets one; nothing in it is a device or lends rights. */
export function tmpfsOf(entry: string): readonly [string, string] {
  const [path = "", written = ""] = entry.split(":");
  const options = written.split(",").filter((option) => option !== "" && !/^(?:suid|dev)$/.test(option));
  const defaults = ["nosuid", "nodev", "size=256m", "mode=1777", "nr_inodes=64k"];
  const missing = defaults.filter(
    (option) => !options.some((own) => own.split("=")[0] === option.split("=")[0]),
  );
  return [path, ["rw", ...options.filter((option) => option !== "rw"), ...missing].join(",")];
}
