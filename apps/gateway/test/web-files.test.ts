/** Files on the web page, in a real browser, over the real server: up by button, paste and drop, and down so that nothing runs. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@clawd/kernel";
import type { OutboundFile } from "@clawd/provider-kit";
import { fakePorts } from "@clawd/provider-kit/testing";
import { webchat } from "@clawd/provider-webchat";
import { createServer } from "@clawd/server";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  console.warn(`SKIPPED: files on the web page are not tested, there is no ${executablePath}.`);

const contrasts = readFileSync(new URL("contrasts.js", import.meta.url), "utf8");
const token = "a-token-of-this-test-and-of-nothing-else-0";
/** 24 by 16 pixels of one colour. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAH0lEQVR42mPYIGBEFcRAFVM2jBo0atCoQaMGjRo0KA0CAMEdvvDdg2njAAAAAElFTkSuQmCC",
  "base64",
);
const run = "window.wasRun = true; top.wasRun = true; opener && (opener.wasRun = true)";
const html = `<!doctype html><body><script>${run}</script><img src=x onerror="${run}">`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`;

/** The address as the source of everything that can have one. */
const useAsEverything = `async (address) => {
  const made = ["script", "img", "iframe", "embed"].map((kind) => {
    const element = document.createElement(kind);
    element.src = address;
    document.body.append(element);
    return new Promise((resolve) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", resolve);
      setTimeout(resolve, 500);
    });
  });
  await Promise.all(made);
  await import(address).catch(() => {});
}`;

const anAnswer = (name: string, mimeType: string, bytes: string | Uint8Array): OutboundFile => ({
  name,
  mimeType,
  bytes: async () => (typeof bytes === "string" ? Buffer.from(bytes) : bytes),
});

