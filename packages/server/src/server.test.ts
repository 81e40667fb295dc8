import { once } from "node:events";
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { deferred } from "../test/deferred.ts";
import { ask, askRaw, type Question } from "../test/request.ts";
import { aServer, bearer, newServer, TOKEN } from "../test/server.ts";
import { isClawdbot } from "./listen.ts";
import { bindAddress } from "./index.ts";

const codeOf = (text: string) => (JSON.parse(text) as { error: { code: string } }).error.code;

describe("who may ask what (T-E4)", () => {
  const credentials: Record<string, Record<string, string | string[]>> = {
    none: {},
    wrong: { authorization: "Bearer wrong" },
    right: { ...bearer },
  };
  // By path and method: the status without a token, with a wrong one, with the right one.
  const table: [path: string, method: string, none: number, wrong: number, right: number][] = [
    ["/health", "GET", 200, 200, 200],
    ["/health", "HEAD", 200, 200, 200],
    ["/health", "POST", 405, 405, 405],
    ["/health", "DELETE", 405, 405, 405],
    ["/health/x", "GET", 404, 404, 404],
    ["/page", "GET", 401, 401, 200],
    ["/page", "HEAD", 401, 401, 200],
    ["/page", "POST", 401, 401, 200],
    ["/page", "OPTIONS", 401, 401, 200],
    ["/page/below/it", "GET", 401, 401, 200],
    ["/page/", "GET", 401, 401, 200],
    ["/pages", "GET", 404, 404, 404],
    ["/Page", "GET", 404, 404, 404],
    ["/hook", "POST", 200, 200, 200],
    ["/hook/x", "POST", 200, 200, 200],
    ["/", "GET", 404, 404, 404],
    ["/unknown", "GET", 404, 404, 404],
    ["/unknown", "POST", 404, 404, 404],
  ];
  test.each(table)("%s %s", async (path, method, none, wrong, right) => {
    const { port } = await aServer();
    for (const [name, status] of [["none", none], ["wrong", wrong], ["right", right]] as const) {
      const reply = await ask({ port, path, method, headers: credentials[name]! });
      expect([name, reply.status]).toEqual([name, status]);
    }
  }); // prettier-ignore

  test("a provider's own mistake in naming the authentication keeps the token", async () => {
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/odd", "None" as "none", () => new Response("secret"));
    });
    expect((await ask({ port, path: "/odd" })).status).toBe(401);
  });
});

describe("the token", () => {
  test.each<[string, Question["headers"], string]>([
    ["in the query", {}, `/page?token=${TOKEN}`],
    ["in the query under another name", {}, `/page?access_token=${TOKEN}&authorization=Bearer%20${TOKEN}`],
    ["in a cookie", { cookie: `token=${TOKEN}` }, "/page"],
    ["in a header of another name", { "x-clawdbot-token": TOKEN }, "/page"],
    ["as a password", { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString("base64")}` }, "/page"],
    ["without its scheme", { authorization: TOKEN }, "/page"],
    ["twice", { authorization: [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`] }, "/page"],
    ["after a wrong one", { authorization: ["Bearer wrong", `Bearer ${TOKEN}`] }, "/page"],
    ["with something behind it", { authorization: `Bearer ${TOKEN}x` }, "/page"],
    ["cut off", { authorization: `Bearer ${TOKEN.slice(0, -1)}` }, "/page"],
    ["in other letters", { authorization: `Bearer ${TOKEN.toLowerCase()}` }, "/page"],
    ["left out", { authorization: "Bearer " }, "/page"],
  ])("%s is not accepted", async (_, headers, path) => {
    const { port } = await aServer();
    const reply = await ask({ port, path, headers: headers ?? {} });
    expect(reply.status).toBe(401);
    expect(reply.headers["www-authenticate"]).toBe("Bearer");
    expect(codeOf(reply.text)).toBe("unauthorized");
  });

  test("is not shown to the handler behind it, and other headers are", async () => {
    let seen: Record<string, string> = {};
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/echo", "token", (request) => {
        seen = Object.fromEntries(request.headers);
        return new Response("");
      });
    });
    await ask({ port, path: "/echo", headers: { ...bearer, "x-signature": "s" } });
    expect(seen).toMatchObject({ "x-signature": "s" });
    expect(seen).not.toHaveProperty("authorization");
  });

  test("reaches the handler of an open path, which checks credentials of its own", async () => {
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/own", "none", (request) => new Response(request.headers.get("authorization")));
    });
    expect((await ask({ port, path: "/own", headers: { authorization: "Bearer theirs" } })).text).toBe(
      "Bearer theirs",
    );
  });

  test.each([
    "",
    "short",
    "a".repeat(64),
    "0".repeat(40),
    "12345678901234567890123456789012345678",
    "with a space ".repeat(5),
    "ümlaut".repeat(10),
  ])("%j is too weak to start with, on loopback too (T-E11)", (token) => {
    for (const host of ["127.0.0.1", "0.0.0.0"]) {
      expect(() => newServer({ token, host })).toThrow(expect.objectContaining({ code: "CLAWD_TOKEN_WEAK" }));
    }
  });
});

