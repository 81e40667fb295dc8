/** The Bot API over HTTP: one bot, one port, and the control beside it. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock, type Clock } from "@clawd/kernel";
import { cut, goneSignal, listen, readBody, sendJson } from "../listen.ts";
import { serveControl } from "../remote.ts";
import { ApiError } from "./api-error.ts";
import { createActs, type Acts } from "./control/acts.ts";
import { createMembership, type Membership } from "./control/membership.ts";
import { createOutage, type Outage, type OutageSwitches } from "./control/outage.ts";
import { createSetting, type Setting } from "./control/setting.ts";
import { createWitness, type Witness } from "./control/witness.ts";
import type { Call, Emulator, Sent } from "./emulator.ts";
import { createFaults, type PlannedFailure } from "./faults.ts";
import { createFileStore } from "./files.ts";
import { createLimiter, realLimits, type RateLimits } from "./limits.ts";
import { methodName, methods } from "./methods/all.ts";
import { parseParameters, type RawParameters } from "./parameters.ts";
import { createUpdateQueue } from "./update-queue.ts";
import { createWebhook } from "./webhook.ts";
import { createWorld, type BotUser } from "./world.ts";

export interface TelegramEmulatorOptions {
  /** Absent or 0: any free port. */
  readonly port?: number;
  readonly token?: string;
  readonly botUser?: Partial<BotUser>;
  /** Absent: no limits; `real`: like Telegram's own. */
  readonly limits?: RateLimits | "real";
  /** First pause before a webhook is tried again, doubling. Absent: 1000. */
  readonly webhookRetryMs?: number;
  readonly clock?: Clock;
  /** Refuses a photo that is no JPEG, PNG or WebP, as the real server does. Absent: takes any bytes for one. */
  readonly picky?: boolean;
}

export type TelegramControl = Setting & Acts & Membership & Outage & Witness;

export interface TelegramEmulator {
  /** What `apiRoot` takes. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly bot: BotUser;
  readonly control: TelegramControl;
  /** Idempotent. */
  stop(): Promise<void>;
}

const largestBody = 50 * 1024 * 1024;

export async function startTelegramEmulator(
  options: TelegramEmulatorOptions = {},
): Promise<TelegramEmulator> {
  const clock = options.clock ?? systemClock;
  const bot: BotUser = {
    id: 100_000_001,
    is_bot: true,
    first_name: "Clawd",
    username: "clawd_test_bot",
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    ...options.botUser,
  };
  const token = options.token ?? `${bot.id}:emulated-bot-token`;
  const callListeners = new Set<() => void>();
  const emulator = createEmulator(bot, clock, options, callListeners);
  const open = new Set<ServerResponse>();
  const switches: OutageSwitches = {
    tokenRevoked: false,
    cutConnections: () => open.forEach(cut),
  };
  const control = combine(
    createSetting(emulator),
    createActs(emulator),
    createMembership(emulator),
    createOutage(emulator, switches),
    createWitness(emulator, {
      onProgress(listener) {
        const stopListening = emulator.queue.onConfirm(listener);
        callListeners.add(listener);
        return () => {
          stopListening();
          callListeners.delete(listener);
        };
      },
    }),
  );

  const listener = await listen(async (request, response) => {
    if (await serveControl(control, request, response)) return;
    if (emulator.faults.outage === "reset") return cut(response);
    open.add(response);
    response.once("close", () => open.delete(response));
    await serve(emulator, token, switches, request, response);
    for (const notify of callListeners) notify();
  }, options.port);

  return {
    url: listener.url,
    port: listener.port,
    token,
    bot,
    control,
    async stop() {
      emulator.webhook.stop();
      await listener.stop();
    },
  };
}

function createEmulator(
  bot: BotUser,
  clock: Clock,
  options: TelegramEmulatorOptions,
  listeners: ReadonlySet<() => void>,
): Emulator {
  const sent: Sent[] = [];
  const calls: Call[] = [];
  const queue = createUpdateQueue();
  const limits = options.limits === "real" ? realLimits : options.limits;
  const emulator: Emulator = {
    clock,
    world: createWorld(bot, clock),
    queue,
    webhook: createWebhook({
      queue,
      clock,
      retryMs: options.webhookRetryMs ?? 1000,
      callMethod: (method, parameters) => void callFromWebhook(emulator, method, parameters, listeners),
    }),
    files: createFileStore(),
    limiter: createLimiter(clock, limits),
    faults: createFaults(),
    picky: options.picky ?? false,
    sent,
    calls,
    callbacks: new Map(),
    commands: new Map(),
    poll: undefined,
    recordSent: (entry) => void sent.push({ ...entry, at: clock.now() }),
    recordCall: (entry) => void calls.push({ ...entry, at: clock.now() }),
  };
  return emulator;
}

/** Getters must stay getters: `sent` and `calls` are read anew each time. */
function combine<Parts extends object[]>(...parts: Parts): TelegramControl {
  const control = {};
  for (const part of parts) Object.defineProperties(control, Object.getOwnPropertyDescriptors(part));
  return control as TelegramControl;
}

