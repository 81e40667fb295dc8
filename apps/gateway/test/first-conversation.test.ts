/** The first conversation, sentence by sentence: the real gateway process, the real grammY and the real SDK, local servers. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startAnthropicEmulator, type AnthropicEmulator } from "@clawd/emulators/anthropic";
import { startTelegramEmulator, type TelegramEmulator } from "@clawd/emulators/telegram";
import { aHome, clawdbot, eventually, type Home, type RunningGateway, startGateway } from "./harness.ts";

let telegram: TelegramEmulator;
let anthropic: AnthropicEmulator;
let home: Home;
let gateway: RunningGateway;
const group = -1_002_000_000_777;

beforeAll(async () => {
  telegram = await startTelegramEmulator();
  anthropic = await startAnthropicEmulator();
  const { control } = telegram;
  control.addUser({ id: 42, firstName: "Ada", username: "ada" });
  control.addUser({ id: 666, firstName: "Mallory" });
  control.addSupergroup({ id: group, title: "Friends", members: [42, 666] });
  control.setReadsAllGroupMessages(true);
  home = aHome();
  home.configure({
    telegram: { botToken: telegram.token, apiRoot: telegram.url, groups: { [group]: {} } },
    models: { providers: { anthropic: { baseUrl: anthropic.url, apiKey: "test-key-0123456789" } } },
  });
  gateway = await startGateway(home);
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await telegram?.stop();
  await anthropic?.stop();
  home?.remove();
});

const asked = () => anthropic.control.requests.length;
const sent = () => telegram.control.listSent({ method: "sendMessage" });
async function code(): Promise<string> {
  const { stdout } = await clawdbot(home, ["pairing", "list", "telegram", "--json"]);
  return (JSON.parse(stdout) as { requests: { code: string }[] }).requests[0]!.code;
}

describe("a stranger on Telegram", () => {
  test("writes to the bot and gets a pairing code", async () => {
    telegram.control.say({ from: 42, text: "hello" });
    const answer = await telegram.control.waitForSent({ method: "sendMessage", chatId: 42 });
    expect(answer.text).toMatch(/Your Telegram user id: 42\n\nPairing code: [A-Z2-9]{8}/);
    expect(answer.text).toContain(`clawdbot pairing approve telegram ${await code()}`);
  });

  test("reaches no model and gets no second code", async () => {
    telegram.control.say({ from: 42, text: "hello again" });
    await telegram.control.waitForConfirmed();
    expect([asked(), sent().length]).toEqual([0, 1]);
  });
});

describe("the owner", () => {
  test("sees the request and approves it on the command line", async () => {
    const list = await clawdbot(home, ["pairing", "list", "telegram"]);
    expect(list.stdout).toMatch(/^[A-Z2-9]{8} {2}Telegram user id: 42 {2}\{.*"Ada.*\} {2}\d{4}-/);
    const approved = await clawdbot(home, [
      "pairing",
      "approve",
      "telegram",
      (await code()).toLowerCase(),
      "--owner",
      "--notify",
    ]);
    expect(approved).toMatchObject({ code: 0, stdout: "Approved telegram sender 42.\n" });
    expect(approved.stderr).toContain("telegram:42 is an owner now");
    const notice = await telegram.control.waitForSent({
      method: "sendMessage",
      textIncludes: "access approved",
    });
    expect(notice.chatId).toBe(42);
  });

  test("finds the approval in the documented file", () => {
    expect(JSON.parse(home.read("credentials/telegram-allowFrom.json"))).toEqual({
      version: 1,
      allowFrom: ["42"],
    });
  });
});

describe("the person who was approved", () => {
  test("writes, the words reach the model, and the answer comes back", async () => {
    telegram.control.say({ from: 42, text: "what is a lobster?" });
    const answer = await telegram.control.waitForSent({ method: "sendMessage", textIncludes: "lobster" });
    expect(answer.chatId).toBe(42);
    expect(asked()).toBe(1);
    const request = JSON.stringify(anthropic.control.requests[0]!.body);
    expect(request).toContain("what is a lobster?");
    expect(request).toContain("Security rules");
  });

  test("has a transcript that says who spoke and why they were let in", () => {
    const index = JSON.parse(home.read("agents/main/sessions/sessions.json")) as Record<
      string,
      { sessionId: string }
    >;
    const [entry] = Object.values(index);
    const lines = home
      .read(`agents/main/sessions/${entry!.sessionId}.jsonl`)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[1]).toMatchObject({
      role: "user",
      provider: "telegram",
      account: "default",
      sender: { id: "42" },
      chat: { kind: "dm", id: "42" },
      decision: { code: "allowed", policy: expect.stringMatching(/^sha256:/) },
    });
    expect(lines[2]).toMatchObject({ role: "assistant", sender: null, decision: { code: "allowed" } });
  });
});

describe("in a group", () => {
  test("the bot keeps silent when it is not mentioned", async () => {
    const before = sent().length;
    telegram.control.say({ from: 42, chat: group, text: "nice weather" });
    await telegram.control.waitForConfirmed();
    expect(sent()).toHaveLength(before);
  });

  test("it answers when it is mentioned", async () => {
    telegram.control.say({ from: 666, chat: group, text: `@${telegram.bot.username} what do you think?` });
    const answer = await telegram.control.waitForSent({ method: "sendMessage", chatId: group });
    expect(answer.text).toContain("what do you think?");
  });

  test("a group that nobody named hears nothing", async () => {
    const other = telegram.control.addSupergroup({ title: "Others", members: [42] }).id;
    telegram.control.say({ from: 42, chat: other, text: `@${telegram.bot.username} hello` });
    await telegram.control.waitForConfirmed();
    expect(telegram.control.listSent({ chatId: other })).toEqual([]);
  });
});

describe("everything the bot decided", () => {
  test("is in the record, with the rule and the line of the config", async () => {
    const { stdout } = await clawdbot(home, ["audit", "list", "--json"]);
    const records = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const denied = records.find(({ code }) => code === "mention-required");
    expect(denied).toMatchObject({
      effect: "deny",
      sender: "42",
      rules: [{ path: expect.stringContaining("requireMention") }],
    });
    const codes = new Set(records.map((record) => record["code"]));
    expect(codes).toContain("pairing-required");
    expect(codes).toContain("group-not-listed");
  });

  test("is an unbroken chain", async () => {
    expect(await clawdbot(home, ["audit", "verify"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("unbroken"),
    });
  });

  test("can be explained for any sender, with what would change it", async () => {
    const stranger = await clawdbot(home, ["policy", "explain", "--provider", "telegram", "--sender", "7"]);
    expect(stranger.stdout).toMatch(/telegram\.dmPolicy/);
    expect(stranger.stdout).toMatch(/[Ww]ould be allowed if/);
    const friend = await clawdbot(home, ["policy", "explain", "--provider", "telegram", "--sender", "42"]);
    expect(friend.stdout).toMatch(/allow/i);
  });

  test("is answered the same by `policy decide`", async () => {
    const request = {
      action: "message",
      provider: "telegram",
      account: "default",
      chat: { kind: "group", id: String(group), thread: null, guild: null, team: null },
      sender: { id: "42", isBot: false, isSelf: false },
      mentioned: false,
      mentionDetectable: true,
      command: null,
    };
    const { stdout } = await clawdbot(home, ["policy", "decide"], `${JSON.stringify(request)}\n`);
    expect(JSON.parse(stdout)).toMatchObject({
      effect: "deny",
      code: "mention-required",
      agent: "main",
      session: `agent:main:telegram:group:${group}`,
      obligations: [{ kind: "remember-as-context" }],
    });
  });
});

describe("commands and revocation", () => {
  test("a command is answered without the model", async () => {
    const before = asked();
    telegram.control.say({ from: 42, text: "/whoami" });
    const answer = await telegram.control.waitForSent({
      method: "sendMessage",
      textIncludes: "You are telegram:42",
    });
    expect(answer.text).toContain("an owner");
    expect(asked()).toBe(before);
  });

  test("who is revoked is a stranger again, from the next message on", async () => {
    expect(await clawdbot(home, ["pairing", "revoke", "telegram", "42"])).toMatchObject({ code: 0 });
    const before = asked();
    telegram.control.say({ from: 42, text: "still there?" });
    await telegram.control.waitForSent({
      method: "sendMessage",
      chatId: 42,
      textIncludes: "Pairing code",
      since: 3,
    });
    expect(asked()).toBe(before);
  });

  test("the files are private", () => {
    const mode = (path: string) => (statSync(join(home.stateDir, path)).mode & 0o777).toString(8);
    expect([mode("credentials"), mode("state"), mode("agents/main/sessions")]).toEqual(["700", "700", "700"]);
    const files = [
      "credentials/telegram-allowFrom.json",
      "credentials/gateway-token",
      "state/gateway.sqlite",
      "agents/main/sessions/sessions.json",
    ];
    expect(files.map(mode)).toEqual(files.map(() => "600"));
  });
});

test("health says how the providers are, without a token and without secrets", async () => {
  const response = await fetch(`${gateway.url}/health`);
  const text = await response.text();
  expect(response.status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    status: "ok",
    providers: { telegram: { default: { state: "connected" } } },
  });
  expect(text).not.toContain(telegram.token);
});

test("SIGTERM ends it cleanly, and the next start goes on where it was", async () => {
  expect(await gateway.stop()).toBe(0);
  telegram.control.say({ from: 42, chat: group, text: `@${telegram.bot.username} while you were away` });
  gateway = await startGateway(home);
  const answer = await telegram.control.waitForSent({
    method: "sendMessage",
    chatId: group,
    textIncludes: "while you were away",
  });
  expect(answer.text).toContain("while you were away");
  await eventually(() => (telegram.control.countPending() === 0 ? true : undefined));
});
