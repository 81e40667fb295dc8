/** What the supervisor sees of its own confinement, and whether that is what was asked for. */
import type { ContainerSpecification } from "./engine.ts";

/** Read inside the container, from the kernel, after the start. Undefined where the kernel there does not say. */
export interface Observed {
  readonly uid: number;
  readonly gid: number;
  /** Bits of the effective, permitted, inheritable, bounding and ambient sets, as one mask: 0 is none. */
  readonly capabilities: bigint;
  readonly hasNoNewPrivileges: boolean;
  /** 2: a filter. */
  readonly seccomp: number;
  /** Bytes; undefined without a readable control group. */
  readonly memory?: number;
  /** Bytes of memory and swap together. */
  readonly memoryAndSwap?: number;
  readonly processes?: number;
  /** Cores. */
  readonly cpus?: number;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /** Mount options by path. */
  readonly mounts: Readonly<Record<string, readonly string[]>>;
  /** Names of network interfaces. */
  readonly interfaces: readonly string[];
}

/**
 * Every difference, in words for the fault; empty when what was asked for holds. A value that cannot be seen is a difference,
 * except below gVisor, whose kernel has no control groups: there the engine's own word is all there is.
 */
export function differences(observed: Observed, asked: ContainerSpecification): readonly string[] {
  const isOwnKernel = asked.runtime === "runsc";
  const found: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  const [uid, gid] = asked.user.split(":").map(Number);
  expect(
    observed.uid === uid && observed.gid === gid,
    `user ${observed.uid}:${observed.gid}, not ${asked.user}`,
  );
  expect(observed.uid !== 0 && observed.gid !== 0, "user or group root");
  expect(observed.capabilities === 0n, `capabilities ${observed.capabilities.toString(16)}`);
  expect(observed.hasNoNewPrivileges, "programs may gain privileges");
  expect(isOwnKernel || observed.seccomp === 2, "no filter of system calls");
  const { processes, memory, cpus } = asked.limits;
  const isAtMost = (seen: number | undefined, limit: number) =>
    seen === undefined ? isOwnKernel : seen <= limit;
  expect(isAtMost(observed.processes, processes), `processes ${observed.processes ?? "without limit"}`);
  // The kernel counts in pages.
  expect(isAtMost(observed.memory, memory + 4096), `memory ${observed.memory ?? "without limit"}`);
  // Without swap accounting in the kernel there is no such limit to read; the engine was asked before.
  expect(observed.memoryAndSwap === undefined || observed.memoryAndSwap <= memory + 4096, "swap");
  expect(isAtMost(observed.cpus, cpus + 0.01), `cpus ${observed.cpus ?? "without limit"}`);
  for (const [name, { soft, hard }] of Object.entries(asked.limits.ulimits)) {
    const seen = observed.ulimits[name];
    expect(seen !== undefined && seen.soft <= soft && seen.hard <= hard, `limit ${name}`);
  }
  expect(!asked.isRootReadOnly || hasOption(observed, "/", "ro"), "the root file system can be written");
  // Below gVisor a tmpfs is its kernel's own, whose bits and devices nothing of the host listens to.
  for (const path of isOwnKernel ? [] : Object.keys(asked.tmpfs))
    for (const option of ["nosuid", "nodev"])
      expect(hasOption(observed, path, option), `${path} without ${option}`);
  for (const { target, isReadOnly } of asked.mounts)
    expect(
      hasOption(observed, target, isReadOnly ? "ro" : "rw"),
      `${target} is not ${isReadOnly ? "ro" : "rw"}`,
    );
  const links = observed.interfaces.filter(
    (name) =>
      name !== "lo" &&
      !/^(?:sit|tunl|gre|gretap|erspan|ip6tnl|ip6gre|ip_vti|ip6_vti|tunl|teql)\d+$/.test(name),
  );
  expect(asked.network !== "none" || links.length === 0, `network ${links.join(", ")}`);
  return found;
}

function hasOption({ mounts }: Observed, path: string, option: string): boolean {
  return mounts[path]?.includes(option) ?? false;
}
