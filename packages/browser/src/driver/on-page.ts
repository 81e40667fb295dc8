/** The actions that are about the page of one tab. */
import type { BrowserContext } from "playwright-core";
import type { BrowserInput } from "../parameters.ts";
import { act } from "./act.ts";
import { bounded } from "./bounded.ts";
import { outline, paper, picture } from "./look.ts";
import { mistake } from "./mistake.ts";
import type { DriverAnswer, UploadFile } from "./protocol.ts";
import type { ConsoleLine, Tab, Tabs } from "./tabs.ts";
import { titled } from "./titled.ts";
import { upload } from "./upload.ts";

export type Told = Omit<DriverAnswer, "isError">;

export interface OnPage {
  readonly context: BrowserContext;
  readonly tabs: Tabs;
  readonly tab: Tab;
  readonly input: BrowserInput;
  /** Milliseconds. */
  readonly timeout: number;
  readonly files: readonly UploadFile[];
}

export type PageAction = "snapshot" | "screenshot" | "pdf" | "console" | "dialog" | "upload" | "act";

export const pageActions: Readonly<Record<PageAction, (on: OnPage) => Promise<Told>>> = {
  snapshot: async ({ tab, input, timeout }) => ({
    text: `${await titled(tab)}\n\n${await outline(tab.page, input, timeout)}`,
    url: tab.page.url(),
  }),
  screenshot: async ({ context, tab, input, timeout }) => ({
    picture: await picture(context, tab.page, input, timeout),
    text: await titled(tab),
    url: tab.page.url(),
  }),
  pdf: async ({ tab }) => ({ document: await paper(tab.page), text: await titled(tab), url: tab.page.url() }),
  console: async ({ tab, input }) => ({ text: said(tab.console, input.level), url: tab.page.url() }),
  async dialog({ tabs, input: { accept = false, promptText } }) {
    tabs.armDialog({ accept, ...(promptText !== undefined && { promptText }) });
    return { text: `The next dialog will be ${accept ? "accepted" : "dismissed"}.` };
  },
  upload: async ({ tab, input, files, timeout }) => ({
    text: await upload(tab.page, input, files, timeout),
    url: tab.page.url(),
  }),
  async act({ tab: { id, page }, input: { request }, timeout }) {
    if (request === undefined) throw mistake("act needs request.");
    const text = await act(page, request, timeout);
    return page.isClosed() ? { text } : { text: `${text}\nTab ${id}: ${page.url()}`, url: page.url() };
  },
};

const worse: readonly ConsoleLine["level"][] = ["error", "warning", "info", "debug"];

function said(lines: readonly ConsoleLine[], level: ConsoleLine["level"] = "debug"): string {
  const shown = lines.filter((line) => worse.indexOf(line.level) <= worse.indexOf(level));
  if (shown.length === 0) return "Nothing was said on the console.";
  return bounded(shown.map((line) => `${line.level}: ${line.text}`).join("\n"), 40_000);
}