describe("wrong tokens (T-E6)", () => {
  test("are refused ten times a minute, then with 429, from any address and port; the right one works all the while", async () => {
    const { port, clock, logger } = await aServer();
    const wrong = (n: number, localAddress: string) =>
      ask({ port, path: "/page", headers: { authorization: `Bearer wrong-${n}` }, localAddress });
    const statuses = [];
    for (let n = 0; n < 40; n++)
      statuses.push((await wrong(n, n % 2 === 0 ? "127.0.0.1" : "127.0.0.2")).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.slice(10).every((status) => status === 429)).toBe(true);
    const reply = await wrong(41, "127.0.0.3");
    expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(reply.headers["retry-after"])).toBeLessThanOrEqual(60);
    expect((await ask({ port, path: "/page", headers: bearer })).status).toBe(200);
    // One line for the minute, without the guess.
    expect(logger.lines).toMatchObject([{ level: "warn" }]);
    expect(JSON.stringify(logger.lines)).not.toContain("wrong-");

    await clock.advance(60_000);
    expect((await wrong(42, "127.0.0.1")).status).toBe(401);
    expect(logger.lines).toHaveLength(2);
  });

  test("that are missing altogether are not counted: no page can use up the owner's attempts", async () => {
    const { port, logger } = await aServer();
    for (let n = 0; n < 30; n++) expect((await ask({ port, path: "/page" })).status).toBe(401);
    expect(logger.lines).toEqual([]);
  });
});

