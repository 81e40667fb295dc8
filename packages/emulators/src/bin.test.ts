import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Api } from "grammy";
import { expect, onTestFinished, test } from "vitest";
import { connectAnthropicControl } from "./anthropic.ts";
import { connectTelegramControl } from "./telegram.ts";

const bin = fileURLToPath(new URL("bin.ts", import.meta.url));

function run(...parameters: string[]) {
  const child = spawn(process.execPath, ["--conditions=@clawd/source", bin, ...parameters]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function readyLine(child: ReturnType<typeof run>) {
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return JSON.parse(line) as { event: string; emulator: string; url: string; token: string };
}

test("a Telegram emulator in another process is driven over HTTP and ends on SIGTERM", async () => {
  const child = run("telegram", "--token", "7:another");
  const ready = await readyLine(child);
  expect(ready).toMatchObject({ event: "ready", emulator: "telegram", token: "7:another" });
  const control = connectTelegramControl(ready.url);
  await control.addUser({ id: 42, firstName: "Ada" });
  const { update } = await control.say({ from: 42, text: "hello" });
  const api = new Api(ready.token, { apiRoot: ready.url });
  expect(await api.getUpdates()).toEqual([update]);
  await api.sendMessage(42, "hi");
  expect(await control.waitForSent({ chatId: 42, text: "hi" })).toMatchObject({ messageId: 2 });
  expect(await control.listSent()).toHaveLength(1);
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("an Anthropic emulator in another process is scripted over HTTP", async () => {
  const ready = await readyLine(run("anthropic"));
  const control = connectAnthropicControl(ready.url);
  await control.script({ status: 529 }, { text: "later" });
  const post = () => fetch(`${ready.url}/v1/messages`, { method: "POST", headers, body });
  const headers = { "x-api-key": "k", "anthropic-version": "2026-10-21" };
  const body = JSON.stringify({
    model: "claude-opus-4-5",
    max_tokens: 9,
    messages: [{ role: "user", content: "x" }],
  });
  expect((await post()).status).toBe(529);
  expect(await (await post()).json()).toMatchObject({ content: [{ text: "later" }] });
  expect(await control.listRequests()).toHaveLength(2);
});

test.each([["nonsense"], ["telegram", "--port", "many"], ["telegram", "--frobnicate"], []])(
  "wrong usage ends with status 2 and says how to call it: %s",
  async (...parameters) => {
    const child = run(...parameters);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += String(chunk)));
    const [status] = (await once(child, "exit")) as [number];
    expect(status).toBe(2);
    expect(said).toContain("usage:");
  },
);
