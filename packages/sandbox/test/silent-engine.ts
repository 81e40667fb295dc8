/** Sockets that answer like an engine that is ill: not at all, too late, half, or nonsense. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-engine-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface IllEngine {
  readonly socket: string;
  /** The first lines of the requests so far. */
  readonly requests: readonly string[];
  /** Connections that the client holds open. */
  readonly connections: ReadonlySet<Socket>;
  /** Cuts all of them and stops listening. */
  die(): void;
}

/** @param answer what to write for a request's first line; null: nothing, ever. */
export async function illEngine(
  answer: (request: string, socket: Socket) => string | null,
): Promise<IllEngine> {
  const socket = join(temporaryDirectory(), "s");
  const requests: string[] = [];
  const connections = new Set<Socket>();
  const server = createServer((connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
    connection.on("error", () => undefined);
    connection.once("data", (bytes) => {
      const first = bytes.toString("latin1").split("\r\n")[0] ?? "";
      requests.push(first);
      const said = answer(first, connection);
      if (said !== null) connection.write(said);
    });
  });
  const die = () => {
    for (const connection of connections) connection.destroy();
    server.close();
  };
  onTestFinished(die);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return { socket, requests, connections, die };
}

export const json = (value: unknown, status = "200 OK"): string => {
  const body = JSON.stringify(value);
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
};

export const hijacked =
  "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
export const version = { ApiVersion: "1.41", MinAPIVersion: "1.12", Version: "20.10.24" };
