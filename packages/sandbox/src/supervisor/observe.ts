/** What the limits of a container look like from inside, read from the kernel's own words. Total: what cannot be read is the weaker. */
import type { Observed } from "../observed.ts";

/** `files` by path; one that could not be read is absent. */
export function observedOf(files: ReadonlyMap<string, string>): Observed {
  // What the kernel answers to calls, and over it what it writes into /proc: some kernels write little there.
  const asked = fieldsOf(files.get("asked"));
  const status = new Map([...asked, ...fieldsOf(files.get("/proc/self/status"))]);
  return {
    uid: sameInAll(status.get("Uid")),
    gid: sameInAll(status.get("Gid")),
    capabilities: ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].reduce(
      (all, set) => all | hexadecimal(status.get(set)),
      0n,
    ),
    hasNoNewPrivileges: status.get("NoNewPrivs") === "1",
    seccomp: Number(status.get("Seccomp") ?? 0),
    ...cgroupOf(files),
    ulimits: { ...askedUlimits(asked), ...ulimitsOf(files.get("/proc/self/limits")) },
    mounts: Object.fromEntries(lines(files.get("/proc/self/mountinfo")).flatMap(mountOf)),
    interfaces: lines(files.get("/proc/net/dev"))
      .filter((line) => line.includes(":"))
      .map((line) => line.slice(0, line.indexOf(":")).trim()),
  };
}

const lines = (text = ""): string[] => text.split("\n").filter((line) => line !== "");
const words = (text = ""): string[] => text.split(/\s+/).filter((word) => word !== "");

function fieldsOf(text: string | undefined): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines(text)) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** Real, effective, saved and file system's; 0 unless they are one. */
function sameInAll(text: string | undefined): number {
  const [first, ...others] = words(text);
  return first !== undefined && others.length === 3 && others.every((other) => other === first)
    ? Number(first)
    : 0;
}

/** All of them when it cannot be read. */
const hexadecimal = (text: string | undefined): bigint =>
  text !== undefined && /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : 0xffff_ffff_ffff_ffffn;

/** The kernel's names and the engine's. Bytes or a count each. */
const ulimitNames: Readonly<Record<string, string>> = {
  "Max cpu time": "cpu",
  "Max file size": "fsize",
  "Max data size": "data",
  "Max stack size": "stack",
  "Max core file size": "core",
  "Max resident set": "rss",
  "Max processes": "nproc",
  "Max open files": "nofile",
  "Max locked memory": "memlock",
  "Max address space": "as",
  "Max file locks": "locks",
  "Max pending signals": "sigpending",
  "Max msgqueue size": "msgqueue",
  "Max nice priority": "nice",
  "Max realtime priority": "rtprio",
  "Max realtime timeout": "rttime",
};

function ulimitsOf(text: string | undefined): Observed["ulimits"] {
  const limits: Record<string, { soft: number; hard: number }> = {};
  for (const line of lines(text)) {
    const [name, ...values] = line.split(/\s{2,}/);
    const own = ulimitNames[name!];
    const [soft, hard] = values.map(limit);
    if (own !== undefined && soft !== undefined && hard !== undefined) limits[own] = { soft, hard };
  }
  return limits;
}

/** `limit nofile` and its two numbers, where the largest there is means none. */
function askedUlimits(asked: ReadonlyMap<string, string>): Observed["ulimits"] {
  const limits: Record<string, { soft: number; hard: number }> = {};
  for (const [name, text] of asked) {
    const [soft, hard] = words(text).map(limit);
    if (name.startsWith("limit ") && soft !== undefined && hard !== undefined)
      limits[name.slice("limit ".length)] = { soft, hard };
  }
  return limits;
}

/** From here on version 1 of control groups means no limit, whatever the page size. */
const beyondAll = 2 ** 62;

/** Infinity: no limit. Undefined: nothing that can be read. */
function limit(text: string | undefined): number | undefined {
  const [word] = words(text);
  if (word === undefined) return undefined;
  if (word === "unlimited" || word === "max") return Infinity;
  const value = Number(word);
  if (Number.isNaN(value)) return undefined;
  return value < 0 || value >= beyondAll ? Infinity : value;
}

function cgroupOf(files: ReadonlyMap<string, string>) {
  const read = (...names: string[]) => {
    for (const name of names) {
      const text = files.get(`/sys/fs/cgroup/${name}`);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const memory = limit(read("memory.max", "memory/memory.limit_in_bytes"));
  const swap = limit(read("memory.swap.max"));
  const together = limit(read("memory/memory.memsw.limit_in_bytes"));
  const memoryAndSwap = together ?? (memory === undefined || swap === undefined ? undefined : memory + swap);
  const processes = limit(read("pids.max", "pids/pids.max"));
  const cpus = cpusOf(read("cpu.max") ?? `${read("cpu/cpu.cfs_quota_us")} ${read("cpu/cpu.cfs_period_us")}`);
  return {
    ...(memory !== undefined && { memory }),
    ...(memoryAndSwap !== undefined && { memoryAndSwap }),
    ...(processes !== undefined && { processes }),
    ...(cpus !== undefined && { cpus }),
  };
}

/** Quota and period. */
function cpusOf(text: string): number | undefined {
  const [quota, period] = words(text).map(limit);
  return quota === undefined || period === undefined || period === 0 ? undefined : quota / period;
}

/**
 * `36 35 98:0 /root /target rw,nosuid shared:1 - ext3 /dev/root rw,errors=continue`: the options of the mount and of its file
 * system, where `ro` of either is the truth. Of two mounts at one path the later one is seen.
 */
function mountOf(line: string): [string, readonly string[]][] {
  const [own, system] = line.split(" - ");
  const [, , , , target, options] = words(own);
  const [, , superOptions] = words(system);
  if (target === undefined || options === undefined) return [];
  const all = new Set([...options.split(","), ...(superOptions?.split(",") ?? [])]);
  if (all.has("ro")) all.delete("rw");
  return [[unescape(target), [...all]]];
}

const unescape = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
