import type { IncomingMessage } from "node:http";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { aRig, aSecureServer, aServer, opened, refusals, type ARig, type Origin } from "../test/a-network.ts";
import { openTunnel, raw } from "../test/clients.ts";
import { maskStream } from "./mask.ts";
import type { EgressSecret } from "./secret.ts";

const canary = "canary-Zx81-secret";
const secret: EgressSecret = {
  host: "api.site.test",
  header: "authorization",
  value: canary,
  scheme: "Bearer",
};

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const part of running.splice(0).toReversed()) await part.stop();
});
const keep = async <Part extends { stop(): Promise<void> }>(part: Promise<Part>): Promise<Part> => {
  running.push(await part);
  return part;
};

interface Scene extends ARig {
  readonly seen: IncomingMessage[];
  readonly site: Origin;
}

async function aScene(
  names = ["api.site.test"],
  options: { secrets?: EgressSecret[]; roots?: string[] } = {},
): Promise<Scene> {
  const seen: IncomingMessage[] = [];
  const site = await keep(
    aSecureServer(names, (request, response) => {
      seen.push(request);
      if (request.url === "/moved") {
        const location = `https://other.test/?token=${canary}`;
        response.writeHead(302, { location, "x-echo": `Bearer ${canary}` }).end();
        return;
      }
      const echo = JSON.stringify(request.headers);
      response.setHeader("content-length", echo.length);
      // In small pieces, so that the secret is cut.
      for (const piece of echo) response.write(piece);
      response.end();
    }),
  );
  const allow = [{ host: "*.site.test", ports: [site.port] }, opened(site.port)];
  return { ...(await keep(aRig({ allow, secrets: [secret], ...options }))), seen, site };
}

