import fc from "fast-check";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aDirectory, checkIds } from "../test/builders.ts";
import { examine, inspectPath, inspectState, planRepairs, repair, sentenceOf } from "./index.ts";

const modeOf = (path: string) => statSync(path).mode & 0o777;

/** A state directory as the contract says, every mode too wide. */
function aWideState(): { readonly stateDir: string; readonly config: string; readonly logFile: string } {
  const root = aDirectory();
  const stateDir = join(root, ".clawdbot");
  const directories = ["credentials", "state", "media", "agents/main/sessions", "../log"];
  const files = [
    "clawdbot.json",
    "credentials/gateway-token",
    "credentials/irc-allowFrom.json",
    "state/gateway.sqlite",
    "state/audit-head.json",
    "media/00ff",
    "agents/main/sessions/sessions.json",
    "agents/main/sessions/a1.jsonl",
    "../log/clawdbot.log",
  ];
  for (const directory of directories) mkdirSync(join(stateDir, directory), { recursive: true });
  for (const file of files) writeFileSync(join(stateDir, file), file);
  for (const path of [".", ...directories]) chmodSync(join(stateDir, path), 0o755);
  for (const path of files) chmodSync(join(stateDir, path), 0o664);
  return { stateDir, config: join(stateDir, "clawdbot.json"), logFile: join(root, "log/clawdbot.log") };
}

describe("a look", () => {
  test("sees every kind of thing for what it is", () => {
    const root = aDirectory();
    writeFileSync(join(root, "file"), "", { mode: 0o640 });
    symlinkSync("/nowhere", join(root, "link"));
    expect(inspectPath(join(root, "file"))).toMatchObject({
      kind: "file",
      mode: 0o640,
      isOwn: true,
      isWritable: true,
    });
    expect(inspectPath(root)).toMatchObject({ kind: "directory", mode: 0o700 });
    expect(inspectPath(join(root, "link"))).toMatchObject({
      kind: "symlink",
      mode: null,
      target: "/nowhere",
    });
    expect(inspectPath(join(root, "absent"))).toMatchObject({ kind: "missing", mode: null });
    expect(inspectPath(join(root, "file/below"))).toMatchObject({ kind: "missing" });
    expect(inspectPath("/dev/null")).toMatchObject({ kind: "other" });
    for (const path of ["", "\0", "x".repeat(5000)])
      expect(["missing", "unreadable"]).toContain(inspectPath(path).kind);
  });

  test("at a state directory finds all that the gateway keeps there", () => {
    const places = aWideState();
    const roles = inspectState(places).map(({ role }) => role);
    expect(roles.sort()).toEqual([
      "config", "credentials_dir", "credentials_file", "credentials_file", "log_dir", "log_file", "media_dir", "media_file", "runtime_dir", "runtime_file",
      "runtime_file", "sessions_dir", "sessions_store", "state_dir", "transcript",
    ]); // prettier-ignore
  });

  test("at the key of the way out sees a credential, though it stands beside the database", async () => {
    const { stateDir, config } = aWideState();
    const key = join(stateDir, "state/egress-authority.pem");
    writeFileSync(key, "a key");
    chmodSync(key, 0o604);
    const files = inspectState({ stateDir, config }).filter(({ path }) => path === key);
    expect(checkIds(examine({ files }))).toEqual(["critical fs.credentials_file.perms_world_readable"]);
    await repair(planRepairs(examine({ files })));
    expect(modeOf(key)).toBe(0o600);
  });

  test("at nothing finds that there is nothing", () => {
    const stateDir = join(aDirectory(), "absent");
    const files = inspectState({ stateDir, config: join(stateDir, "clawdbot.json") });
    expect(files).toMatchObject([{ role: "state_dir", kind: "missing" }]);
  });

  test("does not walk through a link", () => {
    const { stateDir, config } = aWideState();
    rmSync(join(stateDir, "credentials"), { recursive: true });
    symlinkSync("/etc", join(stateDir, "credentials"));
    const files = inspectState({ stateDir, config });
    expect(files.filter(({ role }) => role.startsWith("credentials"))).toMatchObject([
      { role: "credentials_dir", kind: "symlink", target: "/etc" },
    ]);
  });
});

