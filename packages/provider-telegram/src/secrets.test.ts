/** Class N: the token is a part of every address, so everything that can go wrong is made to go wrong. */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { aMessage, recordedPorts } from "../test/harness.ts";
import { telegram } from "./index.ts";

const half = "canary-of-the-token";
const botToken = `987654321:${half}`;
const text = "canary-of-the-body";
const webhookSecret = "canary-of-the-webhook";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answers: Readonly<Record<string, RequestListener>> = {
  "cuts the connection": (request) => request.socket.destroy(),
  "resets the connection": (request) => request.socket.resetAndDestroy(),
  "answers half": (_, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("{");
    setImmediate(() => response.destroy());
  },
  "answers a page": (request, response) => response.writeHead(502).end(`<html>${request.url}</html>`),
  "answers null": (_, response) => response.end("null"),
  "answers nothing": (_, response) => response.end(),
  "sends on": (request, response) =>
    response.writeHead(302, { location: `https://evil.example${request.url}` }).end(),
  "refuses the token": (_, response) =>
    response.writeHead(401).end('{"ok":false,"error_code":401,"description":"Unauthorized"}'),
  "refuses everything": (request, response) =>
    response
      .writeHead(400)
      .end(JSON.stringify({ ok: false, error_code: 400, description: `Bad: ${request.url}` })),
};

test.each(Object.keys(answers))("nothing secret is said of a server that %s", async (name) => {
  // The first question is answered, so that there is a connection to send with.
  let questions = 0;
  const apiRoot = await serve((request, response) => {
    questions += 1;
    if (request.url?.endsWith("/getMe") && questions === 1) {
      const result = {
        id: 1,
        is_bot: true,
        first_name: "x",
        username: "x_bot",
        can_read_all_group_messages: true,
      };
      response.end(JSON.stringify({ ok: true, result }));
    } else answers[name]!(request, response);
  });
  const ports = recordedPorts();
  const webhookUrl = "https://bot.example.com/telegram";
  const thrown: unknown[] = [];
  for (const settings of [
    { botToken, apiRoot },
    { botToken, apiRoot, webhookUrl, webhookSecret },
  ]) {
    questions = 0;
    const connection = telegram.connect(settings, ports);
    await connection.start();
    await connection.send(aMessage({}, { text })).catch((error: unknown) => thrown.push(error));
    const files = [{ name: text, mimeType: "text/plain", bytes: async () => new Uint8Array(3) }];
    await connection.send(aMessage({}, { text, files })).catch((error: unknown) => thrown.push(error));
    const { signal } = new AbortController();
    await connection.fetch!(text, { maxBytes: 9 }, signal).catch((error: unknown) => thrown.push(error));
    await connection.typing!(aMessage({}).chat);
    await connection.confirm!(aMessage({}), "1");
    await connection.stop();
  }
  const said = inspect([ports.states, ports.notices, ports.logged, thrown], { depth: 20, showHidden: true });
  expect(thrown).toHaveLength(6);
  expect(ports.states.some(({ state }) => state === "down")).toBe(true);
  for (const secret of [half, text, webhookSecret]) expect(said).not.toContain(secret);
});