describe.skipIf(!hasBrowser && process.env["CI"] !== "true")(
  "files on the web page",
  { timeout: 60_000 },
  () => {
    let browser: Browser;

    beforeAll(async () => {
      const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
      browser = await chromium.launch({ executablePath, args });
    }, 120_000);

    afterAll(() => browser?.close());

    /** A gateway's server with the page, and somebody signed in. */
    async function aPage(options: Parameters<Browser["newContext"]>[0] = {}) {
      const directory = mkdtempSync(join(tmpdir(), "web-files-"));
      const server = createServer({
        host: "127.0.0.1",
        port: 0,
        token,
        allowedHosts: [],
        health: () => ({ version: "0", providers: {} }) as never,
        clock: systemClock,
        logger: silentLogger,
      });
      const ports = { ...fakePorts({ clock: systemClock }), http: server.mount, directory };
      const connection = webchat.connect({}, ports);
      await connection.start();
      await server.start();
      const context = await browser.newContext(options);
      context.setDefaultTimeout(15_000);
      const violations: string[] = [];
      context.on("weberror", (error) => violations.push(error.error().message));
      await context.exposeBinding("reportViolation", (_, what: string) => violations.push(what));
      await context.addInitScript(`document.addEventListener("securitypolicyviolation", (event) =>
      reportViolation(event.violatedDirective + " " + event.blockedURI))`);
      onTestFinished(async () => {
        await context.close();
        await connection.stop();
        await server.stop();
        rmSync(directory, { recursive: true, force: true });
      });
      const url = `http://127.0.0.1:${server.port}`;
      const page = await context.newPage();
      await page.goto(url);
      await page.getByLabel("The gateway's token").fill(token);
      await page.getByRole("button", { name: "Open the chat" }).click();
      await page.getByText("Connected", { exact: true }).waitFor();
      let deliveries = 0;
      const answer = (text: string, ...files: readonly OutboundFile[]) => {
        deliveries += 1;
        const chat = { kind: "dm", id: "operator", thread: null } as const;
        return connection.send({ deliveryId: `d${deliveries}`, chat, text, replyToMessageId: null, files });
      };
      return { page, context, url, ports, connection, directory, answer, violations };
    }

    type Scene = Awaited<ReturnType<typeof aPage>>;

    const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
      page.getByLabel("Files to attach").setInputFiles(files);
    const send = (page: Page) => page.getByRole("button", { name: "Send" }).click();
    const attached = (page: Page) => page.locator("#attached li");
    const ready = (page: Page, count: number) =>
      expect
        .poll(() => page.locator("#attached li[data-state=ready]").count(), { timeout: 20_000 })
        .toBe(count);

    async function fetched({ connection, ports }: Scene, event: number, file = 0): Promise<Buffer> {
      await expect.poll(() => ports.events.length).toBeGreaterThan(event);
      const { reference } = ports.events[event]!.attachments[file]!;
      const { signal } = new AbortController();
      return Buffer.from((await connection.fetch!(reference, { maxBytes: 1e8 }, signal)).bytes);
    }

    async function wasRun({ context }: Scene): Promise<boolean> {
      const seen = await Promise.all(context.pages().map((page) => page.evaluate("window.wasRun === true")));
      return seen.includes(true);
    }

    test("go up by the button, with a preview, and are shown where they were sent", async () => {
      const scene = await aPage();
      const { page, ports } = scene;
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Attach", exact: true }).click();
      expect((await chooser).isMultiple()).toBe(true);
      await choose(
        page,
        { name: "chart.png", mimeType: "image/png", buffer: png },
        { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("milk") },
      );
      await ready(page, 2);
      expect(await page.locator("#attached img").count()).toBe(1);
      await page.getByLabel("Message", { exact: true }).fill("look");
      await send(page);
      const own = page.locator("li[data-from=operator]");
      await own.locator(".picture img").waitFor();
      expect(await page.evaluate("document.querySelector('li[data-from=operator] img').naturalWidth")).toBe(
        24,
      );
      await own.getByRole("button", { name: "Download notes.txt" }).waitFor();
      expect(await attached(page).count()).toBe(0);
      expect(ports.events).toMatchObject([
        {
          text: "look",
          attachments: [
            { kind: "image", name: "chart.png", mimeType: "image/png", size: png.length },
            { kind: "document", name: "notes.txt", mimeType: "text/plain", size: 4 },
          ],
        },
      ]);
      expect([await fetched(scene, 0), String(await fetched(scene, 0, 1))]).toEqual([png, "milk"]);
      expect(scene.violations).toEqual([]);
    });

    test("go up pasted and dropped, and without a word", async () => {
      const scene = await aPage();
      const { page } = scene;
      // False: the page took it, and the browser does not open it.
      const give = (type: "paste" | "drop", name: string) =>
        page.evaluate(`{
        const data = new DataTransfer();
        data.items.add(new File(["dropped or pasted"], "${name}", { type: "text/plain" }));
        const init = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
        document.body.dispatchEvent(new (${type === "paste" ? "ClipboardEvent" : "DragEvent"})("${type}", init));
      }`);
      expect(await give("paste", "pasted.txt")).toBe(false);
      expect(await give("drop", "dropped.txt")).toBe(false);
      await ready(page, 2);
      await page.getByRole("button", { name: "Remove pasted.txt" }).click();
      await send(page);
      expect(String(await fetched(scene, 0))).toBe("dropped or pasted");
      expect(scene.ports.events[0]).toMatchObject({ text: "", attachments: [{ name: "dropped.txt" }] });
    });

    test("show how far they are when they are large, and cannot be sent half", async () => {
      const scene = await aPage();
      const { page } = scene;
      let parts = 0;
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      await page.route("**/webchat/files/*", async (route) => {
        parts += 1;
        if (parts === 20) await gate;
        await route.continue();
      });
      const buffer = Buffer.alloc(15 * 1024 * 1024, "0123456789abcdef");
      await choose(page, { name: "large.bin", mimeType: "application/octet-stream", buffer });
      await page.getByText("3.6 MB of 15 MB").waitFor();
      const progress = page.getByRole("progressbar", { name: "Upload of large.bin" });
      expect(Number(await progress.getAttribute("value")) / buffer.length).toBeCloseTo(0.24, 1);
      expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
      await page.getByLabel("Message", { exact: true }).press("Enter");
      await page.getByText("still being uploaded").waitFor();
      open();
      await ready(page, 1);
      await send(page);
      expect((await fetched(scene, 0)).equals(buffer)).toBe(true);
      expect(parts).toBe(80);
    });

    test("that are too large, empty or too many are refused before anything is sent, with what to do", async () => {
      const { page, directory } = await aPage();
      await page.getByText("Files: up to 10, each at most 20 MB").waitFor();
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      const large = join(directory, "film.mp4");
      writeFileSync(large, Buffer.alloc(20 * 1024 * 1024 + 1));
      await page.getByLabel("Files to attach").setInputFiles(large);
      await page.getByText("film.mp4 has 20 MB, and 20 MB is the most: send a part of it.").waitFor();
      await choose(page, { name: "none.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) });
      await page
        .getByRole("alert")
        .filter({ hasText: "none.txt is empty, or a folder: choose files." })
        .waitFor();
      expect([await attached(page).count(), requests]).toEqual([0, []]);
      const many = Array.from({ length: 11 }, (_, at) => ({
        name: `${at}.txt`,
        mimeType: "",
        buffer: Buffer.from("x"),
      }));
      await choose(page, ...many);
      await page.getByText("One message takes 10 files: send these first.").waitFor();
      await ready(page, 10);
    });

    test("go on after the gateway was away for a moment", async () => {
      const scene = await aPage();
      const { page } = scene;
      let failures = 0;
      await page.route("**/webchat/files/*", (route) => {
        failures += 1;
        if (failures === 2) return route.abort("connectionreset");
        return failures === 3 ? route.fulfill({ status: 503, body: "{}" }) : route.continue();
      });
      const buffer = Buffer.alloc(600_000, "abc");
      await choose(page, { name: "a.bin", mimeType: "", buffer });
      await ready(page, 1);
      await send(page);
      expect((await fetched(scene, 0)).equals(buffer)).toBe(true);
    });

    test("that nobody can read are taken out, with the reason", async () => {
      const { page, directory } = await aPage();
      const path = join(directory, "gone.bin");
      writeFileSync(path, Buffer.alloc(400_000));
      let open = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      await page.route("**/webchat/files", (route) => gate.then(() => route.continue()));
      await page.getByLabel("Files to attach").setInputFiles(path);
      await attached(page).waitFor();
      rmSync(path);
      open();
      await page.getByText("It cannot be read: it was moved or changed.").waitFor();
      await page.getByLabel("Message", { exact: true }).press("Enter");
      await page.getByText("Take out what could not be uploaded, then send.").waitFor();
      await page.getByRole("button", { name: "Remove gone.bin" }).click();
      expect(await page.getByRole("button", { name: "Send" }).isEnabled()).toBe(true);
    });

    test("of the agent are shown: pictures as pictures, the rest to be saved as it is", async () => {
      const { page, answer, violations } = await aPage();
      await answer(
        "a chart and a table",
        anAnswer("chart.png", "image/png", png),
        anAnswer("t.csv", "text/csv", "a,b\n"),
      );
      const agent = page.locator("li[data-from=agent]");
      await agent.locator(".picture img").waitFor();
      const download = page.waitForEvent("download");
      await agent.getByRole("button", { name: "Download t.csv" }).click();
      const saved = await download;
      expect(saved.suggestedFilename()).toBe("t.csv");
      expect(readFileSync(await saved.path(), "utf8")).toBe("a,b\n");
      expect(violations).toEqual([]);
    });

    test.each([
      ["page.html", "text/html", html],
      ["picture.svg", "image/svg+xml", svg],
      ["picture.png", "image/png", svg],
      ["picture.png", "image/png", html],
      [
        "page.xhtml",
        "application/xhtml+xml",
        `<html xmlns="http://www.w3.org/1999/xhtml"><script>${run}</script></html>`,
      ],
      ["script.js", "text/javascript", run],
      ["manual.pdf", "application/pdf", html],
    ])("of the agent cannot run in the page: %s as %s", async (name, type, content) => {
      const scene = await aPage();
      const { page, context, url, answer, directory } = scene;
      await answer("open this", anAnswer(name, type, content));
      const [id] = readdirSync(join(directory, "answers"));
      const agent = page.locator("li[data-from=agent]");
      // Also the one that begins like a picture and is none, once it could not be shown.
      const saving = page.waitForEvent("download");
      await agent.getByRole("button", { name: `Download ${name}` }).click();
      expect(readFileSync(await (await saving).path(), "utf8")).toBe(content);
      expect(await agent.locator("img").count()).toBe(0);
      // Somebody opens its address: without the token there is nothing.
      expect((await fetch(`${url}/webchat/files/${id}`)).status).toBe(401);
      // With a proxy on the way that adds the token, the worst place for it.
      await context.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
      const other = await context.newPage();
      await other
        .goto(`${url}/webchat/files/${id}`)
        .catch((fault: unknown) => expect(String(fault)).toMatch(/Download is starting|ERR_ABORTED/));
      await page.evaluate(`(${useAsEverything})("/webchat/files/${id}")`);
      expect(await wasRun(scene)).toBe(false);
    });

    test("of the agent that are a picture and a script at once are a picture", async () => {
      const scene = await aPage();
      const { page, answer } = scene;
      const both = Buffer.concat([png, Buffer.from(html)]);
      await answer("both", anAnswer("both.html", "text/html", both));
      const link = page.locator("li[data-from=agent] .picture a");
      const opened = page.waitForEvent("popup");
      await link.click();
      const other = await opened;
      await other.waitForLoadState();
      expect(await other.evaluate("document.contentType")).toBe("image/png");
      expect(await wasRun(scene)).toBe(false);
    });

    test("are kept where only this user can read them", async () => {
      const { page, answer, directory } = await aPage();
      await choose(page, { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
      await ready(page, 1);
      await answer("here", anAnswer("b.txt", "text/plain", "y"));
      for (const folder of ["uploads", "answers"]) {
        expect(statSync(join(directory, folder)).mode & 0o777).toBe(0o700);
        const [name] = readdirSync(join(directory, folder));
        expect(statSync(join(directory, folder, name!)).mode & 0o777).toBe(0o600);
      }
    });

    test.each(["light", "dark"] as const)(
      "can be read in %s mode, and fit a telephone",
      async (colorScheme) => {
        const { page, answer } = await aPage({ colorScheme, viewport: { width: 320, height: 568 } });
        await answer(
          "here",
          anAnswer(`${"long-name-".repeat(12)}.csv`, "text/csv", "a"),
          anAnswer("c.png", "image/png", png),
        );
        await page.locator("li[data-from=agent] img").waitFor();
        await choose(
          page,
          { name: `${"another-long-name-".repeat(8)}.txt`, mimeType: "text/plain", buffer: Buffer.from("x") },
          { name: "c.png", mimeType: "image/png", buffer: png },
        );
        await ready(page, 2);
        const ratios = (await page.evaluate(contrasts)) as { selector: string; ratio: number }[];
        expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
        const field = await page.getByLabel("Message", { exact: true }).boundingBox();
        expect(field!.y + field!.height).toBeLessThanOrEqual(568);
      },
    );
  },
);
