import { mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { refusals } from "../src/acceptable.ts";
import { creation } from "../src/docker/container.ts";
import { dockerEngine } from "../src/docker.ts";
import type { ContainerSpecification } from "../src/engine.ts";
import { seccompProfile } from "../src/seccomp.ts";
import { illEngine, json } from "./silent-engine.ts";

const directory = realpathSync(mkdtempSync(join(tmpdir(), "clawd-hostile-")));
symlinkSync("/etc", join(directory, "link"));
afterAll(() => rmSync(directory, { recursive: true }));

const good: ContainerSpecification = {
  name: "clawdbot-sbx-agent-main-0badcafe",
  image: `sha256:${"a".repeat(64)}`,
  labels: { "clawdbot.sandbox": "1", "clawdbot.sessionKey": "agent:main:telegram:group:-1001" },
  command: ["/usr/local/bin/clawd-supervisor"],
  user: "10001:10001",
  workdir: "/workspace",
  environment: { LANG: "C.UTF-8" },
  mounts: [{ source: directory, target: "/workspace", isReadOnly: false }],
  tmpfs: { "/tmp": "rw,nosuid,nodev,size=256m,mode=1777" },
  isRootReadOnly: true,
  network: "none",
  capDrop: ["ALL"],
  seccomp: seccompProfile(),
  apparmor: null,
  limits: { processes: 256, memory: 2 ** 30, cpus: 1, ulimits: { core: { soft: 0, hard: 0 } } },
  dns: [],
  extraHosts: [],
};
const mount = (source: string, target = "/x") => ({ mounts: [{ source, target, isReadOnly: true }] });
const limits = (change: object) => ({ limits: { ...good.limits, ...change } });

test("an honest specification is acceptable", () => {
  expect(refusals(good)).toEqual([]);
});

const hostile: readonly [string, object][] = [
  ["network host", { network: "host" }],
  ["network of another container", { network: "container:gateway" }],
  ["network by path", { network: "ns:/proc/1/ns/net" }],
  ["network unsaid", { network: "" }],
  ["network default", { network: "default" }],
  ["root", { user: "0:0" }],
  ["root by name", { user: "root" }],
  ["root's group", { user: "1000:0" }],
  ["no group", { user: "1000" }],
  ["uid that wraps to root", { user: "4294967296:1" }],
  ["uid -1", { user: "4294967295:1" }],
  ["uid with zeros before it", { user: "00:1" }],
  ["no capability dropped", { capDrop: [] }],
  ["some capabilities dropped", { capDrop: ["NET_RAW"] }],
  ["seccomp off", { seccomp: "unconfined" }],
  ["seccomp by path", { seccomp: "/tmp/profile.json" }],
  ["seccomp that allows", { seccomp: '{"defaultAction":"SCMP_ACT_ALLOW"}' }],
  ["seccomp that logs", { seccomp: '{"defaultAction":"SCMP_ACT_LOG"}' }],
  ["seccomp that asks", { seccomp: '{"defaultAction":"SCMP_ACT_TRACE"}' }],
  ["seccomp null", { seccomp: "null" }],
  ["apparmor off", { apparmor: "unconfined" }],
  ["apparmor with another option", { apparmor: "x\nlabel=disable" }],
  ["a tag for an image", { image: "debian:bookworm-slim" }],
  ["a short digest", { image: "sha256:abc" }],
  ["a name with a path", { name: "../../etc" }],
  ["a name with a query", { name: "a?privileged=true" }],
  ["no command", { command: [] }],
  ["a command by name", { command: ["sh"] }],
  ["a command with NUL", { command: ["/bin/sh\0"] }],
  ["a workdir above", { workdir: "/workspace/../.." }],
  ["a relative workdir", { workdir: "workspace" }],
  ["a variable that is none", { environment: { "A=B": "1" } }],
  ["a variable with a line break", { environment: { A: "1\nLD_PRELOAD=/x" } }],
  ["a label with NUL", { labels: { a: "\0" } }],
  ["a label that is a filter", { labels: { "a=b": "1" } }],
  ["tmpfs over /proc", { tmpfs: { "/proc": "nosuid,nodev,size=1m" } }],
  ["tmpfs without a size", { tmpfs: { "/tmp": "nosuid,nodev" } }],
  ["tmpfs of no size", { tmpfs: { "/tmp": "nosuid,nodev,size=0" } }],
  ["tmpfs with devices", { tmpfs: { "/tmp": "nosuid,size=1m" } }],
  ["tmpfs that lends rights", { tmpfs: { "/tmp": "nodev,size=1m" } }],
  ["tmpfs with suid after nosuid", { tmpfs: { "/tmp": "nosuid,nodev,size=1m,suid" } }],
  ["tmpfs with dev after nodev", { tmpfs: { "/tmp": "nosuid,nodev,size=1m,dev" } }],
  ["tmpfs that is another mount", { tmpfs: { "/tmp": "nosuid,nodev,size=1m,bind" } }],
  ["two at one place", { tmpfs: { "/workspace": "nosuid,nodev,size=1m" } }],
  ["over /", mount(directory, "/")],
  ["over /proc", mount(directory, "/proc/sys")],
  ["over /dev", mount(directory, "/dev")],
  ["over /sys", mount(directory, "/sys/fs/cgroup")],
  ["/", mount("/")],
  ["//", mount("//")],
  ["/proc", mount("/proc")],
  ["//proc", mount("//proc")],
  ["/sys/kernel", mount("/sys/kernel")],
  ["/dev", mount("/dev")],
  ["/./etc", mount("/./etc")],
  ["a name of a volume", mount("volume")],
  ["a path with NUL", mount(`${directory}\0`)],
  ["a path with ..", mount(`${directory}/../../etc`)],
  ["a source that is not there", mount(join(directory, "absent"))],
  ["a source behind a link", mount(join(directory, "link"))],
  ["processes without a limit", limits({ processes: 0 })],
  ["processes -1", limits({ processes: -1 })],
  ["processes NaN", limits({ processes: Number.NaN })],
  ["memory without a limit", limits({ memory: 0 })],
  ["memory NaN", limits({ memory: Number.NaN })],
  ["memory Infinity", limits({ memory: Number.POSITIVE_INFINITY })],
  ["cpus without a limit", limits({ cpus: 0 })],
  ["cpus NaN", limits({ cpus: Number.NaN })],
  ["ulimit unlimited", limits({ ulimits: { core: { soft: -1, hard: -1 } } })],
  ["ulimit upside down", limits({ ulimits: { core: { soft: 2, hard: 1 } } })],
  ["ulimit of another name", limits({ ulimits: { "core=1,nofile": { soft: 1, hard: 1 } } })],
  ["dns by name", { dns: ["evil.example"] }],
  ["a host without an address", { extraHosts: ["a:host-gateway"] }],
  ["the metadata service", { extraHosts: ["metadata:169.254.169.254"] }],
  ["the metadata service in IPv6", { extraHosts: ["metadata:fd00:ec2::254"] }],
  ["a mapped metadata service", { extraHosts: ["metadata:::ffff:169.254.169.254"] }],
  ["a runtime by path", { runtime: "/tmp/runtime" }],
  ["a runtime unsaid", { runtime: "" }],
];

test.each(hostile)("%s is refused, and the engine is not asked", async (_name, change) => {
  const ill = await illEngine(() => json({}));
  const engine = dockerEngine({ socket: ill.socket });
  const specification = { ...good, ...change };
  expect(() => creation(specification, ill.socket)).toThrow();
  await expect(engine.create(specification)).rejects.toMatchObject({ code: "CLAWD_ENGINE_REFUSED" });
  expect(ill.requests).toEqual([]);
});

test("no value of a refused specification is told", async () => {
  const secret = "hunter2";
  const change = {
    environment: { TOKEN: `${secret}\n` },
    labels: { a: `${secret}\0` },
    user: secret,
    network: `${secret}:`,
  };
  const fault = await dockerEngine({ socket: "/nowhere" })
    .create({ ...good, ...change })
    .catch(String);
  expect(fault).toContain("must not be made");
  expect(fault).not.toContain(secret);
});

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "host",
    "container:x",
    "unconfined",
    "0:0",
    "/",
    "/proc",
    "rw,size=1m",
    "ALL",
    "none",
    "sha256:",
    "bridge",
    "1000:1000",
    "ALL",
    "rw,nosuid,nodev,size=1m",
    "/data",
  ),
);
const texts = fc.array(text, { maxLength: 3 });
const words = fc.dictionary(text, text, { maxKeys: 3 });
const number = fc.oneof(fc.double(), fc.integer());
const everything = {
  name: text,
  image: text,
  labels: words,
  command: texts,
  user: text,
  workdir: text,
  environment: words,
  tmpfs: words,
  isRootReadOnly: fc.boolean(),
  network: text,
  capDrop: texts,
  seccomp: text,
  apparmor: fc.option(text),
  runtime: text,
  limits: fc.record({ processes: number, memory: number, cpus: number, ulimits: fc.constant({}) }),
  dns: texts,
  extraHosts: texts,
  mounts: fc.array(fc.record({ source: text, target: text, isReadOnly: fc.boolean() }), { maxLength: 2 }),
};

