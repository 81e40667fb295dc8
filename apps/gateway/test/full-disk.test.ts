/** A disk without room: nothing that came in is lost, nothing is half written, and it goes on by itself when there is room. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

/** A small disk of its own. False where this user may not mount one: the limit on file sizes below stands in for it. */
const disk = mkdtempSync(join(tmpdir(), "clawd-disk-"));
const hasDisk =
  process.platform === "linux" &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", disk]).status === 0;
if (!hasDisk)
  console.warn("full-disk.test.ts: no disk can be mounted here; a limit on file sizes stands in for it");

let world: World;
/** Called once, when the model has been asked and has not answered yet. */
let duringTurn = () => {};
const ballast = join(disk, "ballast");
function fill() {
  // To the last byte: in steps that get smaller.
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    for (;;) {
      try {
        writeFileSync(ballast, Buffer.alloc(size), { flag: "a" });
      } catch {
        break;
      }
    }
  }
  expect(statfsSync(disk).bavail).toBe(0);
}

beforeAll(async () => {
  const stateDir = join(disk, "state-of-it");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const respond = () => {
    duringTurn();
    duringTurn = () => {};
    return undefined;
  };
  world = await aWorld(hasDisk ? { environment: { CLAWDBOT_STATE_DIR: stateDir }, respond } : {});
  world.telegram.control.addUser({ id: 42, firstName: "Ada" });
  world.telegram.control.addUser({ id: 666, firstName: "Mallory" });
});
beforeEach(() => world.stop().then(() => rmSync(ballast, { force: true })));
afterAll(async () => {
  await world.close();
  if (hasDisk) spawnSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.runIf(hasDisk)("a disk that is full", { timeout: 90_000 }, () => {
  const path = () => join(disk, "state-of-it", "clawdbot.json");
  const configure = (config: unknown) => writeFileSync(path(), JSON.stringify(config), { mode: 0o600 });
  const rules = { dmPolicy: "pairing", allowFrom: ["42"] };

  test("while it runs: health and status say so, and what was sent meanwhile is answered once there is room", async () => {
    configure(world.config(rules));
    await world.start();
    const { control } = world.telegram;
    control.say({ from: 42, text: "before" });
    await control.waitForSent({ method: "sendMessage", textIncludes: "before" });
    fill();
    control.say({ from: 42, text: "while full" });
    control.say({ from: 666, text: "me too" });
    await eventually(async () => {
      const { code, stdout } = await clawdbot(world.home, ["status"]);
      return code === 1 && stdout.includes("telegram: down") ? true : undefined;
    }, 20_000);
    expect(world.log()).toMatch(/CLAWD_DISK_FULL|CLAWD_FILE_WRITE/);
    const list = await clawdbot(world.home, ["audit", "verify"]);
    expect(list.stdout).toContain("unbroken");
    unlinkSync(ballast);
    await control.waitForSent({ method: "sendMessage", textIncludes: "while full" }, 40_000);
    await control.waitForSent({ method: "sendMessage", chatId: 666, textIncludes: "Pairing code" }, 20_000);
    expect(world.texts(42).filter((text) => text.includes("while full"))).toHaveLength(1);
    expect((await clawdbot(world.home, ["audit", "verify"])).stdout).toContain("unbroken");
    expect(await world.stop()).toBe(0);
  });

  test("between a message's arrival and its answer: the answer comes once there is room", async () => {
    configure(world.config(rules));
    await world.start();
    const { control } = world.telegram;
    duringTurn = fill;
    control.say({ from: 42, text: "think" });
    await eventually(() => (world.log().includes("a message waits") ? true : undefined), 20_000);
    expect(world.texts(42).filter((text) => text.includes("think"))).toEqual([]);
    unlinkSync(ballast);
    await control.waitForSent({ method: "sendMessage", textIncludes: "think" }, 40_000);
    expect(world.texts(42).filter((text) => text.includes("think"))).toHaveLength(1);
    expect(await world.stop()).toBe(0);
  });

  test("at the start: it ends with 1, a hint and no trace; the next start with room answers what waited", async () => {
    fill();
    world.telegram.control.say({ from: 42, text: "before the start" });
    const refused = await clawdbot(world.home, ["gateway", "--port", "0"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/No room left|Cannot (?:open or )?write/);
    expect(refused.stderr).toMatch(/Hint: .*(?:free|space).*CLAWD_(?:DISK_FULL|FILE_WRITE)/i);
    unlinkSync(ballast);
    await world.start();
    await world.telegram.control.waitForSent(
      { method: "sendMessage", textIncludes: "before the start" },
      20_000,
    );
    expect(await world.stop()).toBe(0);
  });

  test("for an approval: it fails with a hint, and the old list stands", async () => {
    fill();
    const refused = await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", "666"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Hint: /);
    unlinkSync(ballast);
    const listed = await clawdbot(world.home, ["pairing", "list", "telegram"]);
    expect([listed.code, listed.stdout]).toEqual([0, expect.stringContaining("666")]);
    expect((await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", "666"])).code).toBe(0);
  });
});

describe.runIf(!hasDisk)("a limit on the size of files", { timeout: 60_000 }, () => {
  test("the gateway does not start on it, says why, and starts without it", async () => {
    world.home.configure(world.config({ dmPolicy: "allowlist", allowFrom: ["42"] }));
    const { nodeArguments } = await import("./harness.ts");
    const limited = spawnSync(
      "bash",
      ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, ...nodeArguments, "gateway", "--port", "0"],
      { env: world.home.environment, cwd: world.home.directory, encoding: "utf8" },
    );
    expect(limited.status).toBe(1);
    expect(limited.stderr).toMatch(/Hint: /);
    world.telegram.control.say({ from: 42, text: "after the limit" });
    await world.start();
    await world.telegram.control.waitForSent({ method: "sendMessage", textIncludes: "after the limit" });
  });
});
