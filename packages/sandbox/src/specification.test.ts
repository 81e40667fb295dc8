import fc from "fast-check";
import { expect, test } from "vitest";
import { resolveSettings } from "./settings.ts";
import { digestOf, labels, specificationOf } from "./specification.ts";

const target = {
  scopeKey: "agent:main",
  access: "none",
  workspace: "/s/w",
  agentWorkspace: "/home/anna/clawd",
} as const;
const around = {
  image: "sha256:1",
  name: "clawdbot-sbx-agent-main",
  installation: "0badcafe",
  owner: { uid: 1000, gid: 1000 },
  binds: [],
  seccomp: "{}",
  wayOut: null,
  command: ["/usr/local/bin/clawd-supervisor"],
  channel: null,
  environment: {},
  isRemote: false,
  transport: { way: "socket", reason: "" },
} as const;
const settings = (docker: object = {}, more: object = {}) =>
  resolveSettings({ docker, ...more }, {}, "agent", "/state");
const mounts = (access: "none" | "ro" | "rw") =>
  specificationOf(settings(), { ...target, access }, around, 0).mounts.map(
    ({ source, target: at, isReadOnly }) => `${source} ${at} ${isReadOnly ? "ro" : "rw"}`,
  );

test("the mounts are those of the security document", () => {
  expect(mounts("none")).toEqual(["/s/w /workspace rw"]);
  expect(mounts("ro")).toEqual(["/s/w /workspace rw", "/home/anna/clawd /agent ro"]);
  expect(mounts("rw")).toEqual(["/home/anna/clawd /workspace rw"]);
});

test("nobody is root, whoever owns the workspace", () => {
  const user = (uid: number, gid: number, docker = {}) =>
    specificationOf(settings(docker), target, { ...around, owner: { uid, gid } }, 0).user;
  expect(user(1000, 1000)).toBe("1000:1000");
  expect(user(0, 0)).toBe("10001:10001");
  expect(user(1000, 0)).toBe("1000:1000");
  expect(user(0, 0, { user: "1234" })).toBe("1234:1234");
});

test("every tmpfs has a size and a number of files, and lends no rights", () => {
  const { tmpfs } = specificationOf(settings({ tmpfs: ["/tmp:size=1g,exec", "/run"] }), target, around, 0);
  expect(tmpfs).toEqual({
    "/tmp": "rw,size=1g,exec,nosuid,nodev,mode=1777,nr_inodes=64k",
    "/run": "rw,nosuid,nodev,size=256m,mode=1777,nr_inodes=64k",
  });
});

test("whatever was configured, no capability, no other namespace, and a limit on everything", () => {
  const docker = fc.record(
    {
      pidsLimit: fc.integer({ min: 1, max: 32_768 }),
      memory: fc.integer({ min: 6_291_456, max: 2 ** 40 }),
      cpus: fc.double({ min: 0.01, max: 64, noNaN: true }),
      readOnlyRoot: fc.boolean(),
      ulimits: fc.constant({ core: 5 }),
      capDrop: fc.constant([] as string[]),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(docker, (own) => {
      const made = specificationOf(settings(own), target, around, 0);
      expect(made.capDrop).toEqual(["ALL"]);
      expect(made.limits.ulimits["core"]).toEqual({ soft: 0, hard: 0 });
      expect(made.limits.processes).toBeGreaterThan(0);
      expect(made.limits.memory).toBeGreaterThan(0);
      expect(made.user).not.toMatch(/(?:^|:)0$/);
    }),
  );
});

test("any change gives another digest, the order of a list too; the time does not", () => {
  const digest = (docker: object, more: object = {}, aroundIt: object = {}) => {
    const own = settings(docker, more);
    const all = { ...around, ...aroundIt };
    return digestOf(specificationOf(own, target, all, 0), own, all.wayOut);
  };
  const changes = [
    [{}],
    [{ image: "x:1", env: { A: "1" } }],
    [{ binds: [], dns: ["9.9.9.9", "1.1.1.1"] }],
    [{ dns: ["1.1.1.1", "9.9.9.9"] }],
    [{ pidsLimit: 255 }],
    [{ setupCommand: "true" }],
    [{ readOnlyRoot: false }],
    [{}, { isolation: "strong" }],
    // One that is there already is measured by the limit that it was made with.
    [{}, { workspaceMax: "1m" }],
    [{}, {}, { image: "sha256:2" }],
    [{}, {}, { command: ["/bin/sh"] }],
    [{}, {}, { seccomp: "{ }" }],
    [{}, {}, { wayOut: "sha256:9" }],
    [{}, {}, { owner: { uid: 7, gid: 7 } }],
    [{}, {}, { binds: [{ source: "/a", target: "/b", isReadOnly: true }] }],
    [{}, {}, { binds: [{ source: "/a", target: "/b", isReadOnly: false }] }],
  ] as const;
  const digests = changes.map(([docker, more, aroundIt]) => digest(docker, more, aroundIt));
  expect(new Set(digests).size).toBe(changes.length);
  expect(digest({}, {}, { channel: "/tmp/a" })).toBe(digest({}));
  const made = (createdAt: number) =>
    specificationOf(settings(), target, around, createdAt).labels[labels.configHash];
  expect(made(1)).toBe(made(2));
});

test("on an engine of another machine nothing is mounted, and the workspace is in memory that counts as the container's", () => {
  const made = specificationOf(
    settings({ memory: "512m" }, { workspaceMax: "100m" }),
    { ...target, access: "rw" },
    {
      ...around,
      isRemote: true,
      channel: "/tmp/clawd-x/c",
      binds: [{ source: "/a", target: "/b", isReadOnly: true }],
    },
    0,
  );
  expect(made.mounts).toEqual([]);
  expect(made.tmpfs["/workspace"]).toBe("rw,nosuid,nodev,mode=0700,uid=1000,gid=1000,size=104857600");
  expect(made.tmpfs["/run/clawd"]).toContain("size=1m");
  expect(made.dns).toEqual(["127.0.0.1"]);
});

test("a container that is reached by another way than was planned is the planned one, and says which way and why", () => {
  const made = specificationOf(
    settings(),
    target,
    {
      ...around,
      configuration: "sha256:planned",
      transport: { way: "exec", reason: "attach gave no handshake" },
    },
    0,
  );
  expect(made.labels).toMatchObject({
    "clawdbot.configHash": "sha256:planned",
    "clawdbot.transport": "exec",
    "clawdbot.transportReason": "attach gave no handshake",
  });
});