/** A request inside the tunnel, by somebody who trusts the proxy's authority alone. */
async function ask(scene: Scene, head: string, before?: string): Promise<string> {
  const name = "api.site.test";
  const tunnel = await openTunnel(scene.path, `${name}:${scene.site.port}`);
  const tls = connectTls({
    socket: tunnel.socket,
    servername: name,
    ca: scene.proxy.certificate!,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  await once(tls, "secureConnect");
  expect(tls.alpnProtocol).toBe("http/1.1");
  if (before !== undefined) {
    tls.write(before);
    await once(tls, "readable");
    let answer = "";
    while (!answer.endsWith("}")) {
      answer += String(tls.read() ?? "");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  tls.write(head);
  return text(tls);
}

const host = (scene: Scene) => `api.site.test:${scene.site.port}`;

test("the header reaches the host, and nothing of it the container", async () => {
  const scene = await aScene();
  const answer = await ask(scene, `GET /x HTTP/1.1\r\nHost: ${host(scene)}\r\nConnection: close\r\n\r\n`);
  expect(scene.seen[0]!.headers.authorization).toBe(`Bearer ${canary}`);
  expect(answer).toContain("200 OK");
  // The host echoed it: what comes back is covered, letter by letter.
  expect(answer).not.toContain(canary);
  expect(JSON.stringify(scene.events)).not.toContain(canary);
  expect(scene.events).toContainEqual({
    kind: "secret-used",
    host: "api.site.test",
    port: scene.site.port,
    method: "GET",
    header: "authorization",
  });
});

test.each([
  ["as it is", ""],
  ["named as one of the connection", "Connection: Authorization, close\r\n"],
])("a header that the container sent itself is taken out, %s", async (_how, more) => {
  const scene = await aScene();
  const sent = `Authorization: Bearer mine\r\nAUTHORIZATION: Bearer mine\r\n${more === "" ? "Connection: close\r\n" : more}`;
  await ask(scene, `GET /x HTTP/1.1\r\nHost: ${host(scene)}\r\n${sent}\r\n`);
  const raws = scene.seen[0]!.rawHeaders;
  const values = raws.filter(
    (_, index) => index % 2 === 1 && raws[index - 1]!.toLowerCase() === "authorization",
  );
  expect(values).toEqual([`Bearer ${canary}`]);
});

test("a redirect is not followed, and says nothing of the secret", async () => {
  const scene = await aScene();
  const answer = await ask(scene, `GET /moved HTTP/1.1\r\nHost: ${host(scene)}\r\nConnection: close\r\n\r\n`);
  expect(answer).toContain("302 Found");
  expect(answer).toContain("https://other.test/?token=****");
  expect(answer).not.toContain(canary);
  expect(scene.seen).toHaveLength(1);
});

test("one connection carries several requests, each with the header", async () => {
  const scene = await aScene();
  const one = `GET /1 HTTP/1.1\r\nHost: ${host(scene)}\r\n\r\n`;
  const two = `POST /2 HTTP/1.1\r\nHost: ${host(scene)}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody`;
  await ask(scene, two, one);
  expect(scene.seen.map((request) => [request.url, request.headers.authorization])).toEqual([
    ["/1", `Bearer ${canary}`],
    ["/2", `Bearer ${canary}`],
  ]);
  expect(scene.site.connects()).toBe(1);
});

test("T-G7: another Host behind the same name gets nothing", async () => {
  const scene = await aScene();
  for (const head of [
    `GET / HTTP/1.1\r\nHost: other.site.test\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${host(scene)}\r\nHost: other.site.test\r\n\r\n`,
    `GET https://other.site.test/ HTTP/1.1\r\nHost: ${host(scene)}\r\nConnection: close\r\n\r\n`,
    `TRACE / HTTP/1.1\r\nHost: ${host(scene)}\r\nConnection: close\r\n\r\n`,
    `CONNECT other.site.test:443 HTTP/1.1\r\nHost: ${host(scene)}\r\n\r\n`,
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
  ]) {
    expect(await ask(scene, head)).toMatch(/^HTTP\/1\.1 4/);
  }
  expect(scene.seen).toEqual([]);
  expect(refusals(scene.events)).toHaveLength(6);
});

test("the host itself must prove that it is the host", async () => {
  const impostor = await aScene(["impostor.test"]);
  const wrong = await ask(impostor, `GET / HTTP/1.1\r\nHost: ${host(impostor)}\r\nConnection: close\r\n\r\n`);
  const untrusted = await aScene(["api.site.test"], { roots: [] });
  const unknown = await ask(
    untrusted,
    `GET / HTTP/1.1\r\nHost: ${host(untrusted)}\r\nConnection: close\r\n\r\n`,
  );
  expect([wrong, unknown].map((answer) => answer.slice(9, 12))).toEqual(["502", "502"]);
  expect([impostor.seen, untrusted.seen]).toEqual([[], []]);
});

test("another open host is left as it is: its own certificate, no header", async () => {
  const scene = await aScene(["b.site.test"]);
  const tunnel = await openTunnel(scene.path, `b.site.test:${scene.site.port}`);
  const tls = connectTls({
    socket: tunnel.socket,
    servername: "b.site.test",
    ca: scene.proxy.certificate!,
    rejectUnauthorized: false,
  });
  await once(tls, "secureConnect");
  expect(tls.authorized).toBe(false);
  tls.write(`GET / HTTP/1.1\r\nHost: b.site.test:${scene.site.port}\r\nConnection: close\r\n\r\n`);
  await text(tls);
  expect(scene.seen[0]!.headers.authorization).toBeUndefined();
});

test("a secret is never sent in the open", async () => {
  const seen: IncomingMessage[] = [];
  const plain = await keep(
    aServer((request, response) => {
      seen.push(request);
      response.end();
    }),
  );
  const rig = await keep(
    aRig({ allow: [{ host: "*.site.test", ports: [plain.port] }, opened(plain.port)], secrets: [secret] }),
  );
  const name = `api.site.test:${plain.port}`;
  await raw(rig.path, `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
  const tunnel = await openTunnel(rig.path, name);
  tunnel.socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
  await tunnel.rest();
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

test("a secret is covered wherever the pieces of a body cut it, and the length stays", async () => {
  const body = `x${canary}y${canary.slice(0, 5)}${canary}${canary.slice(0, -1)}`;
  for (let size = 1; size <= body.length; size++) {
    const masking = maskStream([canary, "another-one"]);
    for (let at = 0; at < body.length; at += size) masking.write(body.slice(at, at + size));
    masking.end();
    expect(await text(masking)).toBe(body.replaceAll(canary, "*".repeat(canary.length)));
  }
});