describe("Host and Origin", () => {
  const hosts = (port: number): [string, number][] => [
    [`127.0.0.1:${port}`, 200],
    [`localhost:${port}`, 200],
    [`LOCALHOST:${port}`, 200],
    [`[::1]:${port}`, 200],
    ["clawd.example", 200],
    [`clawd.example:${port}`, 200],
    ["proxy.example:8443", 200],
    ["127.0.0.1", 403],
    ["localhost", 403],
    [`127.0.0.1:${port + 1}`, 403],
    [`localhost.evil.example:${port}`, 403],
    [`evil.example:${port}`, 403],
    [`127.0.0.1.evil.example:${port}`, 403],
    [`localhost:${port}.evil.example`, 403],
    [`0.0.0.0:${port}`, 403],
    [`[::ffff:127.0.0.1]:${port}`, 403],
    [`2130706433:${port}`, 403],
    [`user@localhost:${port}`, 403],
    ["proxy.example", 403],
    [`proxy.example:${port}`, 403],
    ["sub.clawd.example", 403],
  ];

  test("only exact names are served", async () => {
    const { port } = await aServer({ allowedHosts: ["Clawd.example", "proxy.example:8443"] });
    for (const [host, status] of hosts(port)) {
      const reply = await ask({ port, path: "/health", headers: { host } });
      expect([host, reply.status]).toEqual([host, status]);
    }
  });

  test("only pages of these names may call, and `null` is none of them", async () => {
    const { port } = await aServer({ allowedHosts: ["clawd.example"] });
    const cases: [string | string[], number][] = [
      [`http://127.0.0.1:${port}`, 200],
      [`http://localhost:${port}`, 200],
      ["https://clawd.example", 200],
      ["null", 403],
      ["", 403],
      ["https://evil.example", 403],
      ["https://clawd.example.evil.example", 403],
      [`http://localhost:${port + 1}`, 403],
      ["file://", 403],
      [`http://localhost:${port}/`, 403],
      [`chrome-extension://localhost:${port}`, 403],
      [[`http://localhost:${port}`, "https://evil.example"], 403],
    ];
    for (const [origin, status] of cases) {
      const reply = await ask({ port, path: "/health", headers: { origin } });
      expect([origin, reply.status]).toEqual([origin, status]);
    }
  });

  test("are checked before the path, the token and the body, and nothing is counted or run", async () => {
    let calls = 0;
    const { port, logger } = await aServer({}, ({ mount }) => {
      mount.handle("/count", "none", () => {
        calls++;
        return new Response("");
      });
    });
    for (const path of ["/count", "/page", "/health", "/unknown", "/a/../b"]) {
      const headers = { origin: "https://evil.example", authorization: "Bearer wrong" };
      expect((await ask({ port, path, method: "POST", headers, body: "x" })).status).toBe(403);
      expect((await ask({ port, path, headers: { host: "evil.example", ...bearer } })).status).toBe(403);
    }
    expect(calls).toBe(0);
    expect(logger.lines).toEqual([]);
  });

  test.each([
    ["no Host", "GET /health HTTP/1.1\r\n\r\n"],
    ["two Hosts", "GET /health HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.example\r\n\r\n"],
    ["the same Host twice", "GET /health HTTP/1.1\r\nHost: localhost:PORT\r\nHost: localhost:PORT\r\n\r\n"],
  ])("%s is a bad request", async (_, text) => {
    const { port } = await aServer();
    expect(await askRaw(port, text.replaceAll("PORT", String(port)))).toMatch(/^HTTP\/1.1 400/);
  });

  test("an empty Host is not served", async () => {
    const { port } = await aServer();
    expect(await askRaw(port, "GET /health HTTP/1.1\r\nHost:\r\n\r\n")).toMatch(/^HTTP\/1.1 403/);
  });

  test.each([
    ["an absolute target", "GET http://evil.example/health HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n"],
    ["a target that is no path", "OPTIONS * HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n"],
  ])("%s is not found", async (_, text) => {
    const { port } = await aServer();
    expect(await askRaw(port, text.replaceAll("PORT", String(port)))).toMatch(/^HTTP\/1.1 404/);
  });
});

describe("claimed addresses (T-E3)", () => {
  test.each([
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-user",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "cf-connecting-ip",
    "true-client-ip",
  ])("%s opens nothing and reaches no handler", async (name) => {
    let seen: string[] = [];
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/seen", "none", (request) => {
        seen = [...request.headers.keys()];
        return new Response("");
      });
    });
    for (const value of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "localhost"]) {
      expect((await ask({ port, path: "/page", headers: { [name]: [value, value] } })).status).toBe(401);
      await ask({ port, path: "/seen", headers: { [name]: value } });
      expect(seen).not.toContain(name);
    }
    expect(
      (await ask({ port, path: "/health", headers: { host: "evil.example", [name]: `localhost:${port}` } }))
        .status,
    ).toBe(403);
  });
});

