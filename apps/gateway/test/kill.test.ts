/**
 * A gateway that is killed a hundred times under load loses no message, answers none twice and keeps its record unbroken.
 * Real processes, real SIGKILLs at random moments, start-up included.
 */
import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { startAnthropicEmulator } from "@clawd/emulators/anthropic";
import { startTelegramEmulator } from "@clawd/emulators/telegram";
import { aHome, clawdbot, eventually, type Home, nodeArguments, startGateway } from "./harness.ts";

const kills = 100;
const people = 25;

test(`${kills} kills under load: nothing lost, nothing answered twice, the record unbroken`, async () => {
  const telegram = await startTelegramEmulator();
  const anthropic = await startAnthropicEmulator();
  const home = aHome();
  const ids = Array.from({ length: people }, (_, index) => 1001 + index);
  for (const id of ids) telegram.control.addUser({ id, firstName: `Person ${id}` });
  home.configure({
    telegram: {
      botToken: telegram.token,
      apiRoot: telegram.url,
      dmPolicy: "allowlist",
      allowFrom: ids.map(String),
    },
    models: { providers: { anthropic: { baseUrl: anthropic.url, apiKey: "test-key-0123456789" } } },
  });

  // Somebody writes all the time, each person no faster than Telegram lets a bot answer.
  const said: string[] = [];
  const speak = () => {
    const from = ids[said.length % people]!;
    said.push(`${from}:${telegram.control.say({ from, text: `message ${said.length}` }).message.message_id}`);
  };
  const speaking = setInterval(speak, 60);
  const start = await startAndKill(home);
  for (let kill = 1; kill < kills; kill++) await runAndKill(home, kill % 2 === 0 ? "ready" : 2 * start);
  clearInterval(speaking);

  const gateway = await startGateway(home);
  const timesAnswered = () => {
    const counts = new Map<string, number>(said.map((message) => [message, 0]));
    for (const { chatId, replyToMessageId } of telegram.control.listSent({ method: "sendMessage" })) {
      const message = `${chatId}:${replyToMessageId}`;
      counts.set(message, (counts.get(message) ?? 0) + 1);
    }
    return counts;
  };
  await eventually(
    () => ([...timesAnswered().values()].every((times) => times > 0) ? true : undefined),
    // Each that was cut off is looked for at the network before it is sent again, at its pace.
    240_000,
  );
  // The clean stop lets whatever would still repeat an answer do so.
  expect(await gateway.stop()).toBe(0);
  expect([...timesAnswered()].filter(([, times]) => times !== 1)).toEqual([]);
  expect(said.length).toBeGreaterThan(kills);
  const verdict = await clawdbot(home, ["audit", "verify"]);
  expect(verdict).toMatchObject({ code: 0, stdout: expect.stringContaining("unbroken") });
  await telegram.stop();
  await anthropic.stop();
  home.remove();
}, 600_000);

/** How long a start takes here: sources take longer than what is built, a busy machine longer than an idle one. */
async function startAndKill(home: Home): Promise<number> {
  const begin = performance.now();
  await runAndKill(home, "ready");
  return performance.now() - begin;
}

/** Killed at a random moment of the work alone, or of these first milliseconds, the start-up and the work behind it. */
function runAndKill(home: Home, moment: "ready" | number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeArguments, "gateway", "--json", "--port", "0"], {
      env: home.environment,
      cwd: home.directory,
      stdio: ["ignore", "pipe", "ignore"],
    });
    const killWithin = (milliseconds: number) =>
      setTimeout(() => child.kill("SIGKILL"), Math.random() * milliseconds);
    if (moment === "ready") child.stdout.once("data", () => killWithin(400));
    else killWithin(moment);
    child.on("exit", () => resolve());
  });
}
