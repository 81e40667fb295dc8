/** What the engine says about itself, read strictly: what it does not say it can do, it cannot. */
import type { EngineInfo } from "../engine.ts";

/** The parts of `/info` and `/version` that are used; any may be missing. */
export interface RawEngine {
  readonly info: Readonly<Record<string, unknown>>;
  readonly version: Readonly<Record<string, unknown>>;
}

export function describeEngine({ info, version }: RawEngine): EngineInfo {
  const driver = text(info["CgroupDriver"]) || "none";
  // An engine without a cgroup driver accepts limits and sets none.
  const can = (field: string) => info[field] === true && driver !== "none";
  const security = names(info["SecurityOptions"]);
  const hasOption = (name: string) => security.some((option) => option.split(",").includes(`name=${name}`));
  return {
    name: "docker",
    version: text(version["Version"]) || text(info["ServerVersion"]),
    runtimes: Object.keys(record(info["Runtimes"])).toSorted(),
    limits: {
      memory: can("MemoryLimit"),
      swap: can("SwapLimit"),
      processes: can("PidsLimit"),
      // The field had another name before 1.42.
      cpu: can("CpuCfsQuota") || can("CPUCfsQuota"),
    },
    hasSeccomp: hasOption("seccomp"),
    hasApparmor: hasOption("apparmor"),
    isRootless: hasOption("rootless"),
    hasUserNamespaces: hasOption("userns"),
    cgroups: { version: text(info["CgroupVersion"]) === "2" ? 2 : 1, driver },
  };
}

/** The interface this is written for: what Docker 20.10 speaks. */
const written = 41;

/**
 * The oldest version that both speak, from 1.41 on: newer engines no longer speak it, and older ones do not know all the
 * fields. Null when the engine is older.
 */
export function apiVersion({ ApiVersion, MinAPIVersion }: Readonly<Record<string, unknown>>): string | null {
  const newest = minor(ApiVersion);
  const oldest = minor(MinAPIVersion) ?? 0;
  return newest === null || newest < written || oldest > newest ? null : `v1.${Math.max(written, oldest)}`;
}

const minor = (version: unknown): number | null => {
  const match = /^1\.(\d{1,4})$/.exec(text(version));
  return match === null ? null : Number(match[1]);
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);
const record = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});
