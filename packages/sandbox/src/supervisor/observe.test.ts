import { expect, test } from "vitest";
import { observedOf } from "./observe.ts";

const status = [
  "Name:\tsupervisor",
  "Uid:\t1000\t1000\t1000\t1000",
  "Gid:\t1000\t1000\t1000\t1000",
  "CapInh:\t0000000000000000",
  "CapPrm:\t0000000000000000",
  "CapEff:\t0000000000000000",
  "CapBnd:\t0000000000000000",
  "CapAmb:\t0000000000000000",
  "NoNewPrivs:\t1",
  "Seccomp:\t2",
].join("\n");

const observe = (files: Readonly<Record<string, string>>) => observedOf(new Map(Object.entries(files)));

test("user, capabilities and filters are those of the status", () => {
  expect(observe({ "/proc/self/status": status })).toMatchObject({
    uid: 1000,
    gid: 1000,
    capabilities: 0n,
    hasNoNewPrivileges: true,
    seccomp: 2,
  });
});

test("one bit of one set is a capability, and a user that is not the same in all is root", () => {
  const other = status
    .replace("CapBnd:\t0000000000000000", "CapBnd:\t0000000000000400")
    .replace("1000\t1000\n", "1000\t0\n");
  expect(observe({ "/proc/self/status": other })).toMatchObject({ capabilities: 0x400n, uid: 0 });
});

test("what cannot be read is the weaker", () => {
  expect(observe({})).toEqual({
    uid: 0,
    gid: 0,
    capabilities: 0xffff_ffff_ffff_ffffn,
    hasNoNewPrivileges: false,
    seccomp: 0,
    ulimits: {},
    mounts: {},
    interfaces: [],
  });
});

test("limits of both versions of control groups", () => {
  const cgroup = (files: Readonly<Record<string, string>>) =>
    observe(
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [`/sys/fs/cgroup/${name}`, `${text}\n`]),
      ),
    );
  expect(
    cgroup({
      "memory.max": "536870912",
      "memory.swap.max": "0",
      "pids.max": "256",
      "cpu.max": "50000 100000",
    }),
  ).toMatchObject({ memory: 536870912, memoryAndSwap: 536870912, processes: 256, cpus: 0.5 });
  expect(
    cgroup({
      "memory/memory.limit_in_bytes": "536870912",
      "memory/memory.memsw.limit_in_bytes": "536870912",
      "pids/pids.max": "256",
      "cpu/cpu.cfs_quota_us": "150000",
      "cpu/cpu.cfs_period_us": "100000",
    }),
  ).toMatchObject({ memory: 536870912, memoryAndSwap: 536870912, processes: 256, cpus: 1.5 });
  expect(
    cgroup({
      "memory/memory.limit_in_bytes": "9223372036854771712",
      "pids.max": "max",
      "cpu/cpu.cfs_quota_us": "-1",
      "cpu/cpu.cfs_period_us": "100000",
    }),
  ).toMatchObject({ memory: Infinity, processes: Infinity, cpus: Infinity });
});

test("resource limits by the engine's names", () => {
  const limits = [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max core file size        0                    0                    bytes     ",
    "Max open files            1024                 4096                 files     ",
    "Max nice priority         0                    0                    ",
    "Max processes             unlimited            unlimited            processes ",
  ].join("\n");
  expect(observe({ "/proc/self/limits": limits }).ulimits).toEqual({
    core: { soft: 0, hard: 0 },
    nofile: { soft: 1024, hard: 4096 },
    nice: { soft: 0, hard: 0 },
    nproc: { soft: Infinity, hard: Infinity },
  });
});

test("mounts: read-only when either half is, the later of two, names unescaped", () => {
  const mounts = [
    "1 0 0:1 / / ro,relatime - overlay overlay rw,lowerdir=/x",
    "2 1 0:2 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw,size=65536k",
    "3 1 8:1 /a /with\\040space rw - ext4 /dev/sda1 ro",
    "4 1 0:3 / /tmp rw,nosuid,nodev,noexec shared:1 master:2 - tmpfs tmpfs rw,size=1k",
  ].join("\n");
  const found = observe({ "/proc/self/mountinfo": mounts }).mounts;
  expect(found["/"]).toContain("ro");
  expect(found["/"]).not.toContain("rw");
  expect(found["/tmp"]).toEqual(["rw", "nosuid", "nodev", "noexec", "size=1k"]);
  expect(found["/with space"]).toEqual(["ro"]);
});

test("interfaces by name", () => {
  const devices = "Inter-|   Receive\n face |bytes    packets\n    lo:       0       0\n  eth0: 1 2\n";
  expect(observe({ "/proc/net/dev": devices }).interfaces).toEqual(["lo", "eth0"]);
});
