/** `browser` through the whole gateway: real Chromium on the host and in a container, a scripted model, a page of this test. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Call, callsOf } from "./a-model-with-hands.ts";
import { aWorld, type World } from "./a-world.ts";
import { containerEngine, needsEngine } from "./container-engine.ts";
import { clawdbot, eventually } from "./harness.ts";

let world: World;
let site: Server;
let port: number;
/** Somebody else's service of this machine: nobody may come. */
let canary: Server;
let canaryPort: number;
let visits = 0;
const owner = 42;
const friend = 43;

const page = `<!doctype html><title>Order</title><h1>Order here</h1><label>Name <input></label>
<button onclick="document.querySelector('p').textContent = 'Thank you, ' + document.querySelector('input').value">Order</button>
<input type=file aria-label=attach onchange="this.files[0].text().then((t) => { document.querySelector('p').textContent = t; })"><p></p>`;

const portOf = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

beforeAll(async () => {
  site = createServer((_request, response) => response.setHeader("content-type", "text/html").end(page));
  canary = createServer((_request, response) => response.end("canary"));
  canary.on("connection", () => visits++);
  [port, canaryPort] = await Promise.all([portOf(site), portOf(canary)]);
  world = await aWorld({
    environment: {
      DOCKER_HOST: containerEngine ?? "unix:///nowhere.sock",
      SECRET_CANARY: "canary-of-the-gateway",
    },
  });
  for (const [id, firstName] of [
    [owner, "Ada"],
    [friend, "Ben"],
  ] as const)
    world.telegram.control.addUser({ id, firstName });
  world.home.configure(config());
  mkdirSync(join(world.home.directory, "clawd"));
  writeFileSync(join(world.home.directory, "outside.txt"), "canary-outside");
  await world.start();
}, 60_000);

afterAll(async () => {
  await world?.close();
  site?.close();
  canary?.close();
});

const config = (sandbox: object = {}, rest: object = {}) =>
  world.config(
    { dmPolicy: "allowlist", allowFrom: [owner, friend].map(String) },
    {
      commands: { ownerAllowFrom: [`telegram:${owner}`] },
      tools: { sandbox: { tools: { allow: ["group:fs", "group:runtime", "browser"], deny: [] } } },
      agents: { defaults: { workspace: join(world.home.directory, "clawd"), sandbox } },
      ...rest,
    },
  );
/** What widens waits for an owner's word, which is given here. */
async function configured(sandbox: object): Promise<void> {
  world.home.configure(config(sandbox));
  const offered = await clawdbot(world.home, ["config", "apply", "--json"]);
  const { state, hash } = JSON.parse(offered.stdout) as { state: string; hash: string };
  expect(state).toBe("held");
  expect(await clawdbot(world.home, ["config", "apply", "--ack", hash])).toMatchObject({ code: 0 });
}
const says = (from: number) => () => void world.telegram.control.say({ from, text: "go" });
const browser = (input: object): Call => ({ name: "browser", input: input as Call["input"] });
const act = (request: object) => browser({ action: "act", request });
const evaluate = (fn: string) => act({ kind: "evaluate", fn });
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith("clawd-browser-"));
/** Chromium's processes whose profile has this word in its name. */
const chromiums = () =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("/clawd-browser-");
    } catch {
      return false;
    }
  });

const escapes = (to: string) => `async () => {
  const reached = [];
  await fetch(${JSON.stringify(to)}, { mode: "no-cors" }).catch(() => {});
  await new Promise((r) => { const f = document.createElement("iframe"); f.src = ${JSON.stringify(to)}; f.onload = r; document.body.append(f); setTimeout(r, 2000); });
  await new Promise((r) => { const s = new WebSocket(${JSON.stringify(to.replace("http", "ws"))}); s.onopen = () => { reached.push("socket"); r(); }; s.onerror = r; });
  await fetch("file:///etc/passwd").then((r) => r.text()).then((t) => reached.push(t), () => {});
  return { reached };
}`;

