import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { webhookCallback } from "grammy";
import { expect, onTestFinished, test } from "vitest";
import { startTelegramEmulator } from "../telegram.ts";
import { ada, aTelegram, bob, refusalOf, type Scene } from "../../test/a-telegram.ts";

const secret = "a-secret_token-1";

/** A web server with grammY's own webhook handler, whose answers a test may replace by a status. */
async function aWebhookServer({ aBot }: Scene, answers: number[] = []) {
  const bot = aBot();
  const heard: string[] = [];
  bot.on("message:text", async (context) => {
    heard.push(context.message.text);
    await context.reply(`You said: ${context.message.text}`);
  });
  await bot.init();
  const handle = webhookCallback(bot, "http", { secretToken: secret });
  const seen: (string | undefined)[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    seen.push(request.headers["x-telegram-bot-api-secret-token"] as string | undefined);
    const status = answers.shift();
    if (status === undefined) return void handle(request, response);
    response.writeHead(status, { location: "/elsewhere" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard, seen, requests };
}

test("updates are pushed with the secret to the webhook of the real grammY", async () => {
  const scene = await aTelegram();
  const { control, api } = scene;
  const server = await aWebhookServer(scene);
  await api.setWebhook(server.url, { secret_token: secret });
  control.say({ from: ada, text: "hello" });
  await control.waitForSent({ text: "You said: hello" });
  await control.waitForConfirmed();
  expect(server.seen).toEqual([secret]);
});

test("an update comes again after every answer but 2xx, then the next one of the chat, in order", async () => {
  const scene = await aTelegram({ webhookRetryMs: 1 });
  const { control, api } = scene;
  const server = await aWebhookServer(scene, [500, 302, 404]);
  await api.setWebhook(server.url, { secret_token: secret });
  control.say({ from: ada, text: "one" });
  control.say({ from: ada, text: "two" });
  await control.waitForSent({ text: "You said: two" });
  await control.waitForConfirmed();
  expect(server.heard).toEqual(["one", "two"]);
  expect(server.requests).toEqual(Array.from({ length: 5 }, () => "POST /hook"));
  expect(await api.getWebhookInfo()).toMatchObject({
    url: server.url,
    pending_update_count: 0,
    last_error_message: "Wrong response from the webhook: 404 Not Found",
  });
});

test("grammY refuses a delivery with another secret, and the update waits", async () => {
  const scene = await aTelegram({ webhookRetryMs: 1 });
  const { control, api } = scene;
  const server = await aWebhookServer(scene);
  await api.setWebhook(server.url, { secret_token: "another" });
  control.say({ from: ada, text: "hello" });
  while (server.seen.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(server.heard).toEqual([]);
  expect(control.countPending()).toBe(1);
  await api.setWebhook(server.url, { secret_token: secret });
  await control.waitForSent({ text: "You said: hello" });
});

test("updates made while the webhook's server is away are delivered when it is back", async () => {
  const scene = await aTelegram({ webhookRetryMs: 1 });
  const { control, api } = scene;
  const gone = await startTelegramEmulator();
  await gone.stop();
  await api.setWebhook(`${gone.url}/nobody-listens`, { secret_token: secret });
  control.say({ from: ada, text: "hello" });
  control.say({ from: bob, text: "hi" });
  const server = await aWebhookServer(scene);
  await api.setWebhook(server.url, { secret_token: secret });
  await control.waitForConfirmed();
  expect(server.heard.toSorted()).toEqual(["hello", "hi"]);
});

test("a method in the webhook's answer is carried out", async () => {
  const { control, api } = await aTelegram();
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method: "sendMessage", chat_id: ada, text: "from the answer" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  await api.setWebhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  control.say({ from: ada, text: "hello" });
  await control.waitForSent({ text: "from the answer" });
});

test("polling and a webhook exclude each other", async () => {
  const { control, api } = await aTelegram();
  const polling = refusalOf(api.getUpdates({ timeout: 30 }));
  while (control.countPolls() === 0) await new Promise((resolve) => setImmediate(resolve));
  await api.setWebhook("https://example.org/hook");
  expect((await polling).description).toBe("Conflict: terminated by setWebhook request");
  expect(await refusalOf(api.getUpdates())).toMatchObject({
    error_code: 409,
    description:
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  });
  await api.deleteWebhook();
  expect(await api.getUpdates()).toEqual([]);
});

test("dropping pending updates drops them", async () => {
  const { control, api } = await aTelegram();
  control.say({ from: ada, text: "old" });
  await api.deleteWebhook({ drop_pending_updates: true });
  expect(control.countPending()).toBe(0);
});

test.each([
  ["http://example.org/hook", {}, "bad webhook: An HTTPS URL must be provided for webhook"],
  ["not a url", {}, "bad webhook: invalid webhook URL specified"],
  ["https://example.org", { secret_token: "no spaces" }, "secret token contains unallowed characters"],
  ["https://example.org", { secret_token: "x".repeat(257) }, "secret token is too long"],
])("setWebhook %s %j is refused", async (url, options, reason) => {
  const { api } = await aTelegram();
  expect((await refusalOf(api.setWebhook(url, options))).description).toBe(`Bad Request: ${reason}`);
});