describe("a path that can be read in more than one way", () => {
  test.each([
    "//page",
    "/page//x",
    "/./page",
    "/x/../page",
    "/page/..",
    "/page/.",
    "/%70%61ge/%2e%2e",
    "/page%2fx",
    "/page%2Fx",
    "/page%5cx",
    "/page%00",
    "/page\\x",
    "/%2e%2e/page",
    "/page/%",
    "/page/%zz",
    "/x%2e%2e%2fpage",
  ])("%s is not found", async (path) => {
    const { port } = await aServer({}, ({ mount }) =>
      mount.handle("/", "none", () => new Response("everything else")),
    );
    const reply = await askRaw(
      port,
      `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1.1 404/);
  });

  test("is never the way around a token: an escaped letter is another path", async () => {
    const { port } = await aServer();
    expect((await ask({ port, path: "/%70age" })).status).toBe(404);
  });
});

describe("health", () => {
  const providers = {
    irc: {
      default: { state: "connected" },
      work: { state: "down", code: "CLAWD_IRC_AUTH", message: "canary", hint: "canary" },
    },
  };

  test("says status, version and states, and nothing else (T-E8)", async () => {
    const { port } = await aServer({
      health: () => ({ status: "ok", version: "1.2.3", providers, token: "canary" }) as never,
    });
    const reply = await ask({ port, path: "/health" });
    expect(reply.status).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(reply.text)).toEqual({
      status: "ok",
      version: "1.2.3",
      providers: { irc: { default: { state: "connected" }, work: { state: "down" } } },
    });
  });

  test.each(["down", "frozen"] as const)("is 503 with the same shape when %s", async (status) => {
    const { port } = await aServer({ health: () => ({ status, version: "1.2.3", providers }) });
    const reply = await ask({ port, path: "/health" });
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text)).toMatchObject({
      status,
      providers: { irc: { default: { state: "connected" } } },
    });
  });

  test("answers HEAD without a body", async () => {
    const { port } = await aServer();
    const reply = await ask({ port, path: "/health", method: "HEAD" });
    expect([reply.status, reply.text]).toEqual([200, ""]);
  });
});

describe("an answer", () => {
  test.each(["/health", "/page", "/unknown", "/hook"])(
    "of %s carries the headers that confine it",
    async (path) => {
      const { port } = await aServer();
      const { headers } = await ask({ port, path });
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy":
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
      expect(headers).not.toHaveProperty("x-powered-by");
      expect(headers).not.toHaveProperty("server");
    },
  );

  test("may name its own content policy and caching, but open itself to nobody", async () => {
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/ui", "none", () => {
        const headers = new Headers({
          "content-security-policy": "default-src 'self'",
          "cache-control": "max-age=60",
          "access-control-allow-origin": "*",
          "access-control-allow-credentials": "true",
          "x-frame-options": "ALLOWALL",
          "referrer-policy": "unsafe-url",
        });
        headers.append("set-cookie", "a=1");
        headers.append("set-cookie", "b=2");
        return new Response("<p>", { status: 201, headers });
      });
    });
    const { status, headers } = await ask({ port, path: "/ui" });
    expect(status).toBe(201);
    expect(headers).toMatchObject({
      "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
      "cache-control": "max-age=60",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "set-cookie": ["a=1", "b=2"],
    });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("to a fault says nothing of it; the log does", async () => {
    const { port, logger } = await aServer({}, ({ mount }) => {
      mount.handle("/broken", "none", () => {
        throw new Error("internal-detail");
      });
      mount.handle("/rejected", "none", async () => Promise.reject(new Error("internal-detail")));
    });
    for (const path of ["/broken", "/rejected"]) {
      const reply = await ask({ port, path });
      expect(reply.status).toBe(500);
      expect(codeOf(reply.text)).toBe("internal");
      expect(reply.text).not.toContain("detail");
    }
    expect(logger.lines).toMatchObject([
      { level: "error", fields: { reason: "internal-detail" } },
      { level: "error" },
    ]);
  });

  test("to a refused request is JSON with a code, a message and a hint", async () => {
    const { port } = await aServer();
    const { text, headers } = await ask({ port, path: "/unknown/<script>" });
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(text)).toEqual({
      error: { code: "not-found", message: expect.any(String), hint: expect.any(String) },
    });
    expect(text).not.toContain("script");
  });
});

describe("a body (T-P1)", () => {
  const megabyte = Buffer.alloc(1024 * 1024, "x");

  test("up to the limit reaches the handler", async () => {
    const { port } = await aServer();
    const body = "x".repeat(256 * 1024);
    const reply = await ask({ port, path: "/hook", method: "POST", body });
    expect(reply.status).toBe(200);
    expect(reply.text).toBe(`hook ${body}`);
  });

  test("announced as too large is refused before the handler is asked", async () => {
    let calls = 0;
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/count", "none", () => {
        calls++;
        return new Response("");
      });
    });
    const reply = await askRaw(
      port,
      `POST /count HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Length: 1000000000\r\n\r\nx`,
      "}}",
    );
    expect(reply).toMatch(/^HTTP\/1.1 413/);
    expect(reply).toContain('"body-too-large"');
    expect(calls).toBe(0);
  });

  test.each([
    ["reads it", async (request: Request) => new Response(await request.text())],
    [
      "swallows the error of reading it",
      (request: Request) =>
        request.text().then(
          () => new Response(),
          () => new Response(null, { status: 400 }),
        ),
    ],
  ])("that grows too large in pieces is 413 when the handler %s", async (_, handler) => {
    const { port, logger } = await aServer({}, ({ mount }) => mount.handle("/read", "none", handler));
    const chunk = `${(65_536).toString(16)}\r\n${"x".repeat(65_536)}\r\n`;
    const reply = await askRaw(
      port,
      `POST /read HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`,
      "}}",
    );
    expect(reply).toMatch(/^HTTP\/1.1 413/);
    expect(logger.lines).toEqual([]);
  });

  test("that nobody reads does not hold the connection: an endless sender is cut off", async () => {
    const { port, clock } = await aServer();
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => {});
    socket.write(
      `POST /page HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`,
    );
    const [reply] = (await once(socket, "data")) as [Buffer];
    expect(reply.toString()).toMatch(/^HTTP\/1.1 401/);
    const closed = once(socket, "close");
    await clock.advance(500);
    await closed;
  });

  test("of a megabyte is refused before and after authentication without being kept", async () => {
    const { port } = await aServer();
    for (const [path, headers] of [["/page", {}], ["/page", bearer], ["/hook", {}], ["/unknown", {}]] as const) {
      const length = { "content-length": String(megabyte.length) };
      const reply = await askRaw(
        port,
        `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
      );
      expect(reply).toMatch(/^HTTP\/1.1 (401|413|404)/);
    }
  }); // prettier-ignore

  test.each([
    ["headers of 20 KB", `X-Long: ${"x".repeat(20_000)}\r\n`, /^HTTP\/1.1 431/],
    ["ten thousand headers", "X-Many: 1\r\n".repeat(10_000), /^HTTP\/1.1 431/],
    ["a malformed header", "no colon\r\n", /^HTTP\/1.1 400/],
    ["two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n", /^HTTP\/1.1 400/],
    ["a length and chunks", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", /^HTTP\/1.1 400/],
  ])("%s are refused by the parser", async (_, header, status) => {
    const { port } = await aServer();
    expect(await askRaw(port, `POST /hook HTTP/1.1\r\nHost: localhost:${port}\r\n${header}\r\n`)).toMatch(
      status,
    );
  });
});

