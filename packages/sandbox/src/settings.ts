/** What an owner can set about sandboxes, resolved for one agent: every field has its value. */
import { resolveBrowser, type SandboxBrowser } from "./sandbox-browser.ts";
import type { SandboxConfig } from "./schema.ts";

export interface SandboxSettings {
  /** Where sandbox workspaces are. */
  readonly workspaceRoot: string;
  readonly isolation: "standard" | "strong";
  readonly docker: DockerSettings;
  readonly browser: SandboxBrowser;
  readonly prune: { readonly idleHours: number; readonly maxAgeDays: number };
  /** Containers that wait for whoever comes. */
  readonly pool: number;
  /** Bytes that a workspace may hold before commands are refused. */
  readonly workspaceMaxBytes: number;
}

export interface DockerSettings {
  readonly image: string;
  readonly containerPrefix: string;
  readonly workdir: string;
  readonly readOnlyRoot: boolean;
  /** `path` or `path:options`. */
  readonly tmpfs: readonly string[];
  readonly network: string;
  /** `uid` or `uid:gid`. Absent: the workspace's owner. */
  readonly user?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly setupCommand?: string;
  readonly pidsLimit: number;
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /** Path of a profile. Absent: ours. */
  readonly seccompProfile?: string;
  readonly apparmorProfile?: string;
  readonly dns: readonly string[];
  readonly extraHosts: readonly string[];
  readonly binds: readonly string[];
  readonly dangerouslyAllowExternalBindSources: boolean;
}

export const defaultImage = "clawdbot-sandbox:bookworm-slim";
/** The uid of a sandbox whose workspace belongs to root or to nobody yet. */
export const fallbackUid = 10_001;

const mebibyte = 1024 * 1024;

/** `spec` defaults where it has them; limits where it has none. */
const defaultDocker: DockerSettings = {
  image: defaultImage,
  containerPrefix: "clawdbot-sbx-",
  workdir: "/workspace",
  readOnlyRoot: true,
  tmpfs: ["/tmp", "/var/tmp", "/run"],
  network: "none",
  env: { LANG: "C.UTF-8" },
  pidsLimit: 256,
  memory: 1024 * mebibyte,
  cpus: 1,
  ulimits: {},
  dns: [],
  extraHosts: [],
  binds: [],
  dangerouslyAllowExternalBindSources: false,
};

/** Always there; a setting of the same name may lower, never raise above `highestUlimits`. */
export const defaultUlimits: DockerSettings["ulimits"] = {
  core: { soft: 0, hard: 0 },
  nofile: { soft: 1024, hard: 4096 },
  fsize: { soft: 1024 * mebibyte, hard: 1024 * mebibyte },
};

/**
 * The agent's own values over those of all agents, key by key; `env` and `ulimits` entry by entry; `binds` of both. In a shared
 * sandbox the agent's own `docker`, `browser` and `prune` do not count: the container belongs to all.
 */
export function resolveSettings(
  defaults: SandboxConfig,
  own: SandboxConfig,
  scope: "session" | "agent" | "shared",
  stateDirectory: string,
): SandboxSettings {
  const ownDocker = scope === "shared" ? {} : (own.docker ?? {});
  const shared = defaults.docker ?? {};
  const prune = { ...defaults.prune, ...(scope === "shared" ? {} : own.prune) };
  const {
    socket: _socket,
    certPath: _certificates,
    remote: _remote,
    transport: _transport,
    ...ofAgent
  } = {
    ...shared,
    ...ownDocker,
  };
  const { memorySwap: _same, capDrop: _all, ...docker } = ofAgent;
  return {
    workspaceRoot: own.workspaceRoot ?? defaults.workspaceRoot ?? `${stateDirectory}/sandboxes`,
    isolation: own.isolation ?? defaults.isolation ?? "standard",
    docker: {
      ...defaultDocker,
      ...withoutAbsent(docker),
      env: { ...(shared.env ?? defaultDocker.env), ...ownDocker.env },
      memory: bytesOf(docker.memory ?? defaultDocker.memory),
      ulimits: ulimitsOf({ ...shared.ulimits, ...ownDocker.ulimits }),
      binds: [...(shared.binds ?? []), ...(ownDocker.binds ?? [])],
    },
    browser: resolveBrowser(defaults, own, scope),
    prune: { idleHours: prune.idleHours ?? 24, maxAgeDays: prune.maxAgeDays ?? 7 },
    pool: (scope === "shared" ? undefined : own.pool) ?? defaults.pool ?? 0,
    workspaceMaxBytes: bytesOf(own.workspaceMax ?? defaults.workspaceMax ?? "10g"),
  };
}

const units: Readonly<Record<string, number>> = { b: 1, k: 1024, m: mebibyte, g: 1024 * mebibyte };

/** `512m`, `1g`, `1048576`; bytes. NaN for anything else, which no limit accepts. */
export function bytesOf(value: string | number): number {
  if (typeof value === "number") return value;
  const match = /^(\d{1,12}(?:\.\d{1,3})?)\s*([bkmg])?(?:i?b)?$/i.exec(value.trim());
  return match === null
    ? Number.NaN
    : Math.floor(Number(match[1]) * (units[(match[2] ?? "b").toLowerCase()] ?? 1));
}

type WrittenUlimit =
  | string
  | number
  | { readonly soft?: number | undefined; readonly hard?: number | undefined };

function ulimitsOf(written: Readonly<Record<string, WrittenUlimit>>): DockerSettings["ulimits"] {
  const own = Object.entries(written).map(([name, value]) => [name, ulimitOf(value)] as const);
  return { ...defaultUlimits, ...Object.fromEntries(own) };
}

/** `1024`, `"1024"`, `"1024:2048"`, `{ soft, hard }`; one alone counts for both. */
export function ulimitOf(value: WrittenUlimit): { readonly soft: number; readonly hard: number } {
  if (typeof value === "object") {
    const { soft, hard } = value;
    return { soft: soft ?? hard ?? Number.NaN, hard: hard ?? soft ?? Number.NaN };
  }
  const [soft = "", hard = soft] = String(value).split(":");
  return { soft: wholeNumber(soft), hard: wholeNumber(hard) };
}

const wholeNumber = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN);

function withoutAbsent<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}
