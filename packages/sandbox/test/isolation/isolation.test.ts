/**
 * The isolation of a container, tried from inside: every probe is closed, and with any one part of the confinement taken away
 * at least the probe that belongs to it is open, so that each probe can fail.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { afterAll, expect, test } from "vitest";
import { creation } from "../../src/docker/container.ts";
import { ensureImage } from "../../src/images.ts";
import { prepareWorkspace } from "../../src/workspace.ts";
import { seccompProfile } from "../../src/seccomp.ts";
import { defaultImage, resolveSettings } from "../../src/settings.ts";
import { specificationOf } from "../../src/specification.ts";
import { withEngine, type Bench } from "../real-engine.ts";

const probes = readFileSync(new URL("probes.py", import.meta.url), "utf8");
const directory = mkdtempSync(join(tmpdir(), "clawd-isolation-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Body = ReturnType<typeof creation>;
type Weakened = Omit<Body, "User"> & { readonly User: string; readonly HostConfig: Record<string, unknown> };

/** What the probes find in a container like a sandbox's, changed by `weaken`. */
async function findings(
  bench: Bench,
  weaken: (body: Weakened) => object = (body) => body,
): Promise<Record<string, string>> {
  const image = await ensureImage(bench.engine, defaultImage);
  const docker = {
    memory: 100 * 2 ** 20,
    ulimits: { fsize: 100 * 2 ** 20 },
    tmpfs: ["/tmp:size=64m", "/run"],
  };
  const settings = resolveSettings({ docker }, {}, "agent", directory);
  const workspace = join(directory, `w${Math.random()}`);
  const owner = prepareWorkspace(workspace, { uid: 10_001, gid: 10_001 });
  const target = { scopeKey: "agent:main", access: "none", workspace, agentWorkspace: "/nowhere" } as const;
  const around = {
    image: image.id,
    name: bench.name(),
    installation: "0badcafe",
    owner,
    binds: [],
    seccomp: seccompProfile(),
    command: ["/usr/bin/python3", "-c", probes],
    channel: null,
    wayOut: null,
    environment: {},
    isRemote: false,
    transport: { way: "socket", reason: "" },
  } as const;
  const made = specificationOf(settings, target, around, 0);
  const body = creation({ ...made, labels: bench.labels }, bench.socket) as unknown as Weakened;
  const client = new Docker({ socketPath: bench.socket });
  const container = await client.createContainer(weaken(body));
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    await container.start();
    const output = await text(stream);
    const json = output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1);
    return JSON.parse(json) as Record<string, string>;
  } finally {
    await container.remove({ force: true });
  }
}

const open = (found: Record<string, string>): readonly string[] =>
  Object.keys(found).filter((name) => found[name] !== "closed");
const host = (change: Record<string, unknown>) => (body: Weakened) => ({
  ...body,
  HostConfig: { ...body.HostConfig, ...change },
});
const ulimits = (name: string) => (body: Weakened) =>
  host({ Ulimits: (body.HostConfig["Ulimits"] as { Name: string }[]).filter(({ Name }) => Name !== name) })(
    body,
  );

/** One part of the confinement taken away, and probes that must notice. */
const parts: readonly (readonly [string, (body: Weakened) => object, readonly string[]])[] = [
  ["capabilities dropped", host({ CapDrop: [] }), ["capabilities"]],
  ["no new privileges", host({ SecurityOpt: [`seccomp=${seccompProfile()}`] }), ["privileges"]],
  [
    "a filter of system calls",
    host({ SecurityOpt: ["no-new-privileges", "seccomp=unconfined"] }),
    ["filter", "lending bits", "vsock"],
  ],
  ["a stricter filter than the engine's", host({ SecurityOpt: ["no-new-privileges"] }), ["lending bits"]],
  ["a user who is not root", (body) => ({ ...body, User: "0:0" }), ["user"]],
  ["a root file system that is read", host({ ReadonlyRootfs: false }), ["root file system"]],
  ["a size of /tmp", host({ Tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,mode=1777" } }), ["fill /tmp"]],
  [
    "no programs in /tmp",
    host({ Tmpfs: { "/tmp": "rw,exec,nosuid,nodev,size=64m,mode=1777" } }),
    ["programs in /tmp"],
  ],
  ["no network", host({ NetworkMode: "host" }), ["network"]],
  ["no shared memory", host({ IpcMode: "private" }), ["shared memory"]],
  ["a limit of processes", host({ PidsLimit: 0 }), ["processes"]],
  ["a limit of memory", host({ Memory: 0, MemorySwap: 0 }), ["memory"]],
  ["a limit of the processor", host({ NanoCpus: 0 }), ["processor"]],
  ["a limit of open files", ulimits("nofile"), ["open files"]],
  ["a limit of one file's size", ulimits("fsize"), ["one large file"]],
  ["no core files", ulimits("core"), ["core files"]],
  [
    "no socket of the engine",
    host({ Binds: ["/etc/hostname:/var/run/docker.sock:ro"] }),
    ["there is /var/run/docker.sock"],
  ],
];

withEngine("isolation", (bench) => {
  test("every probe is closed in a sandbox", async () => {
    const found = await findings(bench);
    // What only the channel's directory and our own first process close is tried in sandbox.test.ts.
    const elsewhere = ["name servers", "first process"];
    expect(Object.keys(found).length).toBeGreaterThan(70);
    expect(
      Object.fromEntries(
        open(found)
          .filter((name) => !elsewhere.includes(name))
          .map((name) => [name, found[name]]),
      ),
    ).toEqual({});
  }, 120_000);

  test.each(parts)(
    "without %s the audit finds something open",
    async (_part, weaken, noticed) => {
      expect(open(await findings(bench, weaken))).toEqual(expect.arrayContaining([...noticed]));
    },
    120_000,
  );
});