async function serve(
  emulator: Emulator,
  token: string,
  switches: OutageSwitches,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = goneSignal(response);
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const [, kind, given, rest] = /^\/(bot|file\/bot)([^/]+)\/(.+)$/.exec(path) ?? [];
  if (kind === undefined || given === undefined || rest === undefined) {
    return refuse(response, new ApiError(404, "Not Found"));
  }
  if (decodeURIComponent(given) !== token || switches.tokenRevoked) {
    return refuse(response, new ApiError(401, "Unauthorized"));
  }
  if (emulator.faults.outage === "error") return refuse(response, new ApiError(502, "Bad Gateway"));
  if (kind === "file/bot") return sendFile(emulator, decodeURIComponent(rest), response, gone);
  const body = await readBody(request, largestBody);
  if (body === undefined) return refuse(response, new ApiError(413, "Request Entity Too Large"));
  const method = methodName(rest);
  if (method === undefined) return refuse(response, new ApiError(404, "Not Found: method not found"));
  await answer(
    emulator,
    method,
    { query, type: request.headers["content-type"] ?? "", body },
    response,
    gone,
  );
}

async function answer(
  emulator: Emulator,
  method: string,
  sent: { readonly query: string; readonly type: string; readonly body: Buffer },
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const delay = emulator.faults.delays.find((one) => one.method === undefined || one.method === method);
  if (delay !== undefined) await emulator.clock.sleep(delay.milliseconds, gone);
  const failure = emulator.faults.take(method);
  let raw: RawParameters | undefined;
  let status: number | null = null;
  try {
    raw = await parseParameters(sent.query, sent.type, sent.body);
    if (failure !== undefined && failure.when !== "after" && failure.filePath === undefined) {
      status = fail(response, failure);
      return;
    }
    const result: unknown = await methods[method]!(emulator, raw, gone);
    if (failure?.filePath !== undefined) {
      status = 200;
      sendJson(response, 200, { ok: true, result: { ...(result as object), file_path: failure.filePath } });
    } else if (failure !== undefined) status = fail(response, failure);
    else {
      status = 200;
      sendJson(response, 200, { ok: true, result });
    }
  } catch (fault) {
    if (!(fault instanceof ApiError)) throw fault;
    status = fault.status;
    refuse(response, fault);
  } finally {
    if (method !== "getUpdates") {
      emulator.recordCall({ method, parameters: Object.fromEntries(raw?.values ?? []), status });
    }
  }
}

const wordings: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden: bot was blocked by the user",
  409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  500: "Internal Server Error",
  502: "Bad Gateway",
  504: "Gateway Timeout",
};

function fail(response: ServerResponse, failure: PlannedFailure): number | null {
  if (failure.hang) return null;
  if (failure.cutSocket || failure.status === undefined) {
    cut(response);
    return null;
  }
  const { status, retryAfter } = failure;
  const wait = retryAfter ?? (status === 429 ? 1 : undefined);
  const wording = status === 429 ? `Too Many Requests: retry after ${wait}` : (wordings[status] ?? "Error");
  const parameters = wait === undefined ? undefined : { retry_after: wait };
  refuse(response, new ApiError(status, failure.description ?? wording, parameters));
  return status;
}

function refuse(response: ServerResponse, error: ApiError): void {
  sendJson(response, error.status, error.body);
}

async function sendFile(
  emulator: Emulator,
  path: string,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const file = emulator.files.byPath(path);
  const failure = emulator.faults.take("file");
  const called = (status: number | null) =>
    emulator.recordCall({ method: "file", parameters: { path }, status });
  if (failure?.status !== undefined) return called(fail(response, failure));
  if (failure?.location !== undefined) {
    response.writeHead(302, { location: failure.location }).end();
    return called(302);
  }
  if (file === undefined) {
    refuse(response, new ApiError(404, "Not Found"));
    return called(404);
  }
  called(failure === undefined ? 200 : null);
  const type = file.reference.mime_type ?? "application/octet-stream";
  const { content, isEndless } = file;
  const size = isEndless ? {} : { "content-length": content.length };
  response.writeHead(200, { "content-type": type, ...size });
  if (failure !== undefined) {
    await new Promise((resolve) => response.write(content.subarray(0, content.length / 2), resolve));
    if (failure.cutSocket) cut(response);
    return;
  }
  while (isEndless && !gone.aborted) {
    await pause();
    if (!response.write(content)) await once(response, "drain", { signal: gone }).catch(() => {});
  }
  response.end(content);
}

/** Lets others have their turn. */
const pause = () => new Promise((resolve) => setImmediate(resolve));

/** Telegram does not tell the bot how a method in a webhook's answer ended; the list of calls does. */
async function callFromWebhook(
  emulator: Emulator,
  given: string,
  parameters: object,
  listeners: ReadonlySet<() => void>,
): Promise<void> {
  const method = methodName(given);
  if (method === undefined) return;
  const values = new Map<string, unknown>(Object.entries(parameters));
  let status = 200;
  try {
    await methods[method]!(emulator, { values, uploads: new Map() }, new AbortController().signal);
  } catch (fault) {
    if (!(fault instanceof ApiError)) throw fault;
    status = fault.status;
  }
  emulator.recordCall({ method, parameters: Object.fromEntries(values), status });
  for (const notify of listeners) notify();
}
