/** Raw clients of a proxy, over its unix socket, and what a TLS client sends first. */
import { connect as connectNet, createServer, type AddressInfo, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { once } from "node:events";

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends the bytes and reads until the proxy ends. */
export async function raw(path: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = connectNet({ path, allowHalfOpen: true });
  socket.on("error", () => {});
  socket.write(bytes);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1"))).once("end", () => socket.end());
  await once(socket, "close");
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

export interface Tunnel {
  readonly status: number;
  readonly socket: Socket;
  /** Everything after the answer to CONNECT, once the other side has ended. */
  rest(): Promise<string>;
}

/** CONNECT, then whatever the test writes. */
export async function openTunnel(path: string, authority: string, host = authority): Promise<Tunnel> {
  const socket = connectNet({ path, allowHalfOpen: true });
  socket.on("error", () => {});
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  let head = Buffer.alloc(0);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  while (!head.includes("\r\n\r\n") && !socket.destroyed) {
    const [chunk] = (await Promise.race([once(socket, "data"), ended.then(() => [Buffer.alloc(0)])])) as [
      Buffer,
    ];
    head = Buffer.concat([head, chunk]);
  }
  socket.pause();
  const after = head.subarray(head.indexOf("\r\n\r\n") + 4);
  if (after.length > 0) socket.unshift(after);
  return {
    status: Number(head.toString("latin1").slice(9, 12)),
    socket,
    async rest() {
      let text = "";
      socket
        .on("data", (chunk: Buffer) => (text += chunk.toString("latin1")))
        .once("end", () => socket.end());
      socket.resume();
      await ended;
      return text;
    },
  };
}

/** The first bytes that Node's TLS client sends. */
export async function helloBytes(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const client = connectTls({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", ...options });
  client.on("error", () => {});
  const [socket] = await accepted;
  const [bytes] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}
