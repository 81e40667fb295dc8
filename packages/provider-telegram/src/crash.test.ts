import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { InboundEvent } from "@clawd/provider-kit";
import { startTelegramEmulator } from "@clawd/emulators/telegram";
import { expect, onTestFinished, test } from "vitest";

const child = fileURLToPath(new URL("../test/crash-child.ts", import.meta.url));

test("keeps every update over kills of the process", { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), "telegram-"));
  const inbox = join(directory, "inbox.jsonl");
  const emulator = await startTelegramEmulator();
  const { control, url, token } = emulator;
  const ada = control.addUser({ firstName: "Ada" }).id;
  let running: ChildProcess | undefined;
  onTestFinished(async () => {
    running?.kill("SIGKILL");
    await emulator.stop();
    await rm(directory, { recursive: true });
  });

  const run = (when: string, batch: number) => {
    const source = ["--conditions=@clawd/source", child];
    running = spawn(process.execPath, [...source, url, token, inbox, when, String(batch)], {
      stdio: "inherit",
    });
    return once(running, "exit");
  };
  const said: string[] = [];
  const say = (count: number) => {
    for (let i = 0; i < count; i += 1)
      said.push(control.say({ from: ada, text: `${said.length}` }).message.text!);
  };

  say(4);
  // Killed with a batch in hand that is stored nowhere.
  expect((await run("before", 1))[1]).toBe("SIGKILL");
  say(4);
  // Killed when the batch is stored and Telegram does not know it yet.
  expect((await run("after", 1))[1]).toBe("SIGKILL");
  say(4);
  // Killed in the second batch, which comes out of a long poll.
  const killed = run("before", 2);
  await control.waitForConfirmed();
  say(4);
  expect((await killed)[1]).toBe("SIGKILL");
  void run("never", 0);
  await control.waitForConfirmed();

  const lines = (await readFile(inbox, "utf8")).trimEnd().split("\n");
  const stored = new Map(
    lines.map((line) => JSON.parse(line) as InboundEvent).map((event) => [event.eventId, event]),
  );
  expect([...stored.values()].map(({ text }) => text)).toEqual(said);
  expect(said).toHaveLength(16);
});
