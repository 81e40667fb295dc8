/** As much of Slack as an app needs: the Web API that it calls, and events, signed, posted to it. On the loopback address. */
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface SlackServer {
  /** For `clientOptions.slackApiUrl` of an app. */
  readonly api: string;
  /** What `chat.postMessage` was called with. */
  readonly sent: readonly Readonly<Record<string, string>>[];
  /** Posts an event to the app, and resolves with its HTTP status. */
  post(app: string, event: object, secret?: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startSlackServer(secret: string, bot: object): Promise<SlackServer> {
  const sent: Record<string, string>[] = [];
  const http = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = Object.fromEntries(new URLSearchParams(await text(request)));
    const method = request.url?.split("/").at(-1);
    if (method === "chat.postMessage") sent.push(parameters);
    const answer = method === "auth.test" ? { ok: true, ...bot } : { ok: true, ts: "1.1" };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    api: `http://127.0.0.1:${port}/api/`,
    sent,
    async post(app, event, key = secret) {
      const body = JSON.stringify({ type: "event_callback", team_id: "T1", event_id: "Ev1", event });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = createHmac("sha256", key).update(`v0:${timestamp}:${body}`).digest("hex");
      const { status } = await fetch(app, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-slack-request-timestamp": timestamp,
          "x-slack-signature": `v0=${signature}`,
        },
        body,
      });
      return status;
    },
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
