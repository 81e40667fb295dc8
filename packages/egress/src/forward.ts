/** Hands one HTTP request on to its host and the answer back. Node's parser reads both sides, and both are written anew from what it read. */
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream";
import { endToEnd } from "./headers.ts";
import { formatAuthority, type Target } from "./host.ts";
import { masked, maskStream } from "./mask.ts";
import { headerValue, unspeakable, type EgressSecret } from "./secret.ts";

export interface Forwarding {
  readonly target: Target;
  /** Path and query as the client wrote them. */
  readonly path: string;
  /** The port that Host leaves out: 80, or 443 behind TLS. */
  readonly usualPort: number;
  /** A connection for this one request, or what keeps one. */
  readonly over: Socket | Agent;
  /** Put in; without them nothing is read along. */
  readonly secrets: readonly EgressSecret[];
  /** Called once, when nothing came back. */
  onBroken(): void;
}

export function forward(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): void {
  const { over, secrets } = forwarding;
  const upstream = httpRequest({
    // Without an agent, not with `agent: false`: that would make one, and it would connect by itself.
    ...(over instanceof Agent ? { agent: over } : { createConnection: () => over }),
    method: request.method,
    path: forwarding.path,
    maxHeaderSize: 64 * 1024,
    setHost: false,
    headers: requestHeaders(request, forwarding),
  });
  const fail = () => {
    upstream.destroy();
    if (response.headersSent) response.destroy();
    else forwarding.onBroken();
  };
  upstream.once("error", fail);
  upstream.once("upgrade", (_answer, socket) => {
    socket.destroy();
    fail();
  });
  upstream.once("response", (answer) => {
    const words = unspeakable(secrets);
    response.sendDate = false;
    const headers = endToEnd(answer.rawHeaders).flatMap(([name, value]) => [name, masked(value, words)]);
    try {
      // Without the host's own words for its status: they may hold anything.
      response.writeHead(answer.statusCode!, headers);
    } catch {
      // A status or a header that Node reads but would not write.
      return fail();
    }
    upstream.off("error", fail).on("error", () => response.destroy());
    // A fault on either side ends both; the client sees an answer that breaks off.
    if (words.length === 0) pipeline(answer, response, () => {});
    else pipeline(answer, maskStream(words), response, () => {});
  });
  response.once("close", () => {
    if (!response.writableFinished) upstream.destroy();
  });
  pipeline(request, upstream, () => {});
}

function requestHeaders(request: IncomingMessage, { target, usualPort, secrets }: Forwarding): string[] {
  const ours = new Set(["host", "content-length", ...secrets.map(({ header }) => header)]);
  // Compressed, an echo could not be found.
  if (secrets.length > 0) ours.add("accept-encoding");
  // The framing is what our parser read, whatever Connection says of it: a body that the host does not take for one
  // would be its next request, with another Host.
  const { "transfer-encoding": coding, "content-length": length } = request.headers;
  const framing =
    coding !== undefined
      ? ["Transfer-Encoding", coding]
      : length !== undefined
        ? ["Content-Length", length]
        : [];
  return [
    "Host",
    formatAuthority(target, usualPort),
    ...endToEnd(request.rawHeaders, ours).flat(),
    ...framing,
    ...secrets.flatMap((secret) => [secret.header, headerValue(secret)]),
    ...(secrets.length > 0 ? ["accept-encoding", "identity"] : []),
  ];
}