describe("a repair", () => {
  test("narrows everything that is too wide, and then there is nothing left to find", async () => {
    const places = aWideState();
    const before = examine({ files: inspectState(places) });
    expect(before.summary.critical).toBeGreaterThan(0);
    const plan = planRepairs(before);
    expect(plan.map(sentenceOf)).toContain(`chmod 600 ${places.config}`);
    expect((await repair(plan)).every(({ isDone }) => isDone)).toBe(true);
    expect(checkIds(examine({ files: inspectState(places) }))).toEqual([]);
    expect(modeOf(places.stateDir)).toBe(0o700);
    expect(modeOf(join(places.stateDir, "credentials/gateway-token"))).toBe(0o600);
    expect(readFileSync(places.config, "utf8")).toBe("clawdbot.json");
  });

  test("is not done by planning it", () => {
    const places = aWideState();
    planRepairs(examine({ files: inspectState(places) }));
    expect(modeOf(places.config)).toBe(0o664);
  });

  test("never adds a right, whatever the mode was and whatever is asked", async () => {
    const path = join(aDirectory(), "file");
    writeFileSync(path, "");
    await fc.assert(
      fc.asyncProperty(fc.nat(0o777), fc.nat(0o777), async (before, asked) => {
        chmodSync(path, before | 0o400);
        await repair([{ kind: "chmod", path, mode: asked }]);
        expect(modeOf(path) & ~(before | 0o400)).toBe(0);
        chmodSync(path, 0o600);
      }),
    );
  });

  test("refuses a link that was put in the place since the look", async () => {
    const root = aDirectory();
    const victim = join(root, "victim");
    writeFileSync(victim, "", { mode: 0o644 });
    symlinkSync(victim, join(root, "link"));
    const [result] = await repair([{ kind: "chmod", path: join(root, "link"), mode: 0o600 }]);
    expect(result).toMatchObject({ isDone: false, reason: expect.stringContaining("ELOOP") });
    expect(modeOf(victim)).toBe(0o644);
  });

  test("that fails says so and does not keep the next from being done", async () => {
    const root = aDirectory();
    const fine = join(root, "fine");
    const pipe = join(root, "pipe");
    execFileSync("mkfifo", ["-m", "666", pipe]);
    const results = await repair([
      { kind: "chmod", path: join(root, "absent"), mode: 0o600 },
      { kind: "chmod", path: pipe, mode: 0o600 },
      { kind: "mkdir", path: fine },
    ]);
    expect(results.map(({ isDone }) => isDone)).toEqual([false, false, true]);
    expect(modeOf(fine)).toBe(0o700);
    expect(modeOf(pipe)).toBe(0o666);
  });

  test("makes the state directory private", async () => {
    const stateDir = join(aDirectory(), "new");
    const umask = process.umask(0);
    try {
      await repair(
        planRepairs(examine({ files: inspectState({ stateDir, config: join(stateDir, "clawdbot.json") }) })),
      );
      expect(modeOf(stateDir)).toBe(0o700);
      expect(existsSync(join(stateDir, "clawdbot.json"))).toBe(false);
    } finally {
      process.umask(umask);
    }
  });

  test("of one path is planned once", () => {
    const fix = { kind: "mkdir", path: "/s" } as const;
    const finding = {
      checkId: "x.y",
      severity: "info",
      title: "",
      detail: "",
      remediation: "",
      fix,
    } as const;
    expect(planRepairs({ summary: { critical: 0, warn: 0, info: 2 }, findings: [finding, finding] })).toEqual(
      [fix],
    );
  });
});

describe("a repair of containers", () => {
  const build = { kind: "build-image", image: "sandbox" } as const;
  const remove = { kind: "remove-containers", containers: ["a".repeat(64), "b".repeat(64)] } as const;

  test("is done by whoever has the engine, and said first", async () => {
    const done: string[] = [];
    const ports = {
      buildImage: (image: string) => Promise.resolve(void done.push(image)),
      removeContainer: (id: string) => Promise.resolve(void done.push(id[0]!)),
    };
    expect([build, remove].map(sentenceOf)).toEqual([
      "clawdbot sandbox build sandbox",
      `remove ${"a".repeat(12)} ${"b".repeat(12)}`,
    ]);
    expect((await repair([build, remove], ports)).map(({ isDone }) => isDone)).toEqual([true, true]);
    expect(done).toEqual(["sandbox", "a", "b"]);
  });

  test("without an engine is not done, and one that fails says why", async () => {
    expect((await repair([build]))[0]).toMatchObject({
      isDone: false,
      reason: expect.stringMatching(/engine/),
    });
    const failing = {
      buildImage: () => Promise.reject(new TypeError("no packages")),
      removeContainer: () => Promise.resolve(),
    };
    expect(await repair([build, remove], failing)).toMatchObject([
      { isDone: false, reason: "no packages" },
      { isDone: true },
    ]);
  });
});
