/** As much of Discord as a bot needs: the gateway it listens to and the calls with which it answers, on the loopback address. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { WebSocketServer, type WebSocket } from "ws";

export interface SentMessage {
  readonly channel: string;
  readonly text: string;
}

export interface DiscordServer {
  /** For the `rest.api` option of a client. */
  readonly api: string;
  readonly sent: readonly SentMessage[];
  /** Sends an event of the gateway, `MESSAGE_CREATE` say; resolves once the bot has begun with it. */
  dispatch(type: string, data: object): Promise<void>;
  stop(): Promise<void>;
}

export interface World {
  readonly bot: object;
  readonly guilds: readonly object[];
}

export async function startDiscordServer(world: World): Promise<DiscordServer> {
  const sent: SentMessage[] = [];
  const heartbeats: (() => void)[] = [];
  let bot: WebSocket | undefined;
  let sequence = 0;

  const http = createServer((request, response) => void serve(request, response));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (body: object) =>
      void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.url?.endsWith("/gateway/bot")) {
      const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 };
      return answer({ url: `ws://127.0.0.1:${port}`, shards: 1, session_start_limit: limit });
    }
    const channel = /\/channels\/(\d+)\/messages$/.exec(request.url ?? "")?.[1];
    if (request.method !== "POST" || channel === undefined) return void response.writeHead(404).end();
    const { content } = (await json(request)) as { content: string };
    sent.push({ channel, text: content });
    answer({ id: String(9_000_000 + sent.length), channel_id: channel, author: world.bot, content, type: 0 });
  }

  const gateway = new WebSocketServer({ server: http });
  gateway.on("connection", (socket) => {
    bot = socket;
    socket.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 45_000 } }));
    socket.on("message", (data: Buffer) => {
      const { op } = JSON.parse(data.toString()) as { op: number };
      if (op === 1) {
        socket.send(JSON.stringify({ op: 11 }));
        heartbeats.shift()?.();
      }
      if (op !== 2) return;
      const guilds = world.guilds.map((guild) => ({ ...guild, unavailable: true }));
      const session = { session_id: "one", resume_gateway_url: `ws://127.0.0.1:${port}` };
      push("READY", { v: 10, user: world.bot, guilds, application: { id: "1", flags: 0 }, ...session });
      for (const guild of world.guilds) push("GUILD_CREATE", guild);
    });
  });

  function push(type: string, data: object): void {
    bot?.send(JSON.stringify({ op: 0, t: type, s: ++sequence, d: data }));
  }

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    api: `http://127.0.0.1:${port}/api`,
    sent,
    dispatch(type, data) {
      push(type, data);
      // Asked for a heartbeat, the bot answers after all that it was sent before.
      bot?.send(JSON.stringify({ op: 1 }));
      return new Promise((resolve) => heartbeats.push(resolve));
    },
    async stop() {
      for (const socket of gateway.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
