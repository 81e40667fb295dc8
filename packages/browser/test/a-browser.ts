/** A small web on loopback, a proxy that opens a part of it, and Chromium on the host behind that proxy. */
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEgressProxy, createResolver, type EgressProxyOptions, type ProxyEvent } from "@clawd/egress";
import { systemClock } from "@clawd/kernel";
import { hostEnvironment, hostPlace } from "@clawd/tools/host";
import { browserUser, findChromium } from "../src/find-chromium.ts";
import { hostCommand } from "../src/chromium.ts";
import { openBrowser, type OpenBrowser } from "../src/open-browser.ts";
import type { BrowserInput } from "../src/parameters.ts";
import { makeProfile } from "../src/profile.ts";

const hasChromium = existsSync("/usr/lib/chromium/chromium");
if (!hasChromium && process.env["CI"]) throw new Error("CI needs Chromium: apt-get install chromium.");
export const withoutChromium = !hasChromium;
export const needsChromium = hasChromium ? "" : " [skipped: there is no Chromium]";

export interface Listener {
  readonly port: number;
  /** How many have connected. */
  connects(): number;
  stop(): Promise<void>;
}

export function listen(server: Server): Promise<Listener> {
  let connects = 0;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connects++;
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        connects: () => connects,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      }),
    );
  });
}

/** Counts whoever comes; nobody may. */
export const aCanary = () => listen(createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\ncanary")));
export const aSite = (serve: RequestListener) => listen(createHttp(serve));

export interface BrowserWorld {
  readonly browser: OpenBrowser;
  /** The site, by name; `page.example.org` and whatever else is looked up leads to loopback. */
  readonly url: string;
  readonly site: Listener;
  readonly events: readonly ProxyEvent[];
  readonly profile: string;
  ask(input: BrowserInput, files?: Parameters<OpenBrowser["call"]>[1]): ReturnType<OpenBrowser["call"]>;
  close(): Promise<void>;
}

export async function aBrowser(
  serve: RequestListener,
  change: Partial<EgressProxyOptions> = {},
): Promise<BrowserWorld> {
  const site = await aSite(serve);
  const events: ProxyEvent[] = [];
  const hosts = ["*.example.org", "127.0.0.1"].map((host) => ({
    host,
    ports: [site.port],
    ...(host === "127.0.0.1" && { private: true }),
  }));
  const proxy = createEgressProxy({
    allow: hosts,
    resolver: createResolver({ lookup: () => Promise.resolve(["127.0.0.1"]) }),
    onEvent: (event) => events.push(event),
    ...change,
  });
  const proxyPort = await proxy.listenOnLoopback();
  const workspace = mkdtempSync(join(tmpdir(), "clawd-workspace-"));
  const environment = hostEnvironment();
  const place = hostPlace({ workspace, environment });
  const user = browserUser();
  const profile = makeProfile("00000000", user);
  const browser = await openBrowser({
    place,
    clock: systemClock,
    argv: hostCommand({
      profile: profile.directory,
      proxyPort,
      executable: findChromium(undefined, environment.base["PATH"] ?? ""),
      ...(user !== undefined && { user }),
    }),
    clean: async () => profile.remove(),
  });
  return {
    browser,
    url: `http://page.example.org:${site.port}`,
    site,
    events,
    profile: profile.directory,
    ask: (input, files = []) =>
      browser.call(input, files, input.timeoutMs ?? 10_000, AbortSignal.timeout(60_000)),
    async close() {
      await browser.close();
      place.end();
      await proxy.stop();
      await site.stop();
      rmSync(workspace, { recursive: true, force: true });
    },
  };
}
