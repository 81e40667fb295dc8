/** Between node:http and the Fetch API: a request with a bounded body, an answer that may stream. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerHeaders } from "./answer.ts";

export interface BoundedBody {
  /** Null for methods without a body. */
  readonly stream: ReadableStream<Uint8Array> | null;
  /** True once more than the limit was announced or has arrived. */
  readonly isTooLarge: () => boolean;
}

/** Nothing is read before the handler reads; what goes past the limit is an error in its stream. */
export function boundedBody(incoming: IncomingMessage, limit: number): BoundedBody {
  let isTooLarge = Number(incoming.headers["content-length"] ?? 0) > limit;
  if (incoming.method === "GET" || incoming.method === "HEAD")
    return { stream: null, isTooLarge: () => isTooLarge };
  let size = 0;
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) return controller.close();
        size += next.value.length;
        isTooLarge ||= size > limit;
        if (isTooLarge) throw new Error("The body is larger than the gateway accepts.");
        controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, isTooLarge: () => isTooLarge };
}

/** Says where a client claims to come from; the socket alone knows, so no handler gets to see them. */
const claimedAddress = /^(?:forwarded|x-forwarded-.*|x-real-ip|x-client-ip|cf-connecting-ip|true-client-ip)$/;

export function toRequest(
  incoming: IncomingMessage,
  body: BoundedBody,
  options: { readonly hidesToken: boolean; readonly signal: AbortSignal },
): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    if (claimedAddress.test(name) || (options.hidesToken && name === "authorization")) continue;
    for (const value of values ?? []) headers.append(name, value);
  }
  const { method = "GET", url = "/" } = incoming;
  const { signal } = options;
  const address = `http://${incoming.headers.host ?? ""}${url}`;
  return new Request(address, { method, headers, signal, body: body.stream, duplex: "half" });
}

/** Sends the answer as it comes; ends early when the client goes away or the signal aborts. */
export async function send(response: Response, outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  outgoing.writeHead(response.status, answerHeaders(response.headers));
  const reader = response.body?.getReader();
  if (reader === undefined || outgoing.req.method === "HEAD") {
    await reader?.cancel();
    outgoing.end();
    return;
  }
  const cancel = () => {
    reader.cancel().catch(() => {});
    outgoing.destroy();
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    if (signal.aborted) return cancel();
    outgoing.flushHeaders();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (!outgoing.write(next.value)) await drained(outgoing, signal);
    }
    if (!signal.aborted) outgoing.end();
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

function drained(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      outgoing.off("drain", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    outgoing.on("drain", finish);
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
  });
}
