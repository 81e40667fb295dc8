import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bench, codesOf } from "../test/harness.ts";

test("a message comes in, with the id it is confirmed by", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.start();
  control.say({ from: ada, text: "hello" });
  await ports.until(() => ports.events.length === 1);
  await control.waitForConfirmed();
  expect(ports.events).toMatchObject([
    { text: "hello", sender: { id: String(ada) }, chat: { id: String(ada) } },
  ]);
});

test("what was sent while the gateway was off comes in at the start, in order", async () => {
  const { connection, control, ports, ada } = await bench();
  for (let i = 0; i < 250; i += 1) control.say({ from: ada, text: String(i) });
  await connection.start();
  await control.waitForConfirmed();
  expect(ports.events.map(({ text }) => text)).toEqual(Array.from({ length: 250 }, (_, i) => String(i)));
});

test("Telegram is not told to forget a message before it is stored", async () => {
  const { connection, control, ports, ada } = await bench();
  control.say({ from: ada, text: "precious" });
  let store = () => {};
  ports.inbox = () => new Promise((resolve) => (store = resolve));
  const started = connection.start();
  await ports.until(() => ports.states.length > 0);
  while (ports.events.length === 0) {
    expect(control.countPending()).toBe(1);
    store();
    await new Promise(setImmediate);
  }
  await started;
  await control.waitForConfirmed();
});

test("a batch that could not be stored is fetched again, and stored whole", async () => {
  const { connection, control, ports, ada } = await bench();
  control.say({ from: ada, text: "one" });
  control.say({ from: ada, text: "two" });
  let attempts = 0;
  ports.inbox = () => (++attempts < 3 ? Promise.reject(new Error("disk full")) : Promise.resolve());
  await connection.start();
  expect(ports.states.at(-1)).toMatchObject({ state: "down", code: "CLAWD_TELEGRAM_NOT_STORED" });
  expect(control.countPending()).toBe(2);
  expect(ports.events).toEqual([]);
  await ports.clock.advance(1000);
  await ports.until(() => attempts === 2 && codesOf(ports.states).length === 3);
  expect(control.countPending()).toBe(2);
  await ports.clock.advance(2000);
  await control.waitForConfirmed();
  expect(ports.events.map(({ text }) => text)).toEqual(["one", "two"]);
  await ports.until(() => ports.states.at(-1)?.state === "connected");
});

test("a conflict with another poller is reported, and tried again after half a minute", async () => {
  const { connection, control, ports, ada } = await bench();
  control.failNext({ method: "getUpdates", status: 409 });
  await connection.start();
  expect(ports.states.at(-1)).toMatchObject({
    state: "down",
    code: "CLAWD_TELEGRAM_CONFLICT",
    hint: expect.stringContaining("revoke"),
  });
  control.say({ from: ada, text: "meanwhile" });
  await ports.clock.advance(29_999);
  expect(ports.events).toEqual([]);
  await ports.clock.advance(1);
  await ports.until(() => ports.events.length === 1);
  await ports.until(() => ports.states.at(-1)?.state === "connected");
});

test("a revoked token is reported, and asked about again only after minutes", async () => {
  const { connection, control, ports } = await bench();
  control.revokeToken();
  await connection.start();
  expect(ports.states.at(-1)).toMatchObject({ state: "down", code: "CLAWD_TELEGRAM_AUTH" });
  control.restoreToken();
  await ports.clock.advance(299_999);
  expect(ports.states).toHaveLength(2);
  await ports.clock.advance(1);
  await ports.until(() => ports.states.at(-1)?.state === "connected");
});

test("a token file that was wrong is read again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "telegram-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const tokenFile = join(directory, "token");
  const { connection, emulator, ports } = await bench({ tokenFile });
  await connection.start();
  expect(ports.states.at(-1)).toMatchObject({ code: "CLAWD_TELEGRAM_TOKEN_FILE" });
  await writeFile(tokenFile, "../../etc/passwd");
  await ports.clock.advance(1000);
  await ports.until(() => ports.states.length === 3);
  expect(ports.states.at(-1)).toMatchObject({ code: "CLAWD_TELEGRAM_TOKEN_FILE" });
  await writeFile(tokenFile, `${emulator.token}\n`);
  await ports.clock.advance(2000);
  await ports.until(() => ports.states.at(-1)?.state === "connected");
});

