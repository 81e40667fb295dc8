/** The real gateway with the emulated Telegram and model beside it: one for a whole test file. */
import { createServer } from "node:net";
import { Agent, request as httpRequest } from "node:http";
import {
  startAnthropicEmulator,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
} from "@clawd/emulators/anthropic";
import { startTelegramEmulator, type TelegramEmulator } from "@clawd/emulators/telegram";
import type { AuditRecord } from "@clawd/store";
import { openStoreReader } from "@clawd/store";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aHome, eventually, type Home, type RunningGateway, startGateway } from "./harness.ts";

type Section = Readonly<Record<string, unknown>>;

export interface World {
  readonly telegram: TelegramEmulator;
  readonly anthropic: AnthropicEmulator;
  readonly home: Home;
  /** The one that runs now. @throws when none does. */
  readonly gateway: RunningGateway;
  /** The config that reaches both emulators; `telegram` goes over the settings of the network, the rest beside it. */
  config(telegram?: Section | null, rest?: Section): Section;
  start(words?: readonly string[]): Promise<RunningGateway>;
  /** SIGTERM; the exit status. */
  stop(): Promise<number | null>;
  /** What the bot wrote into a chat (absent: into any). */
  texts(chat?: number): readonly string[];
  /** Everything the model was ever asked, as one text. */
  prompts(): string;
  /** The audit record as it is on the disk. */
  audit(): readonly AuditRecord[];
  /** The gateway's log, every line of it. */
  log(): string;
  close(): Promise<void>;
}

export async function aWorld(
  options: {
    readonly environment?: Record<string, string>;
    readonly anthropicKey?: string;
    readonly telegramToken?: string;
    /** What the model answers; undefined for the default, which repeats what was said. */
    readonly respond?: AnthropicEmulatorOptions["respond"];
  } = {},
): Promise<World> {
  const telegram = await startTelegramEmulator({
    webhookRetryMs: 50,
    ...(options.telegramToken === undefined ? {} : { token: options.telegramToken }),
  });
  const anthropic = await startAnthropicEmulator(
    options.respond === undefined ? {} : { respond: options.respond },
  );
  const home = aHome(options.environment);
  let running: RunningGateway | undefined;
  return {
    telegram,
    anthropic,
    home,
    get gateway() {
      if (running === undefined) throw new Error("no gateway runs");
      return running;
    },
    config: (settings = {}, rest = {}) => ({
      ...(settings === null
        ? {}
        : { telegram: { botToken: telegram.token, apiRoot: telegram.url, ...settings } }),
      models: {
        providers: {
          anthropic: { baseUrl: anthropic.url, apiKey: options.anthropicKey ?? "test-key-0123456789" },
        },
      },
      ...rest,
    }),
    async start(words) {
      running = await startGateway(home, words);
      return running;
    },
    async stop() {
      const code = await running?.stop();
      running = undefined;
      return code ?? null;
    },
    texts: (chat) =>
      telegram.control
        .listSent({ method: "sendMessage", ...(chat === undefined ? {} : { chatId: chat }) })
        .map(({ text }) => text ?? ""),
    prompts: () => JSON.stringify(anthropic.control.requests.map(({ body }) => body)),
    audit() {
      const reader = openStoreReader({ directory: join(home.stateDir, "state") });
      try {
        return [...(reader?.audit.list({}) ?? [])];
      } finally {
        reader?.close();
      }
    },
    log() {
      const directory = join(home.directory, "log");
      const files = existsSync(directory) ? readdirSync(directory) : [];
      return files.map((name) => readFileSync(join(directory, name), "utf8")).join("");
    },
    async close() {
      await running?.stop();
      await telegram.stop();
      await anthropic.stop();
      home.remove();
    },
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export interface Reply {
  /** 0 when the connection was cut before an answer. */
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** One HTTP request with the body exactly as given; a server that answers early and hangs up is no failure. */
export function ask(
  url: string,
  {
    method = "POST",
    headers = {},
    body,
  }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string | string[]>>;
    readonly body?: string | Buffer;
  } = {},
): Promise<Reply> {
  return new Promise((resolve) => {
    let reply: Reply = { status: 0, text: "", headers: {} };
    // A client that asks the server to hang up at once may lose an answer that comes before all of its body is sent.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const finish = () => {
      agent.destroy();
      resolve(reply);
    };
    const request = httpRequest(url, { method, headers: headers as Record<string, string>, agent });
    request.on("response", (response) => {
      reply = { status: response.statusCode ?? 0, text: "", headers: response.headers };
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (reply = { ...reply, text: reply.text + chunk }));
      response.on("close", () => finish());
      response.on("error", () => finish());
    });
    request.on("error", () => setTimeout(() => finish(), 20));
    request.end(body);
  });
}

/** Posts to WebChat as the page does. */
export function sayOnWebchat(gateway: RunningGateway, id: string, text: string): Promise<Reply> {
  return ask(`${gateway.url}/webchat/message`, {
    headers: { authorization: `Bearer ${gateway.token}`, "content-type": "application/json" },
    body: JSON.stringify({ id, text }),
  });
}

/** What WebChat shows: follows the stream of lines until `done` is content. */
export async function watchWebchat(
  gateway: RunningGateway,
  done: (texts: readonly string[]) => boolean,
  milliseconds = 10_000,
): Promise<readonly string[]> {
  const response = await fetch(`${gateway.url}/webchat/events`, {
    headers: { authorization: `Bearer ${gateway.token}` },
    signal: AbortSignal.timeout(milliseconds),
  });
  const texts: string[] = [];
  let rest = "";
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { type, from, text } = JSON.parse(line) as Record<string, string>;
      if (type === "message" && from === "agent") texts.push(text ?? "");
    }
    if (done(texts)) break;
  }
  return texts;
}

/** Until the record holds this many decisions more than `before`. */
export function decisions(world: World, count: number): Promise<readonly AuditRecord[]> {
  return eventually(() => {
    const found = world.audit().filter(({ kind }) => kind === "access-decision");
    return found.length >= count ? found : undefined;
  });
}