describe("a stream", () => {
  /** Opens `/stream` and resolves once its first piece has come. */
  async function aStream(onCancel: () => void = () => {}) {
    const aborted = deferred<void>();
    const push = deferred<(text: string) => void>();
    const setting = await aServer({}, ({ mount }) => {
      mount.handle("/stream", "token", (request) => {
        request.signal.addEventListener("abort", () => aborted.resolve());
        const body = new ReadableStream({
          start: (controller) => push.resolve((text) => controller.enqueue(new TextEncoder().encode(text))),
          cancel: onCancel,
        });
        return new Response(body, { headers: { "content-type": "text/event-stream" } });
      });
    });
    const request = httpRequest({
      host: "127.0.0.1",
      port: setting.port,
      path: "/stream",
      headers: bearer,
      agent: false,
    });
    request.on("error", () => {});
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.on("error", () => {});
    return { ...setting, request, response, aborted: aborted.promise, push: await push.promise };
  }

  test("comes piece by piece, its headers first", async () => {
    const { response, push } = await aStream();
    expect(response.headers["content-type"]).toBe("text/event-stream");
    for (const text of ["one", "two"]) {
      push(text);
      expect(String((await once(response, "data"))[0])).toBe(text);
    }
  });

  test("ends, and tells its handler, when the client goes away", async () => {
    const cancelled = deferred<void>();
    const { request, aborted } = await aStream(() => cancelled.resolve());
    request.destroy();
    await aborted;
    await cancelled.promise;
  });

  test("ends at once, and tells its handler, when the server stops", async () => {
    const { server, response, aborted, push } = await aStream();
    push("one");
    await once(response, "data");
    const closed = new Promise((resolve) => response.on("close", resolve));
    await server.stop();
    await closed;
    await aborted;
    expect(server.port).toBeUndefined();
  });

  test("waits for a slow reader instead of filling the memory", async () => {
    let produced = 0;
    const { port } = await aServer({}, ({ mount }) => {
      mount.handle("/endless", "none", () => {
        const body = new ReadableStream({
          pull(controller) {
            produced += 65_536;
            controller.enqueue(new Uint8Array(65_536));
          },
        });
        return new Response(body);
      });
    });
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`GET /endless HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    });
    onTestFinished(() => void socket.destroy());
    await once(socket, "readable");
    let before = -1;
    // Until a whole round of the event loop brings nothing new.
    while (before !== produced) {
      before = produced;
      for (let round = 0; round < 50; round++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(produced).toBeLessThan(64 * 1024 * 1024);
  });
});

describe("starting and stopping", () => {
  test("twice is once", async () => {
    const { server, port } = await aServer();
    await server.start();
    expect(server.port).toBe(port);
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    await expect(ask({ port, path: "/health" })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("stop before start is nothing", async () => {
    await newServer().server.stop();
  });

  test("stop ends idle connections", async () => {
    const { server, port } = await aServer();
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`GET /health HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await once(socket, "data");
    const closed = once(socket, "close");
    await server.stop();
    await closed;
  });

  /** A request that is at work until `release` is called. */
  async function atWork() {
    const release = deferred<void>();
    const arrived = deferred<void>();
    const setting = await aServer({}, ({ mount }) => {
      mount.handle("/slow", "none", async () => {
        arrived.resolve();
        await release.promise;
        return new Response("done");
      });
    });
    const reply = ask({ port: setting.port, path: "/slow" });
    reply.catch(() => {});
    await arrived.promise;
    return { ...setting, reply, release: release.resolve };
  }

  test("stop lets a request at work finish", async () => {
    const { server, reply, release, clock } = await atWork();
    const stopped = server.stop();
    await clock.advance(999);
    release();
    expect(await reply).toMatchObject({ status: 200, text: "done" });
    await stopped;
  });

  test("stop waits a second for it, no longer", async () => {
    const { server, reply, release, clock } = await atWork();
    const stopped = server.stop();
    await clock.advance(0);
    await clock.advance(1000);
    await stopped;
    release();
    await expect(reply).rejects.toThrow();
  });

  test("a port in use says whether another gateway has it", async () => {
    const { port } = await aServer();
    await expect(newServer({ port }).server.start()).rejects.toMatchObject({
      code: "CLAWD_PORT_IN_USE",
      hint: expect.stringContaining("another clawdbot gateway"),
    });
    expect(await isClawdbot("127.0.0.1", port)).toBe(true);
  });

  test.each([
    ["something else", (text: string) => text],
    ["a page that is no JSON", () => "<html>"],
    ["an endless answer", () => "x".repeat(1_000_000)],
  ])("a port in use by %s says so", async (_, text) => {
    const other = createHttpServer((_request, response) => response.end(text('{"status":"UP"}')));
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    await expect(
      newServer({ port: (other.address() as AddressInfo).port }).server.start(),
    ).rejects.toMatchObject({
      code: "CLAWD_PORT_IN_USE",
      hint: expect.stringContaining("Another program"),
    });
  });

  test("an address that this machine does not have is a fault with a remedy", async () => {
    await expect(newServer({ host: "203.0.113.1" }).server.start()).rejects.toMatchObject({
      code: "CLAWD_ADDRESS_UNAVAILABLE",
    });
  });

  test("only lan listens on all addresses", () => {
    expect(bindAddress("loopback")).toBe("127.0.0.1");
    expect(bindAddress("lan")).toBe("0.0.0.0");
    expect(bindAddress("Lan" as "lan")).toBe("127.0.0.1");
  });
});

describe("a mount", () => {
  test.each(["", "x", "/x/", "//x", "/x/../y", "/x%2fy", "/health", "/x y"])("at %j is refused", (path) => {
    expect(() => newServer().server.mount.handle(path, "token", () => new Response())).toThrow(
      expect.objectContaining({ code: "CLAWD_SERVER_ROUTE" }),
    );
  });

  test("is refused where another one is, and below it the longer path wins", async () => {
    const { server, port } = await aServer({}, ({ mount }) => {
      mount.handle("/page/open", "none", () => new Response("longer"));
      mount.handle("/", "none", () => new Response("root"));
    });
    expect(() => server.mount.handle("/page", "none", () => new Response("stolen"))).toThrow(
      expect.objectContaining({ code: "CLAWD_SERVER_ROUTE" }),
    );
    expect((await ask({ port, path: "/page/open/x" })).text).toBe("longer");
    expect((await ask({ port, path: "/elsewhere" })).text).toBe("root");
    expect((await ask({ port, path: "/page/other" })).status).toBe(401);
  });
});
