#!/usr/bin/env node
/** Runs one emulator until it is told to stop; prints one JSON line when it serves. */
import { parseArgs } from "node:util";
import { messageOf } from "@clawd/kernel";

const usage = "usage: clawd-emulators telegram|anthropic [--port N] [--token T] [--limits] [--api-key K]";

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string", default: "0" },
      token: { type: "string" },
      limits: { type: "boolean", default: false },
      "api-key": { type: "string" },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is no port`);
  const [name] = positionals;
  const emulator = await start(name, port, values);
  process.stdout.write(`${JSON.stringify({ event: "ready", emulator: name, ...emulator.details })}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.stop());
} catch (fault) {
  process.stderr.write(`${messageOf(fault)}\n${usage}\n`);
  process.exitCode = 2;
}

interface Flags {
  readonly token?: string | undefined;
  readonly limits: boolean;
  readonly "api-key"?: string | undefined;
}

async function start(name: string | undefined, port: number, flags: Flags) {
  switch (name) {
    case "telegram": {
      const { startTelegramEmulator } = await import("./telegram.ts");
      const emulator = await startTelegramEmulator({
        port,
        ...(flags.token !== undefined && { token: flags.token }),
        ...(flags.limits && { limits: "real" as const }),
      });
      const { url, token, bot } = emulator;
      return { stop: () => emulator.stop(), details: { url, port: emulator.port, token, bot: bot.username } };
    }
    case "anthropic": {
      const { startAnthropicEmulator } = await import("./anthropic.ts");
      const key = flags["api-key"];
      const emulator = await startAnthropicEmulator({ port, ...(key !== undefined && { apiKey: key }) });
      return { stop: () => emulator.stop(), details: { url: emulator.url, port: emulator.port } };
    }
    case undefined:
    default:
      throw new Error(`there is no emulator named ${JSON.stringify(name ?? "")}`);
  }
}