describe("the owner's own browser, on the host", () => {
  test("shows, clicks, types and takes pictures, and what it makes is in the workspace", async () => {
    const made = `document.write(${JSON.stringify(page)})`;
    const { results, offered } = await callsOf(
      world,
      says(owner),
      browser({ action: "open", targetUrl: "about:blank" }),
      evaluate(`() => { ${made} }`),
      browser({ action: "snapshot" }),
      act({ kind: "type", ref: "e4", text: "Ada" }),
      act({ kind: "click", ref: "e5" }),
      browser({ action: "snapshot" }),
      browser({ action: "screenshot" }),
      browser({ action: "pdf" }),
    );
    expect(offered).toContain("browser");
    expect(results.map(({ text, isError }) => (isError ? text : "done"))).toEqual(results.map(() => "done"));
    expect(results[5]!.text).toContain("Thank you, Ada");
    for (const [index, start] of [
      [6, "\x89PNG"],
      [7, "%PDF"],
    ] as const) {
      const [, name] = /File: (media\/browser\/\S+)/.exec(results[index]!.text)!;
      const bytes = readFileSync(join(world.home.directory, "clawd", name!));
      expect(bytes.toString("latin1")).toMatch(new RegExp(`^${start}`));
    }
  }, 90_000);

  test("reaches nothing of this machine, no file, and no other scheme", async () => {
    const to = `http://127.0.0.1:${canaryPort}/`;
    const { results } = await callsOf(
      world,
      says(owner),
      browser({ action: "navigate", targetUrl: to }),
      browser({ action: "navigate", targetUrl: `http://localhost:${world.gateway.port}/health` }),
      browser({ action: "navigate", targetUrl: "file:///etc/passwd" }),
      browser({ action: "open", targetUrl: "chrome://version" }),
      browser({ action: "open", targetUrl: "about:blank" }),
      evaluate(escapes(to)),
      browser({ action: "status", controlUrl: "http://evil.example.org" }),
      browser({ action: "status", profile: "chrome" }),
    );
    expect(results.map(({ isError }) => isError)).toEqual([true, true, true, true, false, false, true, true]);
    expect(results[0]!.text).toContain("This address cannot be reached.");
    expect(results[5]!.text).toContain('"reached": []');
    expect(results[6]!.text).toContain("controlUrl");
    expect(visits).toBe(0);
  }, 60_000);

  test("uploads what `read` would read, and nothing else", async () => {
    writeFileSync(join(world.home.directory, "clawd/note.txt"), "from the workspace");
    const { results } = await callsOf(
      world,
      says(owner),
      evaluate(`() => { document.open(); document.write(${JSON.stringify(page)}); document.close() }`),
      browser({ action: "upload", paths: ["note.txt"], element: "input[type=file]" }),
      act({ kind: "wait", text: "from the workspace" }),
      browser({ action: "upload", paths: ["../outside.txt"], element: "input[type=file]" }),
      browser({ action: "upload", paths: ["/etc/passwd"], element: "input[type=file]" }),
    );
    expect(results.map(({ isError }) => isError)).toEqual([false, false, false, true, true]);
    expect(JSON.stringify(results)).not.toContain("canary-outside");
  }, 60_000);

  test("runs with nothing of the gateway's environment, confined, and never as root", async () => {
    expect(chromiums().length).toBeGreaterThan(0);
    for (const pid of chromiums()) {
      const read = (name: string) => {
        try {
          return readFileSync(`/proc/${pid}/${name}`, "utf8");
        } catch {
          return "";
        }
      };
      expect(read("environ")).not.toContain("canary-of-the-gateway");
      expect(read("cmdline")).not.toContain("--no-sandbox");
      expect(read("status")).not.toMatch(/^Uid:\s+0\s/m);
    }
  });

  test("after a reset of the conversation it is another one, without the pages of before", async () => {
    const [before] = chromiums();
    world.telegram.control.say({ from: owner, text: "/new" });
    await eventually(
      () => world.texts(owner).some((text) => text.startsWith("A new conversation")) || undefined,
    );
    const { results } = await callsOf(world, says(owner), browser({ action: "tabs" }));
    expect(results[0]!.text).toContain("There is no tab");
    expect(chromiums()).not.toContain(before);
  }, 60_000);

  test("one that crashed is told, and the next call starts anew", async () => {
    const [main] = chromiums()
      .map(Number)
      .toSorted((a, b) => a - b);
    process.kill(main!, "SIGKILL");
    await eventually(() => (chromiums().length === 0 ? true : undefined));
    const { results } = await callsOf(
      world,
      says(owner),
      browser({ action: "status" }),
      browser({ action: "tabs" }),
      browser({ action: "status" }),
      browser({ action: "stop" }),
    );
    expect(results.map(({ text }) => text)).toEqual([
      expect.stringContaining("No browser runs."),
      expect.stringContaining("The browser runs."),
      expect.stringContaining("The browser runs."),
      expect.stringContaining("The browser is ended."),
    ]);
    expect(chromiums()).toEqual([]);
    expect(leftovers()).toEqual([]);
  }, 60_000);

  test("a gateway that is killed leaves no Chromium running, and its next start nothing of it", async () => {
    await callsOf(world, says(owner), browser({ action: "start" }));
    expect(leftovers().length).toBe(1);
    await world.gateway.kill();
    await eventually(() => (chromiums().length === 0 ? true : undefined));
    const [left] = leftovers();
    await world.start();
    await callsOf(world, says(owner), browser({ action: "start" }));
    expect(leftovers()).not.toContain(left);
    await callsOf(world, says(owner), browser({ action: "stop" }));
    expect(leftovers()).toEqual([]);
  }, 60_000);

  test("has a record that says where each call ran", () => {
    const finished = world.audit().filter(({ kind }) => kind === "tool-finished");
    expect(finished).toContainEqual(
      expect.objectContaining({
        detail: expect.objectContaining({
          tool: "browser",
          receipt: expect.objectContaining({ place: "host" }),
        }),
      }),
    );
  });
});

