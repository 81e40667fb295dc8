/** A client that sends exactly what a test says, headers twice and bodies by halves included. */
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Question {
  readonly port: number;
  readonly path?: string;
  readonly method?: string;
  /** A list sends the header as often. `host` replaces the right one. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  readonly localAddress?: string;
}

export function ask(question: Question): Promise<Reply> {
  const { port, path = "/", method = "GET", headers = {}, body, localAddress } = question;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        headers: headers as Record<string, string | string[]>,
        agent: false,
        localAddress,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** Sends these bytes and gives everything that comes back until the connection ends or the text contains `until`. */
export function askRaw(port: number, text: string, until = "\r\n\r\n"): Promise<string> {
  return new Promise((resolve, reject) => {
    let reply = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      reply += chunk.toString();
      if (reply.includes(until)) socket.destroy();
    });
    socket.on("close", () => resolve(reply));
    socket.on("error", (error) => (reply === "" ? reject(error) : resolve(reply)));
  });
}
