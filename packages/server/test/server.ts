/** A running server with a page behind the token, an open webhook and a stream. */
import { fakeClock, recordingLogger, type FakeClock } from "@clawd/kernel/testing";
import { onTestFinished } from "vitest";
import { createServer, type GatewayServer, type ServerOptions } from "../src/index.ts";

export const TOKEN = "Zq3mT8vKx0yRb5nWc7sLd2hJf9gPa4uE";
export const bearer = { authorization: `Bearer ${TOKEN}` };

export interface Setting {
  readonly server: GatewayServer;
  readonly port: number;
  readonly clock: FakeClock;
  readonly logger: ReturnType<typeof recordingLogger>;
}

export function newServer(options: Partial<ServerOptions> = {}): Omit<Setting, "port"> {
  const clock = fakeClock();
  const logger = recordingLogger();
  const server = createServer({
    host: "127.0.0.1",
    port: 0,
    token: TOKEN,
    allowedHosts: [],
    health: () => ({ status: "ok", version: "1.2.3", providers: {} }),
    clock,
    logger,
    ...options,
  });
  onTestFinished(async () => {
    const stopped = server.stop();
    await clock.advance(0);
    await clock.advance(2000);
    await stopped;
  });
  return { server, clock, logger };
}

export async function aServer(
  options: Partial<ServerOptions> = {},
  mount: (server: GatewayServer) => void = () => {},
): Promise<Setting> {
  const setting = newServer(options);
  setting.server.mount.handle("/page", "token", (request) => new Response(`page ${request.method}`));
  setting.server.mount.handle(
    "/hook",
    "none",
    async (request) => new Response(`hook ${await request.text()}`),
  );
  mount(setting.server);
  await setting.server.start();
  return { ...setting, port: setting.server.port! };
}
