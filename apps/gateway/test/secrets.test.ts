/** Class N: a secret is in its own file and on its way to the server it is for, and nowhere else, whatever goes wrong. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask, aWorld, freePort, type Reply, type World } from "./a-world.ts";
import { clawdbot, eventually, startGateway } from "./harness.ts";

const canaries = {
  "bot token": "100000001:CANARYbot-Zq7_w93kfLsPQx21mNvB",
  "api key": "sk-ant-CANARYkey+Yt5/r84=&jeHdRw30oGcA",
  "gateway token": "CANARYgateway.Xu3~v75ihFbSz49pKtD",
  "webhook secret": "CANARYwebhook-Wo1_n66lgJyTm58qEhF",
  "a token that came with a reload": "100000001:CANARYlater-Vk8_b47cdNzRx62sWgM",
} as const;

function formsOf(secret: string): readonly string[] {
  const own = secret.includes(":") ? [secret, secret.slice(secret.indexOf(":") + 1)] : [secret];
  return own.flatMap((text) => {
    const base64 = Buffer.from(text).toString("base64").replace(/=+$/, "");
    return [
      text,
      Array.from(text).reverse().join(""),
      encodeURIComponent(text),
      Buffer.from(text).toString("hex"),
      base64,
      base64.replaceAll("+", "-").replaceAll("/", "_"),
    ];
  });
}

function expectNone(place: string, text: string) {
  const lower = text.toLowerCase();
  for (const [slot, secret] of Object.entries(canaries))
    for (const [index, form] of formsOf(secret).entries())
      expect(lower.includes(form.toLowerCase()), `${slot}, form ${index}, in ${place}`).toBe(false);
}

describe("T-N1: canaries", { timeout: 90_000 }, () => {
  let world: World;
  let base: string;
  const outputs: (readonly [string, string])[] = [];
  const answers: Reply[] = [];
  const run = async (...words: string[]) => {
    const { stdout, stderr } = await clawdbot(world.home, words, "{}\n");
    outputs.push([words.join(" "), stdout + stderr]);
  };
  const request = async (path: string, options: Parameters<typeof ask>[1] = {}) => {
    const reply = await ask(base + path, options);
    answers.push(reply);
    return reply;
  };
  const config = (more: object = {}) =>
    world.config(
      {
        allowFrom: ["42"],
        webhookUrl: `${base}/hook`,
        webhookSecret: canaries["webhook secret"],
        ...more,
      },
      { gateway: { auth: { token: canaries["gateway token"] } }, logging: { level: "debug" } },
    );

  beforeAll(async () => {
    world = await aWorld({ telegramToken: canaries["bot token"], anthropicKey: canaries["api key"] });
    world.telegram.control.addUser({ id: 42, firstName: "Ada", started: true });
    world.telegram.control.addUser({ id: 666, firstName: "Mallory", started: true });
    const port = await freePort();
    base = `http://127.0.0.1:${port}`;
    world.home.configure(config());
    await world.start(["--port", String(port)]);
    await eventually(async () => ((await fetch(`${base}/health`)).status === 200 ? true : undefined));
  }, 60_000);
  afterAll(() => world.close());

  test("in every answer of a server that fails: nobody is told, nothing is written", async () => {
    const { telegram, anthropic } = world;
    const everything = Object.values(canaries).flatMap(formsOf).join(" ");
    const turn = async (text: string) => {
      const before = world.texts(42).length;
      telegram.control.say({ from: 42, text });
      await eventually(() => (world.texts(42).length > before ? true : undefined), 30_000);
    };
    for (const status of [400, 401, 403, 404]) {
      anthropic.control.script({ status, message: `refused ${everything}` });
      await turn(`the model answers ${status}`);
    }
    const sendings = () =>
      telegram.control.listCalls().filter(({ method }) => method === "sendMessage").length;
    telegram.control.failNext({ method: "sendChatAction", status: 400, description: everything, times: 3 });
    for (const failure of [
      { status: 400, description: `Bad Request: /bot${everything}/sendMessage` },
      { status: 403, description: everything },
      { status: 500, description: everything },
      { cutSocket: true },
    ]) {
      const before = sendings();
      telegram.control.failNext({ method: "sendMessage", ...failure });
      telegram.control.say({ from: 42, text: "an answer that cannot be sent" });
      await eventually(() => (sendings() > before ? true : undefined), 20_000);
    }
    telegram.control.clearFaults();
    await turn("and one that can");
  });

  test("in requests that are wrong: neither the answer nor the log repeats them", async () => {
    const token = canaries["gateway token"];
    const secret = canaries["webhook secret"];
    const bearer = (guess: string) => ({ authorization: `Bearer ${guess}` });
    const json = { "content-type": "application/json" };
    for (const path of [
      "/webchat/message",
      "/control/status",
      "/control/pairing-approved",
      "/webchat/events",
    ]) {
      await request(path, { headers: { ...bearer(`${token}x`), ...json }, body: token });
      await request(`${path}?token=${token}`, { headers: json, body: "{}" });
      await request(`${path}/${encodeURIComponent(token)}`, {
        headers: { ...bearer(token), ...json },
        body: "{",
      });
      await request(path, { headers: { ...bearer(token), ...json }, body: `{"${token}":` });
      await request(path, {
        method: "GET",
        headers: { ...bearer(token), origin: `http://${token}.example` },
      });
      await request(path, { method: "GET", headers: { ...bearer(token), host: `${token}.example` } });
    }
    for (const body of ["{", `{"update_id":"${secret}"}`, `{"update_id":1,"message":"${secret}"}`]) {
      await request("/hook", { headers: { "x-telegram-bot-api-secret-token": secret, ...json }, body });
      await request("/hook", { headers: { "x-telegram-bot-api-secret-token": `${secret}x`, ...json }, body });
    }
    await request("/health", { method: "GET", headers: bearer(token) });
    await request(`/${secret}`, { method: "GET" });
    expect(answers.filter(({ status }) => status >= 400).length).toBeGreaterThan(20);
  });

  test("in configs that are wrong, and one that is right and comes later", async () => {
    const broken = JSON.stringify(config({ botToken: `${canaries["a token that came with a reload"]} !` }));
    for (const text of [
      broken,
      broken.slice(0, -20),
      broken.replace("allowFrom", "alowFrom"),
      `${broken}}`,
    ]) {
      world.home.configure(text);
      await run("config", "validate");
      await run("config", "validate", "--json");
    }
    await run("gateway", "--port", "0");
    await run("policy", "decide");
    await run("doctor");
    world.home.configure(config({ botToken: canaries["a token that came with a reload"] }));
    // Telegram knows no such token: the network goes down, and says why.
    await eventually(() => (world.log().includes("CLAWD_TELEGRAM_AUTH") ? true : undefined), 20_000);
    for (const words of [
      "status",
      "status --json",
      "doctor --json",
      "logs",
      "agents list",
      "sessions list",
      "audit list --json",
      "pairing list telegram",
    ])
      await run(...words.split(" "));
    await run("policy", "explain", "--provider", "telegram", "--sender", "42");
  });

  test("nowhere but in the config", async () => {
    await world.stop();
    for (const [command, text] of outputs) expectNone(`the output of ${command}`, text);
    for (const { text, headers } of answers) expectNone("an answer", text + JSON.stringify(headers));
    expectNone("the prompts", world.prompts());
    expectNone("what was sent", JSON.stringify(world.telegram.control.listSent().map(({ text }) => text)));
    const files = execFileSync("find", [world.home.directory, "-type", "f"], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(files.length).toBeGreaterThan(5);
    for (const file of files)
      if (!file.endsWith("/clawdbot.json")) expectNone(file, readFileSync(file, "latin1"));
  });
});

describe("T-N3: whatever the umask", { timeout: 60_000 }, () => {
  test("files are 0600 and directories 0700 from start to crash, backups and logs included", async () => {
    const world = await aWorld();
    world.telegram.control.addUser({ id: 42, firstName: "Ada" });
    const loose = () => [world.home.stateDir, join(world.home.directory, "log")].flatMap(looseIn);
    const before = process.umask(0);
    try {
      world.home.configure(world.config());
      const gateway = await startGateway(world.home);
      const { control } = world.telegram;
      control.say({ from: 42, text: "hello" });
      await control.waitForSent({ method: "sendMessage", chatId: 42 });
      await clawdbot(world.home, ["pairing", "approve", "telegram", "--id", "42", "--owner"]);
      control.say({ from: 42, text: "again" });
      await control.waitForSent({ method: "sendMessage", textIncludes: "again" });
      control.say({ from: 42, text: "and in the middle of this" });
      await gateway.kill();
      // Before anything mends them.
      expect(loose()).toEqual([]);
      await clawdbot(world.home, ["doctor", "--fix"]);
      const second = await startGateway(world.home);
      await control.waitForConfirmed();
      await second.stop();
    } finally {
      process.umask(before);
    }
    expect(loose()).toEqual([]);
    expect(existsSync(join(world.home.stateDir, "state", "gateway.sqlite"))).toBe(true);
    await world.close();
  });
});

function looseIn(directory: string): string[] {
  const paths = readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name)));
  return [directory, ...paths].flatMap((path) => {
    const { mode } = statSync(path);
    return (mode & 0o077) === 0 ? [] : [`${path} ${(mode & 0o777).toString(8)}`];
  });
}