/** One or two fields at a time: with all of them wild nothing would ever be accepted. */
const changes = fc
  .tuple(fc.record(everything), fc.subarray(Object.keys(everything), { minLength: 1, maxLength: 2 }))
  .map(([all, names]) => Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))));

test("whatever is asked, what reaches the engine is confined, or nothing does", () => {
  let accepted = 0;
  fc.assert(
    fc.property(changes, (change) => {
      let body;
      try {
        body = creation({ ...good, ...change } as ContainerSpecification, "/run/engine.sock");
      } catch (fault) {
        expect(fault).toMatchObject({ code: "CLAWD_ENGINE_REFUSED" });
        return;
      }
      accepted++;
      const { HostConfig } = body;
      expect(HostConfig).toMatchObject({
        Privileged: false,
        CapAdd: [],
        IpcMode: "none",
        PidMode: "",
        UsernsMode: "",
      });
      expect(HostConfig).toMatchObject({
        Binds: [],
        VolumesFrom: [],
        Devices: [],
        LogConfig: { Type: "none" },
      });
      expect(HostConfig.CapDrop).toContain("ALL");
      expect(HostConfig.NetworkMode).toMatch(/^(?!host$|default$)[\w.-]+$/);
      expect(HostConfig.SecurityOpt[0]).toBe("no-new-privileges");
      expect(HostConfig.SecurityOpt[1]).toMatch(/^seccomp=\{/);
      expect(HostConfig.MemorySwap).toBe(HostConfig.Memory);
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit).toBeGreaterThan(0);
      expect(HostConfig.NanoCpus).toBeGreaterThan(0);
      expect(body.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    }),
    { numRuns: 3000 },
  );
  // Else the property would say nothing.
  expect(accepted).toBeGreaterThan(50);
});
