/** The Messages API over HTTP, and the control beside it. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { cut, listen, readBody, sendJson } from "../listen.ts";
import { serveControl } from "../remote.ts";
import { echo, messageOf, type Answer, type Reply } from "./answer.ts";
import { createControl, type AnthropicControl, type LoggedRequest, type Script } from "./control.ts";
import { errorBody, invalid, Refusal } from "./refusal.ts";
import type { MessagesRequest } from "./message.ts";
import { checkRequest, checkVersion } from "./request.ts";
import { streamMessage } from "./stream.ts";
import { countInput, createPromptCache, type PromptCache } from "./usage.ts";

export interface AnthropicEmulatorOptions {
  /** Absent or 0: any free port. */
  readonly port?: number;
  /** The only key accepted. Absent: any that is not empty. */
  readonly apiKey?: string;
  /** Answers what no script answers; undefined for the default, which repeats what was said. */
  readonly respond?: (request: MessagesRequest) => Answer | undefined | Promise<Answer | undefined>;
  /** Model ids with the most output tokens of each. Absent: some of the real ones. */
  readonly models?: Readonly<Record<string, number>>;
  /** Tokens a prefix must have to be cached. Absent: 1024. */
  readonly minimumCacheTokens?: number;
  /** Absent: 200,000 tokens. */
  readonly contextWindow?: number;
}

export interface AnthropicEmulator {
  /** What `baseURL` takes. */
  readonly url: string;
  readonly port: number;
  /** Every request of `/v1/messages`, in order. */
  readonly requests: readonly LoggedRequest[];
  readonly control: AnthropicControl;
  /** Idempotent. */
  stop(): Promise<void>;
}

const realModels: Readonly<Record<string, number>> = {
  "claude-opus-4-5": 64_000,
  "claude-opus-4-5-20251101": 64_000,
  "claude-sonnet-4-5": 64_000,
  "claude-haiku-4-5": 64_000,
};

const largestBody = 32 * 1024 * 1024;

interface Server extends Omit<AnthropicEmulatorOptions, "models"> {
  readonly models: ReadonlyMap<string, number>;
  readonly cache: PromptCache;
  readonly script: Script;
}

export async function startAnthropicEmulator(
  options: AnthropicEmulatorOptions = {},
): Promise<AnthropicEmulator> {
  const cache = createPromptCache(options.minimumCacheTokens ?? 1024);
  const { control, script } = createControl(cache);
  const models = new Map(Object.entries(options.models ?? realModels));
  const server: Server = { ...options, models, cache, script };
  const listener = await listen(async (request, response) => {
    if (await serveControl(control, request, response)) return;
    await serve(server, request, response);
  }, options.port);
  return {
    url: listener.url,
    port: listener.port,
    control,
    get requests() {
      return control.requests;
    },
    stop: () => listener.stop(),
  };
}

async function serve(server: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = `req_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  try {
    if (server.script.outage) return cut(response);
    authenticate(server, request);
    const version = checkVersion(request.headers["anthropic-version"] as string | undefined);
    await route(server, version, requestId, request, response);
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault;
    refuse(response, fault, requestId);
  }
}

function authenticate({ apiKey, script }: Server, request: IncomingMessage): void {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  const given = (request.headers["x-api-key"] as string | undefined) ?? bearer;
  if (given === undefined || given === "") throw new Refusal(401, "x-api-key header is required");
  if (script.keyRevoked || (apiKey !== undefined && given !== apiKey)) throw new Refusal(401);
}

async function route(
  server: Server,
  version: string,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").split("?")[0];
  const method = request.method ?? "";
  if (method === "GET" && path === "/v1/models") return sendJson(response, 200, modelPage(server));
  if (method !== "POST" || (path !== "/v1/messages" && path !== "/v1/messages/count_tokens")) {
    throw new Refusal(404, "Not found");
  }
  const body = await readBody(request, largestBody);
  if (body === undefined) throw new Refusal(413, "Request exceeds the maximum size");
  const purpose = path === "/v1/messages" ? "create" : "count";
  const parsed = parse(body);
  if (purpose === "count") {
    const counted = checkRequest(parsed, version, purpose, server.models);
    return sendJson(response, 200, { input_tokens: countInput(counted) });
  }
  const log = server.script.open({ requestId, version, body: parsed });
  response.once("close", () => log.close(response.writableFinished));
  const checked = checkRequest(parsed, version, purpose, server.models);
  const size = countInput(checked);
  const window = server.contextWindow ?? 200_000;
  if (size > window) throw invalid(`prompt is too long: ${size} tokens > ${window} maximum`);
  const answer = server.script.next() ?? (await server.respond?.(checked)) ?? echo(checked);
  give(server, checked, answer, requestId, response);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw invalid("The request body is not valid JSON");
  }
}

function give(
  server: Server,
  request: MessagesRequest,
  answer: Answer,
  requestId: string,
  response: ServerResponse,
): void {
  if ("none" in answer) {
    if (answer.none === "cut") cut(response);
    return;
  }
  if ("status" in answer) {
    throw new Refusal(answer.status, answer.message, {
      ...(answer.type !== undefined && { type: answer.type }),
      ...(answer.retryAfter !== undefined && { retryAfter: answer.retryAfter }),
    });
  }
  const reply: Reply = answer;
  const message = messageOf(request, reply, server.cache.account(request));
  if (request.stream === true) return streamMessage(response, message, reply, requestId);
  response.setHeader("request-id", requestId);
  sendJson(response, 200, message);
}

function refuse(response: ServerResponse, refusal: Refusal, requestId: string): void {
  if (response.destroyed) return;
  response.setHeader("request-id", requestId);
  if (refusal.retryAfter !== undefined) response.setHeader("retry-after", refusal.retryAfter);
  sendJson(response, refusal.status, errorBody(refusal.type, refusal.message, requestId));
}

function modelPage({ models }: Server): object {
  const data = [...models].map(([id, most]) => ({
    type: "model",
    id,
    display_name: id,
    created_at: "2025-11-24T00:00:00Z",
    max_tokens: most,
  }));
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
