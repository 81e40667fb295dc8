import { describe, expect, test } from "vitest";
import { theFacts } from "../test/builders.ts";
import { examine, type EngineFacts, type Finding, type SandboxedAgent, type SandboxFacts } from "./index.ts";

const anEngine = (parts: Partial<EngineFacts> = {}): EngineFacts => ({
  name: "docker",
  version: "20.10.24",
  isRootless: false,
  cgroupVersion: 2,
  missingLimits: [],
  hasSeccomp: true,
  hasRunsc: true,
  isRemote: false,
  ...parts,
});
const anAgent = (parts: Partial<SandboxedAgent> = {}): SandboxedAgent => ({
  id: "main",
  path: "agents.list[0].sandbox",
  mode: "non-main",
  scope: "agent",
  workspaceAccess: "none",
  isolation: "standard",
  isForStrangers: false,
  network: "none",
  binds: [],
  mayBindAnything: false,
  isRootReadOnly: true,
  hasOwnSeccomp: false,
  looseLimits: [],
  ...parts,
});
const image = { reference: "clawdbot-sandbox:bookworm-slim", state: "ready", ours: "sandbox" } as const;
const sandbox = (parts: Partial<SandboxFacts> = {}): readonly Finding[] =>
  examine(
    theFacts({
      sandbox: {
        engine: anEngine(),
        images: [image],
        stale: [],
        disk: { path: "/home/u/.clawdbot", freeBytes: 50 * 2 ** 30 },
        agents: [anAgent()],
        ...parts,
      },
    }),
  ).findings;
const found = (parts: Partial<SandboxFacts>) =>
  sandbox(parts).map(({ severity, checkId }) => `${severity} ${checkId}`);
const ofAgent = (parts: Partial<SandboxedAgent>) => found({ agents: [anAgent(parts)] });

test("a sound engine with its image has nothing to find", () => {
  expect(sandbox()).toEqual([]);
});

describe("the engine", () => {
  test("is missed only where an agent may need it", () => {
    const engine = { fault: "There is no container engine at its socket.", remedy: "Start Docker." };
    expect(found({ engine, images: [] })).toEqual(["warn sandbox.engine_unreachable"]);
    expect(sandbox({ engine })[0]).toMatchObject({
      remediation: "Start Docker.",
      detail: expect.stringContaining("main"),
    });
    expect(found({ engine, agents: [anAgent({ mode: "off" })] })).toEqual(["info sandbox.off"]);
  });

  test.each([
    [{ missingLimits: ["memory", "processes"] }, "warn sandbox.engine_cannot_limit", /memory, processes/],
    [{ hasSeccomp: false }, "warn sandbox.engine_cannot_limit", /system calls/],
    [
      { missingLimits: ["memory"], isRootless: true, cgroupVersion: 1 },
      "warn sandbox.engine_rootless_cgroup_v1",
      /rootless, cgroup v1/,
    ],
  ] as const)("that does not limit is said: %j", (parts, id, detail) => {
    expect(found({ engine: anEngine(parts) })).toEqual([id]);
    expect(sandbox({ engine: anEngine(parts) })[0]!.detail).toMatch(detail);
  });

  test("without gVisor is enough, unless a kernel of its own is asked for", () => {
    const engine = anEngine({ hasRunsc: false });
    expect(found({ engine })).toEqual([]);
    expect(found({ engine, agents: [anAgent({ isolation: "strong" })] })).toEqual([
      "warn sandbox.isolation_missing",
    ]);
  });

  test("of another machine has no directory of this one", () => {
    const engine = anEngine({ isRemote: true });
    expect(found({ engine })).toEqual([]);
    expect(found({ engine, agents: [anAgent({ workspaceAccess: "ro" })] })).toEqual([
      "warn sandbox.engine_remote_workspace",
    ]);
  });
});

describe("an image", () => {
  test.each(["missing", "outdated"] as const)("of ours that is %s can be built", (state) => {
    const [finding] = sandbox({ images: [{ ...image, state }] });
    expect(finding).toMatchObject({
      checkId: `sandbox.image_${state}`,
      fix: { kind: "build-image", image: "sandbox" },
    });
  });

  test("of the owner's own is theirs to build, and gets its layer by itself", () => {
    const own = { reference: "mine:1", ours: null };
    const [missing] = sandbox({ images: [{ ...own, state: "missing" }] });
    expect(missing).toMatchObject({ checkId: "sandbox.image_missing" });
    expect(missing!.fix).toBeUndefined();
    expect(found({ images: [{ ...own, state: "bare" }] })).toEqual(["info sandbox.image_without_supervisor"]);
  });
});

test("containers that nobody uses can be removed", () => {
  const stale = Array.from({ length: 7 }, (_, index) => ({
    id: `id${index}`,
    name: `clawdbot-sbx-${index}`,
  }));
  const [finding] = sandbox({ stale });
  expect(finding).toMatchObject({
    checkId: "sandbox.stale_containers",
    detail: expect.stringMatching(/^7: .*clawdbot-sbx-4, …/),
    fix: { kind: "remove-containers", containers: stale.map(({ id }) => id) },
  });
});

test.each([
  [2 ** 30, []],
  [2 ** 30 - 1, ["warn state.disk_nearly_full"]],
  [2 ** 28 - 1, ["critical state.disk_nearly_full"]],
])("with %d bytes free the disk is said to be full in time", (freeBytes, ids) => {
  expect(found({ disk: { path: "/home/u/.clawdbot", freeBytes } })).toEqual(ids);
  expect(found({ disk: null })).toEqual([]);
});

describe("an allowed setting that widens what a model can touch is named:", () => {
  test.each([
    [{ mode: "off" }, "info sandbox.off"],
    [{ mode: "off", isForStrangers: true }, "warn sandbox.off_for_strangers"],
    [{ network: "bridge" }, "warn sandbox.network"],
    [{ binds: ["/w/a:/data"] }, "info sandbox.binds"],
    [{ binds: ["/w/a:/data"], isForStrangers: true }, "warn sandbox.binds"],
    [{ binds: ["/w/a:/data:rw"] }, "warn sandbox.binds_writable"],
    [{ mayBindAnything: true }, "warn sandbox.binds_external"],
    [{ isRootReadOnly: false }, "info sandbox.root_writable"],
    [{ hasOwnSeccomp: true }, "info sandbox.seccomp"],
    [{ looseLimits: ["32768 processes"] }, "info sandbox.limits_loose"],
    [{ looseLimits: ["32768 processes"], isForStrangers: true }, "warn sandbox.limits_loose"],
  ] as const)("%j", (parts, id) => {
    expect(ofAgent(parts)).toEqual([id]);
  });

  test("with the key that says it", () => {
    for (const finding of sandbox({
      agents: [
        anAgent({
          network: "bridge",
          binds: ["/w/a:/data:rw"],
          isRootReadOnly: false,
          mayBindAnything: true,
        }),
      ],
    }))
      expect(finding.detail).toContain("agents.list[0].sandbox.docker.");
  });

  test("and of an agent without a sandbox only that it has none", () => {
    expect(ofAgent({ mode: "off", network: "bridge", binds: ["/w/a:/data"] })).toEqual(["info sandbox.off"]);
  });
});
