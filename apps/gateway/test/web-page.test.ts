/** The web page in a real browser, served by the real gateway: what a person sees, types and can be shown. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { aHome, clawdbot, type Home, type RunningGateway, startGateway } from "./harness.ts";

const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
if (!hasBrowser) console.warn(`SKIPPED: the web page is not tested, there is no ${executablePath}.`);

const contrasts = readFileSync(new URL("contrasts.js", import.meta.url), "utf8");

// In CI a missing browser is a failure, never a silence.
describe.skipIf(!hasBrowser && process.env["CI"] !== "true")("the web page", { timeout: 60_000 }, () => {
  let browser: Browser;
  let home: Home;
  let gateway: RunningGateway;
  let contexts: { readonly context: BrowserContext; readonly violations: string[] }[] = [];

  beforeAll(async () => {
    home = aHome();
    gateway = await startGateway(home);
    browser = await chromium.launch({
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  }, 120_000);

  afterEach(async () => {
    const violations = contexts.flatMap((one) => one.violations);
    await Promise.all(contexts.map(({ context }) => context.close()));
    contexts = [];
    // Of the page's own policy, and of anything that a script of the page threw.
    expect(violations).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await gateway?.stop();
    home?.remove();
  });

  async function newContext(options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(10_000);
    const violations: string[] = [];
    contexts.push({ context, violations });
    context.on("weberror", (error) => violations.push(error.error().message));
    await context.exposeBinding("reportViolation", (_, what: string) => violations.push(what));
    await context.addInitScript(`document.addEventListener("securitypolicyviolation", (event) =>
      reportViolation(event.violatedDirective + " " + event.blockedURI))`);
    return context;
  }

  async function openPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${gateway.url}/`);
    return page;
  }

  async function signedIn(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const page = await openPage(await newContext(options));
    await signIn(page, gateway.token);
    await connected(page);
    return page;
  }

  async function signIn(page: Page, token: string): Promise<void> {
    await page.getByLabel("The gateway's token").fill(token);
    await page.getByRole("button", { name: "Open the chat" }).click();
  }

  const connected = (page: Page) => page.getByText("Connected", { exact: true }).waitFor();
  const say = async (page: Page, text: string) => {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.getByRole("button", { name: "Send" }).click();
  };
  const messages = (page: Page, from: "operator" | "agent") => page.locator(`li[data-from=${from}] .text`);
  /** In a conversation of its own, so that no test sees another one's messages. */
  const newConversation = (page: Page) =>
    page.getByRole("button", { name: "New conversation" }).first().click();

  /** Says something new, and waits for the answer to it. */
  async function converse(page: Page, text: string): Promise<void> {
    await say(page, text);
    await messages(page, "agent").filter({ hasText: text }).waitFor();
  }

  test("shows nothing of the chat before the token", async () => {
    const page = await openPage(await newContext());
    await page.getByLabel("The gateway's token").waitFor();
    expect(await page.getByLabel("Message", { exact: true }).isVisible()).toBe(false);
  });

  test("refuses a wrong token, says what to do, and takes the right one then", async () => {
    const page = await openPage(await newContext());
    await signIn(page, "x".repeat(43));
    await page.getByRole("alert").filter({ hasText: "The gateway refused this token." }).waitFor();
    expect(await page.getByLabel("Message", { exact: true }).isVisible()).toBe(false);
    await signIn(page, gateway.token);
    await connected(page);
    expect(await page.getByRole("alert").isVisible()).toBe(false);
  });

  test("answers a message", async () => {
    const page = await signedIn();
    await newConversation(page);
    await converse(page, "is anybody there?");
    expect(await messages(page, "operator").allTextContents()).toEqual(["is anybody there?"]);
  });

  test("keeps conversations apart, and shows where something new is", async () => {
    const page = await signedIn();
    await newConversation(page);
    await converse(page, "the first of two");
    await newConversation(page);
    await converse(page, "the second of two");
    expect(await messages(page, "operator").allTextContents()).toEqual(["the second of two"]);
    await page.getByRole("button", { name: "the first of two" }).click();
    expect(await messages(page, "operator").allTextContents()).toEqual(["the first of two"]);
  });

  test("goes on after a reload, with what was said before", async () => {
    const page = await signedIn();
    await newConversation(page);
    await converse(page, "before the reload");
    await page.reload();
    await connected(page);
    await page.getByRole("button", { name: "before the reload", exact: true }).waitFor();
    expect(await page.title(), "nothing of it is news").toBe("Clawdbot");
    await page.getByRole("button", { name: "before the reload" }).click();
    await converse(page, "after the reload");
    expect(await messages(page, "operator").allTextContents()).toEqual([
      "before the reload",
      "after the reload",
    ]);
  });

  test("opens a conversation at its end, and a new answer comes into view", async () => {
    const page = await signedIn();
    await newConversation(page);
    const long = `the long one ${"\nanother line".repeat(60)}`;
    await converse(page, long);
    await converse(page, "and the last");
    await newConversation(page);
    await page.getByRole("button", { name: "the long one" }).click();
    const last = await messages(page, "agent").last().boundingBox();
    const field = await page.getByLabel("Message", { exact: true }).boundingBox();
    expect(last!.y + last!.height).toBeLessThanOrEqual(field!.y);
    expect(last!.y).toBeGreaterThan(0);
  });

  test("shows the same in two tabs, each with a token of its own", async () => {
    const context = await newContext();
    const pages = [await openPage(context), await openPage(context)] as const;
    for (const page of pages) {
      await signIn(page, gateway.token);
      await connected(page);
    }
    const [one, other] = pages;
    await one.bringToFront();
    await newConversation(one);
    await converse(one, "seen by both");
    await other.bringToFront();
    await other.getByRole("button", { name: "seen by both" }).click();
    await messages(other, "agent").filter({ hasText: "seen by both" }).waitFor();
    expect(await messages(other, "operator").allTextContents()).toEqual(["seen by both"]);
  });

  test.each([
    "<script>window.wasRun = true</script>",
    '<img src="x" onerror="window.wasRun = true">',
    '<a href="javascript:window.wasRun = true">press here</a>',
    "<style>body { display: none }</style><h1>big</h1>",
  ])("shows %s as it was written, and nothing of it is obeyed", async (text) => {
    const page = await signedIn();
    await newConversation(page);
    await converse(page, text);
    expect(await messages(page, "operator").allTextContents()).toEqual([text]);
    // The answer of the practice model repeats it.
    expect((await messages(page, "agent").allTextContents())[0]).toContain(text);
    expect(await page.locator("#chat :is(script, img, a, style, h1)").count()).toBe(0);
    expect(await page.evaluate("window.wasRun")).toBeUndefined();
  });

  test("runs no script that somebody slipped into it, whatever way it came in", async () => {
    const page = await signedIn();
    await page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "window.wasRun = true";
      document.body.append(script);
    }`);
    expect(await page.evaluate("window.wasRun")).toBeUndefined();
    // This one was to be; and the other tests' emptiness of this list means something.
    expect(contexts[0]!.violations.splice(0)).toEqual(["script-src-elem inline"]);
  });

  test("takes a file to where the agent works, and the conversation goes on", async () => {
    const page = await signedIn();
    await newConversation(page);
    const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("milk and bread") };
    await page.getByLabel("Files to attach").setInputFiles(notes);
    await page.locator("#attached li[data-state=ready]").waitFor();
    await converse(page, "what is in it?");
    await page.getByRole("button", { name: "Download notes.txt" }).waitFor();
    const inbound = join(home.directory, "clawd/media/inbound/notes.txt");
    expect(readFileSync(inbound, "utf8")).toBe("milk and bread");
  });

  test("works with the keyboard alone", async () => {
    const page = await openPage(await newContext());
    const { keyboard } = page;
    await page.locator("#token:focus").waitFor();
    await keyboard.type(gateway.token);
    await keyboard.press("Enter");
    await connected(page);
    await page.locator("#text:focus").waitFor();
    await keyboard.press("Shift+Tab");
    while ((await focused(page)) !== "New conversation") await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await page.locator("#text:focus").waitFor();
    await keyboard.type("typed, one line");
    await keyboard.press("Shift+Enter");
    await keyboard.type("and another");
    await keyboard.press("Enter");
    await messages(page, "agent").filter({ hasText: "and another" }).waitFor();
    expect(await messages(page, "operator").allTextContents()).toEqual(["typed, one line\nand another"]);
    await keyboard.press("Alt+ArrowUp");
    expect(await messages(page, "operator").allTextContents()).not.toContain("typed, one line\nand another");
  });

  const focused = (page: Page) => page.evaluate("document.activeElement.textContent.trim()");

  test("fits a telephone: nothing is wider than the screen, the field is in reach", async () => {
    const page = await signedIn({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });
    await newConversation(page);
    await converse(page, `a long word: ${"x".repeat(300)}`);
    const [width, field] = await Promise.all([
      page.evaluate("document.documentElement.scrollWidth"),
      page.getByLabel("Message", { exact: true }).boundingBox(),
    ]);
    expect(width).toBe(320);
    expect(field!.y + field!.height).toBeLessThanOrEqual(568);
  });

  test.each(["light", "dark"] as const)("can be read in %s mode", async (colorScheme) => {
    const page = await signedIn({ colorScheme });
    await newConversation(page);
    await converse(page, `read in ${colorScheme} mode`);
    const ratios = (await page.evaluate(contrasts)) as { selector: string; ratio: number }[];
    expect(ratios.length).toBeGreaterThan(5);
    // WCAG 2.2, success criterion 1.4.3.
    expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  describe("asks its owner by buttons", () => {
    const withPeople = (...allowFrom: readonly number[]) => ({
      telegram: { botToken: "1:a", apiRoot: "http://127.0.0.1:9", dmPolicy: "allowlist", allowFrom },
    });
    const applied = async () =>
      (JSON.parse((await clawdbot(home, ["config", "apply", "--json"])).stdout) as { state: string }).state;
    const notice = (page: Page, id: number) =>
      page.locator("li[data-from=agent]").filter({ hasText: `telegram:${id}` });
    const operator = (page: Page) => messages(page, "operator").last().textContent();

    beforeAll(async () => {
      // The first config waits for nobody; from then on a wider one does.
      home.configure(withPeople(42));
      expect(await applied()).toBe("in-force");
    });

    test("a press accepts what waits, and the buttons are gone on every page", async () => {
      const [page, other] = [await signedIn(), await signedIn()];
      home.configure(withPeople(42, 43));
      const asked = notice(page, 43);
      await asked.getByRole("group", { name: "Answers" }).waitFor();
      expect(await asked.getByRole("button").allTextContents()).toEqual(["Accept exactly this", "Dismiss"]);
      await notice(other, 43).getByRole("button", { name: "Dismiss" }).waitFor();
      const ratios = (await page.evaluate(contrasts)) as { selector: string; ratio: number }[];
      expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
      await asked.getByRole("button", { name: "Accept exactly this" }).click();
      await messages(page, "agent").filter({ hasText: "Accepted. The config is in force." }).waitFor();
      expect(await operator(page)).toMatch(/^\/approve [0-9a-f]{8}$/);
      for (const one of [asked, notice(other, 43)]) {
        await one.getByRole("button").first().waitFor({ state: "detached" });
        expect(await one.getByRole("button").count()).toBe(0);
      }
      expect(await applied()).toBe("in-force");
    });

    test("a press dismisses it, by the keyboard too, and what was asked later keeps its buttons", async () => {
      const page = await signedIn();
      home.configure(withPeople(42, 43, 44));
      await notice(page, 44).getByRole("button", { name: "Dismiss" }).focus();
      home.configure(withPeople(42, 43, 45));
      await notice(page, 45).getByRole("button").first().waitFor();
      await page.keyboard.press("Enter");
      // The later difference waits in place of the one that is dismissed here.
      await messages(page, "agent").filter({ hasText: "Nothing waits under this hash" }).waitFor();
      expect(await notice(page, 44).getByRole("button").count()).toBe(0);
      await notice(page, 45).getByRole("button", { name: "Dismiss" }).click();
      await messages(page, "agent").filter({ hasText: "Dismissed." }).waitFor();
      expect(await operator(page)).toMatch(/^\/deny [0-9a-f]{8}$/);
      home.configure(withPeople(42, 43));
      expect(await applied()).toBe("in-force");
    });
  });
});
