/**
 * Fetches a URL that a model, a message or a page chose. Each address on the way is judged, the first as the last; whatever
 * happens before the far side has answered is one and the same fault.
 *
 * On `node:http` with a socket of our own for each request: what was judged is the very socket that is spoken over, there is no
 * pool in which a connection of somebody else's rules could be found, and nothing is loaded for it.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { SecureContext } from "node:tls";
import { systemClock, type Clock } from "@clawd/kernel";
import { acceptEncoding, boundedBody } from "./body.ts";
import { isTimeout, startDeadline } from "./deadline.ts";
import type { Dialer } from "./dial.ts";
import { broken, isEgressFault, reasonOf, timedOut, tooManyRedirects, unreachable } from "./fault.ts";
import { isOfConnection } from "./headers.ts";
import { defaultPort, formatAuthority, parseUrl, type Target } from "./host.ts";
import { publicWeb, type EgressRules } from "./rules.ts";
import { secure, trusting } from "./secure.ts";

export interface FetchOptions {
  /** Default: the public web. */
  readonly rules?: EgressRules;
  readonly method?: "GET" | "HEAD";
  /** Sent to the first origin alone, except `accept`, `accept-language` and `user-agent`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the decoded body. Default 5 MiB. */
  readonly maxBytes?: number;
  /** Default 5; 0 takes none. */
  readonly maxRedirects?: number;
  /** For everything, the body too. Default 30000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface FetchedResponse {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** By lower-case name; several of one name are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** `text/html` without its parameters; null where the answer names none. */
  readonly mediaType: string | null;
  /**
   * To be read once, or cancelled by leaving the loop.
   * @throws EgressFault CLAWD_EGRESS_TOO_LARGE after `maxBytes` of it, CLAWD_EGRESS_BROKEN, CLAWD_EGRESS_TIMEOUT.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** For the audit: what was refused, which the caller is not told. */
export interface FetchRefused {
  readonly kind: "fetch-refused";
  /** In canonical form; empty where the URL has none. */
  readonly host: string;
  readonly port: number;
  readonly reason: ReturnType<typeof reasonOf>;
  /** 0 for the URL that was asked for, n for the nth redirect. */
  readonly hop: number;
}

export interface FetcherOptions {
  readonly dialer: Dialer;
  readonly onEvent?: (event: FetchRefused) => void;
  /** Roots of one's own, PEM. */
  readonly roots?: readonly string[];
  readonly clock?: Clock;
}

/**
 * @throws EgressFault CLAWD_EGRESS_UNREACHABLE for whatever is refused or does not answer, CLAWD_EGRESS_REDIRECTS,
 * CLAWD_EGRESS_TIMEOUT, CLAWD_EGRESS_BROKEN; the signal's reason when it aborts. A status of 400 and above is an answer.
 */
export type GuardedFetch = (url: string, options?: FetchOptions) => Promise<FetchedResponse>;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const goAlong: ReadonlySet<string> = new Set(["accept", "accept-language", "user-agent"]);

export function createGuardedFetch({
  dialer,
  onEvent,
  roots,
  clock = systemClock,
}: FetcherOptions): GuardedFetch {
  let context: SecureContext | undefined;
  const ask = async (url: URL, target: Target, settings: Settings, signal: AbortSignal) => {
    const plain = await dialer.dial(target, settings.rules, signal);
    const socket =
      url.protocol === "https:"
        ? await secure(plain, target.host, (context ??= trusting(roots)), signal)
        : plain;
    try {
      return await answerOf(url, target, settings, socket, signal);
    } catch (fault) {
      socket.destroy();
      throw fault;
    }
  };

  return async (text, options = {}) => {
    const settings: Settings = {
      rules: options.rules ?? publicWeb,
      method: options.method ?? "GET",
      headers: lowerCase(options.headers),
    };
    const { maxBytes = 5 * 1024 * 1024, maxRedirects = 5, timeoutMs = 30_000, signal } = options;
    const deadline = startDeadline({ timeoutMs, clock, signal });
    let place = { host: "", port: 0, hop: 0 };
    try {
      let parsed = parseUrl(text);
      for (let hop = 0; ; hop++) {
        place = { host: parsed?.target.host.name ?? "", port: parsed?.target.port ?? 0, hop };
        if (parsed === null) throw unreachable("url-not-allowed");
        const message = await ask(parsed.url, parsed.target, settings, deadline.signal);
        const location = redirects.has(message.statusCode!) ? message.headers.location : undefined;
        if (location === undefined) {
          // Also where nobody ever begins to read.
          deadline.signal.addEventListener("abort", () => message.destroy(), { once: true });
          return answered(message, parsed.url, untilRead(message, maxBytes, deadline, signal));
        }
        message.destroy();
        if (hop === maxRedirects) throw tooManyRedirects(maxRedirects);
        const next = URL.canParse(location, parsed.url.href)
          ? parseUrl(new URL(location, parsed.url).href)
          : null;
        if (next?.url.origin !== parsed.url.origin) settings.headers = withoutCredentials(settings.headers);
        parsed = next;
      }
    } catch (fault) {
      deadline.stop();
      signal?.throwIfAborted();
      const told = isEgressFault(fault) ? fault : isTimeout(fault) ? unreachable("timed-out") : broken();
      if (told.code === "CLAWD_EGRESS_UNREACHABLE") {
        onEvent?.({ kind: "fetch-refused", ...place, reason: reasonOf(told) });
      }
      throw told;
    }
  };
}

interface Settings {
  readonly rules: EgressRules;
  readonly method: "GET" | "HEAD";
  headers: Readonly<Record<string, string>>;
}

function answerOf(
  url: URL,
  target: Target,
  settings: Settings,
  socket: NonNullable<IncomingMessage["socket"]>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      // Without an agent, not with `agent: false`: that would make one, and it would connect by itself.
      createConnection: () => socket,
      method: settings.method,
      path: `${url.pathname}${url.search}`,
      maxHeaderSize: 32 * 1024,
      setHost: false,
      headers: {
        "user-agent": "Mozilla/5.0 (compatible; Clawdbot)",
        accept: "*/*",
        ...settings.headers,
        host: formatAuthority(target, defaultPort(url.protocol)),
        "accept-encoding": acceptEncoding,
        connection: "close",
      },
    });
    const abort = () => request.destroy(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    request.once("response", (message) => {
      signal.removeEventListener("abort", abort);
      resolve(message);
    });
    request.on("upgrade", (_message, upgraded) => upgraded.destroy());
    request.on("error", (fault) =>
      reject(signal.aborted ? signal.reason : isEgressFault(fault) ? fault : broken()),
    );
    request.once("close", () => reject(broken()));
    request.end();
  });
}

async function* untilRead(
  message: IncomingMessage,
  maxBytes: number,
  deadline: ReturnType<typeof startDeadline>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* boundedBody(message, maxBytes, deadline.signal);
  } catch (fault) {
    signal?.throwIfAborted();
    throw isTimeout(fault) ? timedOut() : fault;
  } finally {
    deadline.stop();
  }
}

function answered(message: IncomingMessage, url: URL, body: AsyncIterable<Uint8Array>): FetchedResponse {
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
  const mediaType = (headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  return { status: message.statusCode!, url: url.href, headers, mediaType: mediaType || null, body };
}

const lowerCase = (headers: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !isOfConnection(name)),
  );

const withoutCredentials = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => goAlong.has(name)));