describe.skipIf(containerEngine === undefined)(`everybody else's, in a container${needsEngine}`, () => {
  test("is refused while the sandbox has none, and the host's is not taken instead", async () => {
    const { results } = await callsOf(
      world,
      says(friend),
      browser({ action: "open", targetUrl: "about:blank" }),
    );
    expect(results).toMatchObject([{ isError: true }]);
    expect(results[0]!.text).toContain("sandbox.browser.enabled");
    expect(chromiums()).toEqual([]);
  }, 60_000);

  test("is refused where its image is missing, with what makes it", async () => {
    await configured({ browser: { enabled: true, image: "brw-missing:none" } });
    const { results } = await callsOf(world, says(friend), browser({ action: "start" }));
    expect(results).toMatchObject([{ isError: true }]);
    expect(results[0]!.text).toMatch(/no image brw-missing:none/);
    expect(chromiums()).toEqual([]);
  }, 60_000);

  test("reaches what the config opens by the proxy, and nothing else; files are those of its sandbox", async () => {
    const allow = [{ host: "127.0.0.1", ports: [port], private: true }];
    await configured({ browser: { enabled: true }, egress: { allow } });
    const to = `http://127.0.0.1:${canaryPort}/`;
    const { results } = await callsOf(
      world,
      says(friend),
      browser({ action: "navigate", targetUrl: `http://127.0.0.1:${port}/` }),
      browser({ action: "snapshot" }),
      act({ kind: "type", ref: "e4", text: "Ben" }),
      act({ kind: "click", ref: "e5" }),
      browser({ action: "snapshot" }),
      evaluate(escapes(to)),
      { name: "write", input: { path: "note.txt", content: "from the sandbox" } },
      browser({ action: "upload", paths: "note.txt", element: "input[type=file]" }),
      act({ kind: "wait", text: "from the sandbox" }),
      browser({
        action: "upload",
        paths: join(world.home.directory, "outside.txt"),
        element: "input[type=file]",
      }),
      browser({ action: "screenshot", fullPage: true }),
      browser({ action: "navigate", targetUrl: to }),
      {
        name: "bash",
        input: { command: "ls media/browser" },
      },
    );
    expect(results.map(({ text, isError }, index) => (isError ? `${index}: ${text}` : "done"))).toEqual(
      results.map((_, index) => ([9, 11].includes(index) ? expect.stringMatching(/^\d+: /) : "done")),
    );
    expect(results[4]!.text).toContain("Thank you, Ben");
    expect(results[5]!.text).toContain('"reached": []');
    const [, name] = /File: media\/browser\/(\S+)/.exec(results[10]!.text)!;
    expect(results[12]!.text).toContain(name);
    expect(visits).toBe(0);
    expect(chromiums()).toEqual([]);
  }, 120_000);

  const listed = async () => {
    const { stdout } = await clawdbot(world.home, ["sandbox", "list", "--json"]);
    return JSON.parse(stdout) as { containers: { id: string }[]; browsers: { id: string; scope: string }[] };
  };

  test("is listed and removed by the command line, apart from the tools' container, and made anew", async () => {
    const before = await listed();
    expect(before).toMatchObject({ containers: [{}], browsers: [{ scope: "agent:main" }] });
    const removed = await clawdbot(world.home, ["sandbox", "recreate", "--all", "--browser", "--force"]);
    expect(removed).toMatchObject({ code: 0 });
    expect(await listed()).toEqual({ ...before, browsers: [] });
    const { results } = await callsOf(
      world,
      says(friend),
      browser({ action: "navigate", targetUrl: `http://127.0.0.1:${port}/` }),
    );
    expect(results).toMatchObject([{ isError: false }]);
    const explained = await clawdbot(world.home, ["sandbox", "explain"]);
    expect(explained.stdout).toContain("clawdbot-sandbox-browser:bookworm-slim");
  }, 90_000);

  test("nothing of any browser is left when the gateway stops", async () => {
    await callsOf(world, says(owner), browser({ action: "start" }));
    expect(chromiums().length).toBeGreaterThan(0);
    await world.stop();
    expect(await listed()).toEqual({ containers: [], browsers: [] });
    expect(chromiums()).toEqual([]);
    expect(leftovers()).toEqual([]);
  }, 60_000);
});
