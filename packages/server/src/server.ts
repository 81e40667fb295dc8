/** The gateway's HTTP server: every request is checked before anything is spent on it. Being local is no credential. */
import { messageOf, type Clock, type Logger } from "@clawd/kernel";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { refuse } from "./answer.ts";
import { boundedBody, send, toRequest } from "./exchange.ts";
import { countFailures } from "./failures.ts";
import { answerHealth, type HealthReport } from "./health.ts";
import { allowHosts, type AllowedHosts } from "./hosts.ts";
import { listen } from "./listen.ts";
import { canonicalPath, createRoutes, type HttpMount } from "./routes.ts";
import { checkToken, createTokenCheck } from "./token.ts";

export interface ServerOptions {
  /** The address to listen on; `127.0.0.1` unless the config says otherwise. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: string;
  /** Names beside the loopback ones that requests may be addressed to. */
  readonly allowedHosts: readonly string[];
  readonly health: () => HealthReport;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes of one request's body. Absent means 256 KiB. */
  readonly maxBodyBytes?: number;
}

export interface GatewayServer {
  /** Idempotent. @throws CLAWD_PORT_IN_USE, CLAWD_PORT_FORBIDDEN, CLAWD_ADDRESS_UNAVAILABLE */
  start(): Promise<void>;
  /** Idempotent. Ends streams and idle connections at once; a request at work has a second to finish. */
  stop(): Promise<void>;
  readonly mount: HttpMount;
  /** The port it listens on; undefined while it does not. */
  readonly port: number | undefined;
}

const MAX_CONNECTIONS = 256;
const MAX_HEADER_BYTES = 16_384;
/** Milliseconds. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
const KEEP_ALIVE_TIMEOUT = 5000;
const STOP_GRACE = 1000;
/** How long a client that still sends after its answer may take to read it. */
const LINGER = 500;

/** @throws CLAWD_TOKEN_WEAK: without a strong token there is no server, on loopback either. */
export function createServer(options: ServerOptions): GatewayServer {
  const { host, token, clock, logger, maxBodyBytes = 256 * 1024 } = options;
  checkToken(token, "Set a longer gateway.auth.token, or remove it to have one made.");
  const isToken = createTokenCheck(token);
  const routes = createRoutes(["/health"]);
  const failures = countFailures(clock);
  const stopping = new AbortController();
  let hosts: AllowedHosts | undefined;
  let port: number | undefined;
  let starting: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  const server = createHttpServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
      connectionsCheckingInterval: 5000,
      requireHostHeader: true,
    },
    (incoming, outgoing) => void exchange(incoming, outgoing),
  );
  server.maxConnections = MAX_CONNECTIONS;

  async function exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const gone = new AbortController();
    outgoing.on("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopping.signal]);
    const body = boundedBody(incoming, maxBodyBytes);
    try {
      const response = await answer(incoming, body, signal);
      if (!incoming.complete) void endUnread(incoming);
      // An answer that begins after `stop` was called is a request at work: it may be finished.
      await send(response, outgoing, stopping.signal.aborted ? gone.signal : signal);
    } catch (fault) {
      if (!signal.aborted) logger.error("request failed", { reason: messageOf(fault) });
      if (!outgoing.headersSent) await send(refuse("internal"), outgoing, gone.signal);
      else outgoing.destroy();
    }
  }

  async function answer(
    incoming: IncomingMessage,
    body: ReturnType<typeof boundedBody>,
    signal: AbortSignal,
  ) {
    const { method = "GET", url = "", headersDistinct: headers } = incoming;
    const [requestHost, ...otherHosts] = headers["host"] ?? [];
    if (requestHost === undefined || otherHosts.length > 0) return refuse("bad-request");
    if (hosts?.allowsHost(requestHost) !== true) return refuse("host-not-allowed");
    if (headers["origin"]?.every((origin) => hosts?.allowsOrigin(origin)) === false)
      return refuse("origin-not-allowed");

    const path = canonicalPath(url);
    if (path === undefined) return refuse("not-found");
    if (path === "/health") return answerHealth(method, options.health());
    const route = routes.find(path);
    if (route === undefined) return refuse("not-found");
    const needsToken = route.authentication === "token";
    const refusal = needsToken ? refusalFor(headers["authorization"] ?? []) : undefined;
    if (refusal !== undefined) return refusal;
    if (body.isTooLarge()) return refuse("body-too-large");
    try {
      const response = await route.handler(toRequest(incoming, body, { hidesToken: needsToken, signal }));
      // Whatever the handler made of a body that was cut off.
      return body.isTooLarge() ? refuse("body-too-large") : response;
    } catch (fault) {
      if (body.isTooLarge()) return refuse("body-too-large");
      throw fault;
    }
  }

  function refusalFor(authorization: readonly string[]): Response | undefined {
    const challenge = { "www-authenticate": "Bearer" };
    if (authorization.length === 0) return refuse("unauthorized", challenge);
    const [, guess = ""] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization[0] ?? "") ?? [];
    if (authorization.length === 1 && isToken(guess)) return undefined;
    const { isFirst, retryAfterSeconds } = failures.count();
    if (isFirst) logger.warn("a wrong gateway token was presented");
    if (retryAfterSeconds === undefined) return refuse("unauthorized", challenge);
    return refuse("too-many-failures", { "retry-after": String(retryAfterSeconds) });
  }

  /**
   * Ends a connection whose request was answered before all of it came. Ending it at once would reset it, and the client
   * would never read the answer.
   */
  async function endUnread(incoming: IncomingMessage): Promise<void> {
    await clock.sleep(LINGER, stopping.signal);
    if (!incoming.complete) incoming.socket.destroy();
  }

  async function close(): Promise<void> {
    await starting?.catch(() => {});
    port = undefined;
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    stopping.abort();
    server.closeIdleConnections();
    await Promise.race([closed, clock.sleep(STOP_GRACE)]);
    server.closeAllConnections();
    await closed;
  }

  return {
    mount: { handle: (path, authentication, handler) => routes.handle(path, authentication, handler) },
    get port() {
      return port;
    },
    start() {
      starting ??= listen(server, host, options.port).then((actual) => {
        port = actual;
        hosts = allowHosts(actual, options.allowedHosts);
      });
      return starting;
    },
    stop() {
      stopped ??= close();
      return stopped;
    },
  };
}
