import { expect, test } from "vitest";
import type { ContainerSpecification } from "./engine.ts";
import { differences, type Observed } from "./observed.ts";

const asked: ContainerSpecification = {
  name: "n",
  image: "sha256:1",
  labels: {},
  command: ["/s"],
  user: "1000:1000",
  workdir: "/workspace",
  environment: {},
  mounts: [
    { source: "/s", target: "/workspace", isReadOnly: false },
    { source: "/a", target: "/agent", isReadOnly: true },
  ],
  tmpfs: { "/tmp": "rw" },
  isRootReadOnly: true,
  network: "none",
  capDrop: ["ALL"],
  seccomp: "{}",
  apparmor: null,
  limits: {
    processes: 256,
    memory: 2 ** 30,
    cpus: 1,
    ulimits: { core: { soft: 0, hard: 0 }, nofile: { soft: 1024, hard: 4096 } },
  },
  dns: [],
  extraHosts: [],
};

const seen: Observed = {
  uid: 1000,
  gid: 1000,
  capabilities: 0n,
  hasNoNewPrivileges: true,
  seccomp: 2,
  memory: 2 ** 30,
  memoryAndSwap: 2 ** 30,
  processes: 256,
  cpus: 1,
  ulimits: { core: { soft: 0, hard: 0 }, nofile: { soft: 1024, hard: 4096 } },
  mounts: { "/": ["ro"], "/tmp": ["rw", "nosuid", "nodev"], "/workspace": ["rw"], "/agent": ["ro"] },
  interfaces: ["lo"],
};

test("what was asked for, or less, is no difference", () => {
  expect(differences(seen, asked)).toEqual([]);
  const less = {
    ...seen,
    processes: 10,
    memory: 100,
    memoryAndSwap: 100,
    cpus: 0.5,
    ulimits: { ...seen.ulimits, nofile: { soft: 1, hard: 1 } },
  };
  expect(differences(less, asked)).toEqual([]);
});

test("below gVisor what its kernel has no words for is the engine's to answer for", () => {
  const { memory: _m, memoryAndSwap: _s, processes: _p, cpus: _c, ...rest } = seen;
  expect(differences({ ...rest, seccomp: 0 }, { ...asked, runtime: "runsc" })).toEqual([]);
  expect(differences({ ...rest, seccomp: 0 }, asked).length).toBe(4);
});

const without = (key: keyof Observed): Observed =>
  Object.fromEntries(Object.entries(seen).filter(([name]) => name !== key)) as never;
const mounts = (own: Observed["mounts"]): Partial<Observed> => ({ mounts: { ...seen.mounts, ...own } });

test.each<readonly [string, Partial<Observed> | Observed]>([
  ["another user", { uid: 1001 }],
  ["another group", { gid: 5 }],
  ["root", { uid: 0 }],
  ["root's group", { gid: 0 }],
  ["one capability", { capabilities: 1n << 21n }],
  ["programs that gain privileges", { hasNoNewPrivileges: false }],
  ["no filter", { seccomp: 0 }],
  ["the strict filter of old", { seccomp: 1 }],
  ["more processes", { processes: 257 }],
  ["processes without limit", { processes: Number.POSITIVE_INFINITY }],
  ["more memory", { memory: 2 ** 31 }],
  ["memory without limit", { memory: Number.POSITIVE_INFINITY }],
  ["swap", { memoryAndSwap: 2 ** 31 }],
  ["more processors", { cpus: 2 }],
  ["a core file", { ulimits: { ...seen.ulimits, core: { soft: 0, hard: 1 } } }],
  ["more open files", { ulimits: { ...seen.ulimits, nofile: { soft: 1024, hard: 1_048_576 } } }],
  ["a limit that cannot be seen", { ulimits: { core: { soft: 0, hard: 0 } } }],
  ["a root that can be written", mounts({ "/": ["rw"] })],
  ["a root that is not there", mounts({ "/": [] })],
  ["a tmpfs with devices", mounts({ "/tmp": ["rw", "nosuid"] })],
  ["a tmpfs that lends rights", mounts({ "/tmp": ["rw", "nodev"] })],
  ["an agent's workspace that can be written", mounts({ "/agent": ["rw"] })],
  ["a workspace that is not mounted", mounts({ "/workspace": [] })],
  ["a network", { interfaces: ["lo", "eth0"] }],
])("%s is a difference", (_what, change) => {
  expect(differences({ ...seen, ...change }, asked)).not.toEqual([]);
});

test.each(["memory", "processes", "cpus"] as const)("%s that cannot be read is a difference", (key) => {
  expect(differences(without(key), asked)).toHaveLength(1);
});
