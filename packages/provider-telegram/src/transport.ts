/**
 * The `fetch` that grammY uses here. Two promises the usual ones do not make: a failure says whether the request may have
 * left this machine, and after `close` no socket is left. Nothing it throws contains the address, which holds the bot's token.
 */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { ClawdError, type Clock } from "@clawd/kernel";

/** Far above 100 updates of the largest kind. */
const maxReplyBytes = 32 * 1024 * 1024;

/** The answer was not got. */
export class ConnectionFault extends ClawdError {
  override readonly name = "ConnectionFault";
  /** The code of the system (`ECONNREFUSED`), `TIMEOUT`, `NOT_JSON` or `TOO_LARGE`. */
  readonly reason: string;
  /** The request may have been received. */
  readonly isWritten: boolean;

  constructor(reason: string, isWritten: boolean) {
    super("CLAWD_TELEGRAM_UNREACHABLE", `Telegram did not answer (${reason}).`, {
      hint: "Check the network connection and, when it is set, telegram.apiRoot.",
    });
    this.reason = reason;
    this.isWritten = isWritten;
  }
}

/** What grammY passes to `fetch`, and reads of what it returns. */
interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text, or the parts of a form with files. */
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** A file that comes. Whoever has it destroys the body. */
export interface Coming {
  readonly status: number;
  /** Bytes, as the server says; 0 when it does not say. */
  readonly size: number;
  readonly body: IncomingMessage;
}

interface Reply {
  readonly status: number;
  json(): Promise<unknown>;
}

export interface Transport {
  readonly fetch: (url: string, call: Call) => Promise<Reply>;
  /** Asks for a file and follows nothing. @throws ConnectionFault */
  readonly get: (url: string, signal: AbortSignal) => Promise<Coming>;
  readonly close: () => void;
}

export interface TransportOptions {
  readonly clock: Clock;
  /** Milliseconds that a call may take, by the name of the method. */
  readonly deadline: (method: string) => number;
  /** Taken out of error messages, where a proxy may repeat the address. */
  readonly secret: string;
}

export function createTransport({ clock, deadline, secret }: TransportOptions): Transport {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  const open = (url: URL, options: RequestOptions) =>
    url.protocol === "https:"
      ? httpsRequest(url, { ...options, agent: https })
      : httpRequest(url, { ...options, agent: http });
  return {
    async fetch(address, call) {
      const url = new URL(address);
      const done = new AbortController();
      const isSecure = url.protocol === "https:";
      const body = await chunksOf(call.body);
      const length = body.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      const outgoing = open(url, {
        method: call.method ?? "GET",
        headers: { ...call.headers, "content-length": length },
        ...(call.signal && { signal: call.signal }),
      });
      const milliseconds = deadline(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
      void clock.sleep(milliseconds, done.signal).then(() => {
        if (!done.signal.aborted) outgoing.destroy(coded("TIMEOUT"));
      });
      let isWritten = false;
      outgoing.once("socket", (socket) => {
        // Before the connection stands (for TLS: the handshake), nothing of the request is on its way.
        if (!socket.connecting) isWritten = true;
        else socket.once(isSecure ? "secureConnect" : "connect", () => (isWritten = true));
      });
      try {
        const response = await responseTo(outgoing, body);
        return replyOf(response.statusCode ?? 0, await textOf(response), secret);
      } catch (thrown) {
        throw new ConnectionFault(reasonOf(thrown), isWritten);
      } finally {
        // With a reason: an error made for nobody, with its stack, would cost more than the rest of this.
        done.abort("done");
      }
    },
    async get(address, signal) {
      try {
        const response = await responseTo(open(new URL(address), { signal }), []);
        const size = Number(response.headers["content-length"] ?? 0);
        return {
          status: response.statusCode ?? 0,
          size: Number.isSafeInteger(size) ? size : 0,
          body: response,
        };
      } catch (thrown) {
        throw new ConnectionFault(reasonOf(thrown), true);
      }
    },
    close() {
      http.destroy();
      https.destroy();
    },
  };
}

/** The parts are what the caller holds already, so to collect them copies nothing; and a length is known. */
async function chunksOf(body: Call["body"]): Promise<readonly Uint8Array[]> {
  if (body === undefined || typeof body === "string") return [Buffer.from(body ?? "")];
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

function responseTo(
  outgoing: ReturnType<typeof httpRequest>,
  body: readonly Uint8Array[],
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once("response", resolve);
    // Not "once": a request that is destroyed may fail twice, and an unheard error ends the process.
    outgoing.on("error", reject);
    for (const chunk of body.slice(0, -1)) outgoing.write(chunk);
    outgoing.end(body.at(-1));
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxReplyBytes) throw coded("TOO_LARGE");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function replyOf(status: number, text: string, secret: string): Reply {
  return {
    status,
    // A proxy's error page, a captive portal: an answer, though not Telegram's.
    async json() {
      try {
        const answer: unknown = JSON.parse(text);
        return isRefusal(answer)
          ? { ...answer, description: String(answer.description).replaceAll(secret, "…") }
          : answer;
      } catch {
        throw new ConnectionFault("NOT_JSON", true);
      }
    },
  };
}

function isRefusal(answer: unknown): answer is { readonly ok: false; readonly description?: unknown } {
  return typeof answer === "object" && answer !== null && (answer as { readonly ok?: unknown }).ok === false;
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function reasonOf(thrown: unknown): string {
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" && /^[A-Z0-9_]{1,40}$/.test(code) ? code : "UNKNOWN";
}