test.each(["reset", "error"] as const)(
  "starts while Telegram is away (%s), and recovers by itself",
  async (mode) => {
    const { connection, control, ports, ada } = await bench();
    control.down({ mode });
    await connection.start();
    expect(ports.states.at(-1)).toMatchObject({ state: "down", code: "CLAWD_TELEGRAM_UNREACHABLE" });
    await ports.clock.advance(1000);
    await ports.until(() => ports.states.length === 3);
    control.up();
    control.say({ from: ada, text: "hello" });
    await ports.clock.advance(2000);
    await ports.until(() => ports.events.length === 1);
    await ports.until(() => ports.states.at(-1)?.state === "connected");
  },
);

test("an outage in the middle of a poll is reported, and nothing said in it is lost", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.start();
  control.down();
  await ports.until(() => ports.states.at(-1)?.state === "down");
  control.say({ from: ada, text: "in the dark" });
  control.up();
  await ports.clock.advance(1000);
  await ports.until(() => ports.events.length === 1);
  expect(codesOf(ports.states).slice(0, 3)).toEqual(["starting", "connected", "CLAWD_TELEGRAM_UNREACHABLE"]);
});

test("a poll that is never answered is dead after a while, and asked anew", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.start();
  control.say({ from: ada, text: "first" });
  await control.waitForConfirmed();
  control.failNext({ method: "getUpdates", hang: true });
  control.say({ from: ada, text: "second" });
  await ports.until(() => ports.events.length === 2);
  await new Promise(setImmediate);
  await ports.clock.advance(45_000);
  await ports.until(() => ports.states.at(-1)?.state === "down");
  control.say({ from: ada, text: "third" });
  await ports.clock.advance(1000);
  await ports.until(() => ports.events.some(({ text }) => text === "third"));
});

test("a webhook left from before is removed, and nothing that waited for it is lost", async () => {
  const { connection, control, emulator, ports, ada } = await bench();
  const url = "http://127.0.0.1:9/telegram";
  await fetch(`${emulator.url}/bot${emulator.token}/setWebhook?url=${url}`);
  control.say({ from: ada, text: "waiting" });
  await connection.start();
  expect(ports.events).toMatchObject([{ text: "waiting" }]);
  expect(codesOf(ports.states)).toEqual(["starting", "connected"]);
});

test("an update that cannot be read is left out; those after it come in", async () => {
  const { connection, control, ports, ada } = await bench();
  control.say({ from: ada, text: "before" });
  const broken = control.say({ from: ada, text: "broken" });
  Object.assign(broken.message, { entities: 42 });
  control.say({ from: ada, text: "after" });
  await connection.start();
  await control.waitForConfirmed();
  expect(ports.events.map(({ text }) => text)).toEqual(["before", "after"]);
  expect(ports.logged).toMatchObject([{ level: "error", fields: { kinds: "update_id message" } }]);
});

test("privacy mode is told to the operator, once", async () => {
  const { connection, ports } = await bench({}, { botUser: { can_read_all_group_messages: false } });
  await connection.start();
  expect(ports.notices.map(({ code }) => code)).toEqual(["telegram-privacy-mode"]);
});

test("the way to the first poll is one question long", async () => {
  const { connection, control } = await bench();
  await connection.start();
  expect(control.calls.map(({ method }) => method)).toEqual(["getMe"]);
});

test("start and stop may be called twice, and again", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.stop();
  await Promise.all([connection.start(), connection.start()]);
  await Promise.all([connection.stop(), connection.stop()]);
  expect(codesOf(ports.states)).toEqual(["starting", "connected", "stopped"]);
  control.say({ from: ada, text: "later" });
  await connection.start();
  await ports.until(() => ports.events.length === 1);
});

test("a stop right after the start is the end of it", async () => {
  const { connection, control, ports, ada } = await bench();
  const started = connection.start();
  await connection.stop();
  await started;
  control.say({ from: ada, text: "nobody listens" });
  expect(codesOf(ports.states)).toEqual(["starting", "stopped"]);
  expect(control.calls).toEqual([]);
});

test("a start right after the stop waits for it", async () => {
  const { connection, control, ports, ada } = await bench();
  await connection.start();
  const stopped = connection.stop();
  await connection.start();
  await stopped;
  control.say({ from: ada, text: "hello" });
  await ports.until(() => ports.events.length === 1);
  expect(codesOf(ports.states)).toEqual(["starting", "connected", "stopped", "starting", "connected"]);
});

test("can be stopped while Telegram keeps it waiting at the start", async () => {
  const { connection, control, ports } = await bench();
  control.failNext({ method: "getMe", hang: true });
  const started = connection.start();
  await ports.until(() => ports.states.length === 1);
  await connection.stop();
  await started;
  expect(codesOf(ports.states)).toEqual(["starting", "stopped"]);
});
