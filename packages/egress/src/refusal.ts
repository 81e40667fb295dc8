/** What people inside a container read when they may not go somewhere. */
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

export interface Refusal {
  readonly status: 400 | 403 | 421 | 431 | 502 | 503;
  readonly text: string;
}

const words: Readonly<Record<Refusal["status"], string>> = {
  400: "Bad Request",
  403: "Forbidden",
  421: "Misdirected Request",
  431: "Request Header Fields Too Large",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** RFC 9209: tells a refusal of the proxy's from an answer of the host's, to whoever asks for a person. */
const refusalHeader = "proxy-status";
const refusalWord = "clawd; error=http_request_denied";

export const notOpen = (place: string): Refusal => ({
  status: 403,
  text: `${place} is not open from here. The owner of this gateway opens hosts with agents.defaults.sandbox.egress.allow.`,
});
export const notReached = (place: string): Refusal => ({ status: 502, text: `${place} does not answer.` });
export const notValid: Refusal = {
  status: 400,
  text: "This is a proxy: ask it for http://host/path, or to CONNECT to host:port.",
};
export const misdirected: Refusal = {
  status: 421,
  text: "The Host of a request must be the host that the connection was opened to.",
};
export const tooMany: Refusal = { status: 503, text: "Too many connections at once: close some." };
export const headTooLarge: Refusal = { status: 431, text: "The head of the request is too large." };

/** On a stream that no server writes to any more. Ends it. */
export function refuseStream(stream: Duplex, { status, text }: Refusal): void {
  const body = `${text}\n`;
  const head = [
    `HTTP/1.1 ${status} ${words[status]}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    `${refusalHeader}: ${refusalWord}`,
  ];
  if (stream.destroyed || !stream.writable) return void stream.destroy();
  // What is still on its way here is read and dropped: closing on it would take the answer away.
  stream.resume();
  stream.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

export function refuseResponse(response: ServerResponse, { status, text }: Refusal): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    connection: "close",
    [refusalHeader]: refusalWord,
  });
  response.end(`${text}\n`);
}
