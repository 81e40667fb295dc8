/** Carries one call out in a browser. Whatever a page does, it ends: with an answer, or with one about what did not come about. */
import type { Browser, BrowserContext } from "playwright-core";
import { refusalOfAddress } from "../address.ts";
import type { BrowserInput } from "../parameters.ts";
import { mistake, toldFault, unreachable } from "./mistake.ts";
import { type PageAction, pageActions, type Told } from "./on-page.ts";
import type { DriverAnswer, UploadFile } from "./protocol.ts";
import { createTabs, type Tab, type Tabs } from "./tabs.ts";
import { titled } from "./titled.ts";

export interface Driver {
  perform(input: BrowserInput, timeoutMs: number, files: readonly UploadFile[]): Promise<DriverAnswer>;
}

/** Everything of a browser is in one context of its own: no download, no service worker, nothing kept. */
export async function createDriver(browser: Browser): Promise<Driver> {
  const context = await browser.newContext({
    acceptDownloads: false,
    serviceWorkers: "block",
    viewport: { width: 1280, height: 800 },
  });
  const tabs = createTabs(context);
  return {
    async perform(input, timeoutMs, files) {
      const late = new AbortController();
      const work = perform({ context, tabs }, input, timeoutMs, files);
      work.catch(() => undefined);
      try {
        return withNotes(
          { ...(await Promise.race([work, tooLate(timeoutMs, late.signal)])), isError: false },
          tabs,
        );
      } catch (fault) {
        return withNotes({ text: toldFault(fault), isError: true }, tabs);
      } finally {
        late.abort();
      }
    },
  };
}

/** What has a time of its own says more, and comes first. */
function tooLate(timeoutMs: number, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const hint = "A page that does not answer can be closed: action close.";
    const timer = setTimeout(
      () => reject(mistake(`Not done within ${timeoutMs} ms. ${hint}`)),
      timeoutMs + 500,
    );
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

function withNotes(answer: DriverAnswer, tabs: Tabs): DriverAnswer {
  const notes = tabs.takeNotes();
  return notes.length === 0 ? answer : { ...answer, text: [answer.text, ...notes].join("\n") };
}

async function perform(
  { context, tabs }: { readonly context: BrowserContext; readonly tabs: Tabs },
  input: BrowserInput,
  timeout: number,
  files: readonly UploadFile[],
): Promise<Told> {
  const { action, targetId } = input;
  if (isPageAction(action))
    return pageActions[action]({ context, tabs, tab: await tabs.find(targetId), input, timeout, files });
  switch (action) {
    case "status":
    case "start":
    case "tabs":
      return { text: await listOf(tabs) };
    case "open": {
      const address = addressIn(input);
      return go(await tabs.open(), address, timeout);
    }
    case "navigate": {
      const address = addressIn(input);
      return go(await tabs.find(targetId), address, timeout);
    }
    case "focus": {
      const tab = await tabs.find(targetId);
      await tabs.focus(tab);
      return { text: await titled(tab), url: tab.page.url() };
    }
    case "close": {
      const tab = targetId === undefined ? tabs.front() : await tabs.find(targetId);
      await tab?.page.close();
      return { text: await listOf(tabs) };
    }
    case "stop":
      throw mistake("The browser is ended from outside.");
  }
}

const isPageAction = (action: BrowserInput["action"]): action is PageAction =>
  Object.hasOwn(pageActions, action);

function addressIn({ targetUrl, action }: BrowserInput): string {
  if (targetUrl === undefined) throw mistake(`${action} needs targetUrl.`);
  const refusal = refusalOfAddress(targetUrl);
  if (refusal !== null) throw mistake(refusal);
  return targetUrl;
}

async function go(tab: Tab, address: string, timeout: number): Promise<Told> {
  const response = await tab.page.goto(address, { timeout, waitUntil: "domcontentloaded" });
  // Pictures and frames may come later; whoever needs them waits for them.
  await tab.page.waitForLoadState("load", { timeout: Math.min(timeout, 3000) }).catch(() => undefined);
  if (response?.headers()["proxy-status"]?.startsWith("clawd;") === true) throw mistake(unreachable);
  const status = response === null || response.status() === 200 ? "" : ` (status ${response.status()})`;
  return { text: `${await titled(tab)}${status}`, url: tab.page.url() };
}

async function listOf(tabs: Tabs): Promise<string> {
  const lines = await Promise.all(tabs.all().map(titled));
  return ["The browser runs.", ...(lines.length === 0 ? ["There is no tab: open one."] : lines)].join("\n");
}
