/**
 * T-G3 with a real Chromium: whatever a page tries, in whatever way, nothing reaches an address that is not open, and no tab is ever
 * at a file or a page of the browser's own. The listeners count whoever connects: nobody does.
 */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import { createServer as createTcp } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  aBrowser,
  aCanary,
  type BrowserWorld,
  listen,
  type Listener,
  needsChromium,
  withoutChromium,
} from "./a-browser.ts";

const forbidden = [
  "file:///etc/passwd",
  "chrome://version/",
  "chrome://settings/",
  "view-source:http://page.example.org/",
  "data:text/html,<title>data</title>",
  "javascript:document.title='script'",
  "devtools://devtools/bundled/inspector.html",
  "chrome-extension://abc/x.html",
  "filesystem:http://page.example.org/temporary/x",
  "ftp://127.0.0.1/",
  "blob:null/x",
  "about:version",
  "http://user:password@page.example.org/",
  "\tfile:///etc/passwd",
  "FILE:///etc/passwd",
  "//etc/passwd",
  "/etc/passwd",
  "",
];

describe.skipIf(withoutChromium)(`the way out${needsChromium}`, () => {
  let world: BrowserWorld;
  let canary: Listener;
  let datagrams: DatagramSocket;
  let received = 0;
  let page = "";

  beforeAll(async () => {
    canary = await aCanary();
    datagrams = createSocket("udp4").on("message", () => received++);
    await new Promise<void>((resolve) => datagrams.bind(0, "127.0.0.1", resolve));
    world = await aBrowser((request, response) => {
      const url = new URL(request.url ?? "/", "http://page.example.org");
      const to = url.searchParams.get("to") ?? "";
      response.setHeader("content-type", "text/html");
      if (url.pathname === "/redirect") return response.writeHead(302, { location: to }).end();
      if (url.pathname === "/refresh") return response.end(`<meta http-equiv=refresh content="0;url=${to}">`);
      if (url.pathname === "/worker.js") {
        response.setHeader("content-type", "text/javascript");
        return response.end(
          `fetch(${JSON.stringify(to)}, { mode: "no-cors" }).then(() => postMessage("reached"), () => postMessage("not"))`,
        );
      }
      response.end(page === "" ? "<title>here</title><h1>here</h1>" : page);
    });
  }, 60_000);
  beforeEach(async () => {
    page = "";
    await world.ask({ action: "navigate", targetUrl: `${world.url}/` });
  });
  afterAll(async () => {
    await world?.close();
    await canary?.stop();
    datagrams?.close();
  });

  const evaluate = async (fn: string) => {
    const { text } = await world.ask({ action: "act", request: { kind: "evaluate", fn } });
    return text;
  };
  const nobodyCame = () => {
    expect(canary.connects()).toBe(0);
    expect(received).toBe(0);
  };
  const tabs = async () => (await world.ask({ action: "tabs" })).text;

  test.each(forbidden)("no tab is sent to %j", async (targetUrl) => {
    for (const action of ["navigate", "open"] as const) {
      expect(await world.ask({ action, targetUrl })).toMatchObject({ isError: true });
      expect(await tabs()).toContain("here");
    }
  });

  test.each([
    "127.0.0.1",
    "localhost",
    "[::1]",
    "0x7f.1",
    "2130706433",
    "0.0.0.0",
    "169.254.169.254",
    "10.0.0.1",
  ])(
    "%s is refused at whatever port, whichever way a page asks for it",
    async (host) => {
      const to = `http://${host}:${canary.port}/`;
      const refused = world.events.length;
      await world.ask({ action: "navigate", targetUrl: to, timeoutMs: 5000 });
      await world.ask({ action: "navigate", targetUrl: to.replace("http:", "https:"), timeoutMs: 5000 });
      await world.ask({
        action: "navigate",
        targetUrl: `${world.url}/redirect?to=${encodeURIComponent(to)}`,
        timeoutMs: 5000,
      });
      await world.ask({
        action: "navigate",
        targetUrl: `${world.url}/refresh?to=${encodeURIComponent(to)}`,
        timeoutMs: 5000,
      });
      await world.ask({ action: "act", request: { kind: "wait", timeMs: 300 } });
      await world.ask({ action: "navigate", targetUrl: `${world.url}/` });
      const tried = await evaluate(`async () => {
        const to = ${JSON.stringify(to)}, out = {};
        const soon = (promise) => Promise.race([promise, new Promise((r) => setTimeout(r, 3000, "nothing"))]);
        const loads = (element, parent = document.body) => soon(new Promise((resolve) => {
          element.onload = () => resolve("loaded"); element.onerror = () => resolve("error"); parent.append(element);
        }));
        const made = (name, more) => Object.assign(document.createElement(name), more);
        out.fetch = await fetch(to, { mode: "no-cors" }).then(() => "tried", () => "not");
        out.beacon = navigator.sendBeacon(to, "x");
        out.image = await loads(made("img", { src: to }));
        out.frame = await loads(made("iframe", { src: to }));
        out.script = await loads(made("script", { src: to }), document.head);
        out.style = await loads(made("link", { rel: "stylesheet", href: to }), document.head);
        document.head.append(made("link", { rel: "preconnect", href: to }), made("link", { rel: "dns-prefetch", href: to }),
          made("link", { rel: "prefetch", href: to }), made("link", { rel: "preload", as: "image", href: to }));
        out.socket = await soon(new Promise((r) => { try { const s = new WebSocket(to.replace("http", "ws")); s.onopen = () => r("open"); s.onerror = () => r("error"); } catch { r("refused"); } }));
        out.events = await soon(new Promise((r) => { const s = new EventSource(to); s.onopen = () => r("open"); s.onerror = () => r("error"); }));
        const worker = new Worker("/worker.js?to=" + encodeURIComponent(to));
        out.worker = await soon(new Promise((r) => { worker.onmessage = () => r("tried"); worker.onerror = () => r("error"); }));
        out.service = await soon(Promise.resolve().then(() => navigator.serviceWorker.register("/worker.js?to=" + encodeURIComponent(to))).then(() => "registered", () => "refused"));
        window.open(to); document.body.append(made("form", { action: to, method: "post", id: "f" })); document.getElementById("f").target = "_blank"; document.getElementById("f").submit();
        await new Promise((r) => setTimeout(r, 500));
        return out;
      }`);
      // A plain request is answered by the proxy itself; no socket opens, and no worker stays.
      expect(tried).not.toMatch(/"(?:open|registered)"/);
      await evaluate(`() => { setTimeout(() => { location.href = ${JSON.stringify(to)}; }, 0); }`);
      await world.ask({ action: "act", request: { kind: "wait", timeMs: 500 } });
      nobodyCame();
      expect(world.events.slice(refused).some(({ kind }) => kind === "connection-refused")).toBe(true);
    },
    60_000,
  );

  test("neither WebRTC, nor WebTransport, nor QUIC go around the proxy, and no worker stays", async () => {
    const { port } = datagrams.address() as AddressInfo;
    // A page of 127.0.0.1 counts as secure, so that it has everything.
    await world.ask({ action: "navigate", targetUrl: `http://127.0.0.1:${world.site.port}/` });
    const found = await evaluate(`async () => {
      const candidates = [];
      const peer = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:${port}" },
        { urls: "turn:127.0.0.1:${canary.port}?transport=tcp", username: "a", credential: "b" },
        { urls: "turn:127.0.0.1:${port}?transport=udp", username: "a", credential: "b" }] });
      peer.createDataChannel("x");
      peer.onicecandidate = ({ candidate }) => candidate && candidates.push(candidate.candidate);
      await peer.setLocalDescription(await peer.createOffer());
      await peer.setRemoteDescription({ type: "answer", sdp: peer.localDescription.sdp.replace("actpass", "active") + "a=candidate:1 1 udp 2113937151 127.0.0.1 ${port} typ host\\r\\na=candidate:2 1 tcp 2113937150 127.0.0.1 ${canary.port} typ host tcptype passive\\r\\n" }).catch(() => {});
      const transport = typeof WebTransport === "undefined" ? "absent"
        : await Promise.race([new WebTransport("https://127.0.0.1:${port}/").ready.then(() => "ready", () => "refused"), new Promise((r) => setTimeout(r, 2000, "nothing"))]);
      await new Promise((r) => setTimeout(r, 3000));
      const service = await Promise.race([navigator.serviceWorker.register("/worker.js?to=/").then((one) => one?.scope === undefined ? "refused" : "registered", () => "refused"), new Promise((r) => setTimeout(r, 2000, "nothing"))]);
      return { isSecure: isSecureContext, candidates, transport, service };
    }`);
    expect(found).toContain('"isSecure": true');
    expect(found).toContain('"candidates": []');
    expect(found).not.toMatch(/"(?:ready|registered)"/);
    nobodyCame();
  }, 60_000);

  test.each(forbidden.filter((address) => /^[a-z-]+:/.test(address) && !address.startsWith("http")))(
    "a page cannot take its tab, a frame or a new window to %s",
    async (address) => {
      const to = JSON.stringify(address);
      await evaluate(`async () => {
        const frame = document.createElement("iframe"); frame.src = ${to}; document.body.append(frame);
        const link = Object.assign(document.createElement("a"), { href: ${to}, target: "_blank" }); document.body.append(link); link.click();
        try { window.open(${to}); } catch {}
        await fetch(${to}).then((r) => r.text()).then((text) => { document.title = /root:/.test(text) ? "read" : document.title; }, () => {});
      }`);
      if (!address.startsWith("javascript:"))
        await evaluate(`() => { setTimeout(() => { location.href = ${to}; }, 0); }`);
      await world.ask({ action: "act", request: { kind: "wait", timeMs: 300 } });
      const open = await tabs();
      const addresses = open.split("\n").filter((line) => /^[a-z-]+:/.test(line));
      for (const line of addresses)
        expect(line).toMatch(/^(?:http:|about:blank$|about:blank#blocked$|chrome-error:)/);
      expect(open).not.toContain("read");
      const shown = await world.ask({ action: "snapshot" });
      expect(shown.text).not.toContain("root:");
      for (const id of open.matchAll(/^Tab (t\d+)/gm))
        if (addresses.length > 1) await world.ask({ action: "close", targetId: id[1]! });
      for (const to of [`${world.url}/redirect?to=`, `${world.url}/refresh?to=`])
        await world.ask({
          action: "navigate",
          targetUrl: `${to}${encodeURIComponent(address)}`,
          timeoutMs: 1500,
        });
      await world.ask({ action: "act", request: { kind: "wait", timeMs: 300 } });
      for (const line of (await tabs()).split("\n").filter((text) => /^[a-z-]+:/.test(text)))
        expect(line).toMatch(/^(?:http:|about:blank$|about:blank#blocked$|chrome-error:)/);
    },
    60_000,
  );

  test("no hello hides which server it is meant for", async () => {
    const hellos: Buffer[] = [];
    const tls = await listen(
      createTcp((socket) => {
        socket.once("data", (hello: Buffer) => {
          hellos.push(hello);
          socket.destroy();
        });
      }),
    );
    const seen = await aBrowser((_, response) => response.end(), {
      allow: [
        { host: "*.example.org", ports: [tls.port] },
        { host: "127.0.0.1", ports: [tls.port], private: true },
      ],
    });
    try {
      await seen.ask({ action: "navigate", targetUrl: `https://tls.example.org:${tls.port}/` });
      expect(hellos.length).toBeGreaterThan(0);
      for (const hello of hellos) expect(hello.includes(Buffer.from([0xfe, 0x0d]))).toBe(false);
      expect(hellos[0]!.includes("tls.example.org")).toBe(true);
    } finally {
      await seen.close();
      await tls.stop();
    }
  }, 60_000);
});
