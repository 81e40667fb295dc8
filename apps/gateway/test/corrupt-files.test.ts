/**
 * Files that something has damaged: never taken for empty ones, named with a remedy, left as they are for whoever wants to
 * look at them; and once they are mended, what waited is answered.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { aWorld, type World } from "./a-world.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await aWorld();
  const { control } = world.telegram;
  control.addUser({ id: 42, firstName: "Ada" });
  control.addUser({ id: 666, firstName: "Mallory" });
  control.addUser({ id: 667, firstName: "Trudy" });
  world.home.configure(world.config());
  await world.start();
  control.say({ from: 42, text: "hello" });
  await control.waitForSent({ method: "sendMessage", chatId: 42 });
  await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", "42"]);
  control.say({ from: 42, text: "first" });
  await control.waitForSent({ method: "sendMessage", textIncludes: "first" });
  await world.stop();
}, 60_000);
afterAll(() => world.close());
/** What is damaged now, with the way back, also for a test that fails. */
const damaged = new Map<string, Buffer>();
beforeEach(() => world.stop().then(() => undefined));
afterEach(() => {
  for (const name of damaged.keys()) renameSync(path(`${name}.kept`), path(name));
  damaged.clear();
});

const path = (name: string) => join(world.home.stateDir, name);
/** Puts something else in the file's place; returns the way back. */
function damage(name: string, text: string | Buffer): () => void {
  renameSync(path(name), path(`${name}.kept`));
  writeFileSync(path(name), text, { mode: 0o600 });
  damaged.set(name, Buffer.from(text));
  return () => {
    // What the program did with the damaged file: nothing.
    expect(readFileSync(path(name)).equals(Buffer.from(text))).toBe(true);
    renameSync(path(`${name}.kept`), path(name));
    damaged.delete(name);
  };
}

const ruins: readonly (readonly [string, string])[] = [
  ["cut off", '{"version":1,"allowFrom":["4'],
  ["another shape", '{"version":1,"allowFrom":{"0":"42"},"requests":{"id":"42"}}'],
  ["another version", '{"version":9,"allowFrom":["666"],"requests":[]}'],
  ["empty", ""],
  ["binary", "\u0000\u0001"],
];

describe("credentials/telegram-allowFrom.json", { timeout: 60_000 }, () => {
  test.each(ruins)("%s: nobody counts as approved, and the owner is told", async (what, text) => {
    const mend = damage("credentials/telegram-allowFrom.json", text);
    const request = `${JSON.stringify({ action: "message", provider: "telegram", chat: { kind: "dm", id: "42" }, sender: { id: "42" } })}\n`;
    const [decided, listed] = await Promise.all([
      clawdbot(world.home, ["policy", "decide"], request),
      clawdbot(world.home, ["pairing", "list", "telegram"]),
    ]);
    expect(JSON.parse(decided.stdout), what).toMatchObject({ effect: "challenge" });
    expect(listed.code).toBe(1);
    expect(listed.stderr).toMatch(/Cannot trust .*telegram-allowFrom\.json/);
    expect(listed.stderr).toMatch(/Hint: .*CLAWD_PAIRING_CORRUPT/);
    mend();
  });

  test("the gateway runs on, is silent to everybody, and answers what waited once the file is mended", async () => {
    const mend = damage("credentials/telegram-allowFrom.json", "{");
    await world.start();
    const { control } = world.telegram;
    const before = world.texts().length;
    control.say({ from: 42, text: "while damaged" });
    control.say({ from: 666, text: "let me in" });
    await eventually(() => (/Cannot trust|CLAWD_PAIRING_CORRUPT/.test(world.log()) ? true : undefined)).catch(
      (e) => {
        console.log(
          world.log(),
          JSON.stringify(world.audit().slice(-5)),
          JSON.stringify(world.telegram.control.countPending()),
        );
        throw e;
      },
    );
    expect(world.texts()).toHaveLength(before);
    expect((await clawdbot(world.home, ["doctor"])).stdout).toMatch(/telegram-allowFrom\.json/);
    mend();
    await control.waitForSent({ method: "sendMessage", textIncludes: "while damaged" }, 30_000);
    expect(world.prompts()).not.toContain("let me in");
    expect(await world.stop()).toBe(0);
  });
});

