/** A state directory that cannot be written: nothing starts on it, the message names it, and with another everything does. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot } from "./harness.ts";

let world: World;
let directory: string;
beforeAll(async () => {
  world = await aWorld();
  world.telegram.control.addUser({ id: 42, firstName: "Ada" });
  directory = mkdtempSync(join(tmpdir(), "clawd-unwritable-"));
});
afterAll(async () => {
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts with the state there; the config stands elsewhere, so that it can be read. */
async function refusedOn(stateDir: string) {
  world.home.configure(world.config({ dmPolicy: "allowlist", allowFrom: ["42"] }));
  const environment = {
    ...world.home.environment,
    CLAWDBOT_CONFIG_PATH: join(world.home.stateDir, "clawdbot.json"),
    CLAWDBOT_STATE_DIR: stateDir,
  };
  const home = { ...world.home, environment };
  const [gateway, approve] = await Promise.all([
    clawdbot(home, ["gateway", "--port", "0"]),
    clawdbot(home, ["pairing", "approve", "telegram", "--id", "42"]),
  ]);
  for (const { code, stderr } of [gateway, approve]) {
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/Cannot (?:open or )?write|Cannot trust/);
    expect(stderr).toMatch(/\nHint: .{10,}\(CLAWD_[A-Z_]+\)/);
    expect(stderr).not.toMatch(/defect|\bat .*\.ts:/);
  }
}

describe("a state directory", { timeout: 60_000 }, () => {
  test("in whose place a file stands", async () => {
    const path = join(directory, "file");
    writeFileSync(path, "not a directory");
    await refusedOn(path);
  });

  test("below a file", async () => {
    await refusedOn(join(directory, "file", "below"));
  });

  test("in which a file stands where a directory belongs", async () => {
    const path = join(directory, "half");
    mkdirSync(path, { mode: 0o700 });
    for (const name of ["state", "credentials"]) writeFileSync(join(path, name), "");
    await refusedOn(path);
  });

  test("that is a link to nowhere", async () => {
    const path = join(directory, "dangling");
    symlinkSync(join(directory, "nowhere", "at", "all"), path);
    await refusedOn(path);
  });

  test("on a read-only file system", async (context) => {
    const path = join(directory, "read-only");
    mkdirSync(path, { mode: 0o700 });
    const mount = (...words: string[]) => spawnSync("mount", words).status === 0;
    // Root writes whatever the modes say; only the file system itself can refuse.
    const isMounted = process.platform === "linux" && mount("-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", path);
    if (!isMounted) context.skip("nothing can be mounted here");
    try {
      await refusedOn(path);
    } finally {
      spawnSync("umount", [path]);
    }
  });

  test("that can be written again: the message that waited is answered", async () => {
    world.telegram.control.say({ from: 42, text: "waiting for a place" });
    await world.start();
    await world.telegram.control.waitForSent({ method: "sendMessage", textIncludes: "waiting for a place" });
  });
});
