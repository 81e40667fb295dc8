/** Carries one call out in a browser. Whatever a page does, it ends: with an answer, or with one about what did not come about. */
import type { Browser, BrowserContext, FileChooser, Page } from "playwright-core";
import { refusalOfAddress } from "../address.ts";
import type { BrowserInput } from "../parameters.ts";
import { act } from "./act.ts";
import { bounded } from "./bounded.ts";
import { elementOf, outline, paper, picture } from "./look.ts";
import { mistake, toldFault, unreachable } from "./mistake.ts";
import type { DriverAnswer, UploadFile } from "./protocol.ts";
import { type ConsoleLine, createTabs, type Tab, type Tabs } from "./tabs.ts";

export interface Driver {
  perform(input: BrowserInput, timeoutMs: number, files: readonly UploadFile[]): Promise<DriverAnswer>;
}

type Told = Omit<DriverAnswer, "isError">;

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
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const hint = "A page that does not answer can be closed: action close.";
        // What has a time of its own says more, and comes first.
        timer = setTimeout(
          () => reject(mistake(`Not done within ${timeoutMs} ms. ${hint}`)),
          timeoutMs + 500,
        );
      });
      const work = perform({ context, tabs }, input, timeoutMs, files);
      work.catch(() => undefined);
      try {
        return withNotes({ ...(await Promise.race([work, late])), isError: false }, tabs);
      } catch (fault) {
        return withNotes({ text: toldFault(fault), isError: true }, tabs);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function withNotes(answer: DriverAnswer, tabs: Tabs): DriverAnswer {
  const notes = tabs.takeNotes();
  return notes.length === 0 ? answer : { ...answer, text: [answer.text, ...notes].join("\n") };
}

interface Here {
  readonly context: BrowserContext;
  readonly tabs: Tabs;
}

async function perform(
  { context, tabs }: Here,
  input: BrowserInput,
  timeout: number,
  files: readonly UploadFile[],
): Promise<Told> {
  switch (input.action) {
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
      return go(await tabs.find(input.targetId), address, timeout);
    }
    case "focus": {
      const tab = await tabs.find(input.targetId);
      await tabs.focus(tab);
      return { text: await titled(tab), url: tab.page.url() };
    }
    case "close": {
      const tab = input.targetId === undefined ? tabs.front() : await tabs.find(input.targetId);
      await tab?.page.close();
      return { text: await listOf(tabs) };
    }
    case "stop":
      throw mistake("The browser is ended from outside.");
    default:
      return onPage({ context, tabs }, await tabs.find(input.targetId), input, timeout, files);
  }
}

async function onPage(
  { context, tabs }: Here,
  tab: Tab,
  input: BrowserInput,
  timeout: number,
  files: readonly UploadFile[],
): Promise<Told> {
  const { page } = tab;
  const url = () => page.url();
  switch (input.action) {
    case "snapshot":
      return { text: `${await titled(tab)}\n\n${await outline(page, input, timeout)}`, url: url() };
    case "screenshot": {
      const taken = await picture(context, page, input, timeout);
      return { text: await titled(tab), url: url(), picture: taken };
    }
    case "pdf":
      return { text: await titled(tab), url: url(), document: await paper(page) };
    case "console":
      return { text: said(tab.console, input.level), url: url() };
    case "dialog": {
      const { accept = false, promptText } = input;
      tabs.armDialog({ accept, ...(promptText !== undefined && { promptText }) });
      return { text: `The next dialog will be ${accept ? "accepted" : "dismissed"}.` };
    }
    case "upload":
      return { text: await upload(page, input, files, timeout), url: url() };
    case "act": {
      if (input.request === undefined) throw mistake("act needs request.");
      const text = await act(page, input.request, timeout);
      return page.isClosed() ? { text } : { text: `${text}\nTab ${tab.id}: ${url()}`, url: url() };
    }
    default:
      throw mistake("There is no such action.");
  }
}

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

async function titled({ id, page }: Tab): Promise<string> {
  const title = await Promise.race([page.title().catch(() => ""), later(1000)]);
  return `Tab ${id}: ${bounded(title, 200)}\n${page.url().slice(0, 2000)}`;
}

const later = (milliseconds: number) =>
  new Promise<string>((resolve) => setTimeout(resolve, milliseconds, "").unref());

async function listOf(tabs: Tabs): Promise<string> {
  const lines = await Promise.all(tabs.all().map(titled));
  return ["The browser runs.", ...(lines.length === 0 ? ["There is no tab: open one."] : lines)].join("\n");
}

const worse: readonly ConsoleLine["level"][] = ["error", "warning", "info", "debug"];

function said(lines: readonly ConsoleLine[], level: ConsoleLine["level"] = "debug"): string {
  const shown = lines.filter((line) => worse.indexOf(line.level) <= worse.indexOf(level));
  if (shown.length === 0) return "Nothing was said on the console.";
  return bounded(shown.map((line) => `${line.level}: ${line.text}`).join("\n"), 40_000);
}

/** A chooser that nobody opens in this time is not waited for. */
const chooserMs = 120_000;

async function upload(
  page: Page,
  input: BrowserInput,
  files: readonly UploadFile[],
  timeout: number,
): Promise<string> {
  const payload = files.map(({ name, mimeType, bytes }) => ({ name, mimeType, buffer: Buffer.from(bytes) }));
  const element = elementOf(page, input);
  if (element !== undefined) {
    await element.setInputFiles(payload, { timeout });
    return `${files.length} set.`;
  }
  const give = (chooser: FileChooser) => {
    clearTimeout(timer);
    chooser.setFiles(payload, { timeout }).catch(() => undefined);
  };
  page.once("filechooser", give);
  const timer = setTimeout(() => page.off("filechooser", give), chooserMs);
  timer.unref();
  return `The next file chooser of this tab gets ${files.length}.`;
}