describe("credentials/telegram-pairing.json", { timeout: 60_000 }, () => {
  test("damaged: no code is given out, the approved are answered, and the stranger is once it is mended", async () => {
    const mend = damage("credentials/telegram-pairing.json", '{"version":1,"requests":[{"id":4');
    await world.start();
    const { control } = world.telegram;
    control.say({ from: 42, text: "me as ever" });
    await control.waitForSent({ method: "sendMessage", textIncludes: "me as ever" });
    control.say({ from: 667, text: "may I" });
    await eventually(() => (world.log().includes("telegram-pairing.json") ? true : undefined));
    expect(world.texts(667)).toEqual([]);
    const list = await clawdbot(world.home, ["pairing", "list", "telegram"]);
    expect(list.code).toBe(1);
    expect(list.stderr).toMatch(/Cannot trust .*telegram-pairing\.json.*\nHint: /);
    mend();
    await control.waitForSent({ method: "sendMessage", chatId: 667, textIncludes: "Pairing code" }, 30_000);
  });
});

describe("sessions.json", { timeout: 60_000 }, () => {
  const name = "agents/main/sessions/sessions.json";
  test("damaged: nobody is answered from an empty memory; mended, the message is answered", async () => {
    const mend = damage(name, '{"agent:main:telegram:dm:42": {"sessionId": ');
    await world.start();
    const { control } = world.telegram;
    const asked = world.anthropic.control.requests.length;
    control.say({ from: 42, text: "do you remember?" });
    await eventually(() => (world.log().includes("sessions.json") ? true : undefined));
    expect(world.anthropic.control.requests).toHaveLength(asked);
    const [list, doctor] = await Promise.all([
      clawdbot(world.home, ["sessions", "list"]),
      clawdbot(world.home, ["doctor"]),
    ]);
    expect(list.code).toBe(1);
    expect(list.stderr).toMatch(/sessions\.json is not JSON.*\nHint: /);
    expect(doctor.stdout).toMatch(/sessions\.json/);
    mend();
    await control.waitForSent({ method: "sendMessage", textIncludes: "do you remember?" }, 30_000);
    expect(JSON.stringify(world.anthropic.control.requests.at(-1)!.body)).toContain("first");
  });
});

describe("state/gateway.sqlite", { timeout: 60_000 }, () => {
  const name = "state/gateway.sqlite";
  test.each([
    ["no database", Buffer.from("this is no database".repeat(400))],
    [
      "a header and nothing behind it",
      Buffer.concat([Buffer.from("SQLite format 3\u0000"), Buffer.alloc(5000, 0xff)]),
    ],
  ])("%s: the gateway refuses to start, and starts again when it is mended", async (_what, bytes) => {
    for (const suffix of ["-wal", "-shm"]) if (existsSync(path(name + suffix))) rmSync(path(name + suffix));
    const mend = damage(name, bytes);
    world.telegram.control.say({ from: 42, text: `waiting ${bytes.length}` });
    const [started, doctor, audit] = await Promise.all([
      clawdbot(world.home, ["gateway", "--port", "0"]),
      clawdbot(world.home, ["doctor"]),
      clawdbot(world.home, ["audit", "list"]),
    ]);
    expect(started.code).toBe(1);
    expect(started.stderr).toMatch(
      /gateway\.sqlite is damaged; it was left as it is\.\nHint: .*CLAWD_STORE_CORRUPT/,
    );
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/gateway\.sqlite/);
    expect(audit.code).toBe(1);
    mend();
    await world.start();
    await world.telegram.control.waitForSent(
      { method: "sendMessage", textIncludes: `waiting ${bytes.length}` },
      20_000,
    );
  });

  test("a page in the middle overwritten: doctor and verify see it", async () => {
    const kept = readFileSync(path(name));
    const file = openSync(path(name), "r+");
    for (let at = 4096; at + 200 < kept.length; at += 4096)
      writeSync(file, Buffer.alloc(200, 0xaa), 0, 200, at);
    closeSync(file);
    const [doctor, verify] = await Promise.all([
      clawdbot(world.home, ["doctor"]),
      clawdbot(world.home, ["audit", "verify"]),
    ]);
    expect([doctor.code, verify.code]).toEqual([1, 1]);
    writeFileSync(path(name), kept);
  });
});
