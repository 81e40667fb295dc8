/** The tabs of one browser, each with what it said on its console. A tab that is somewhere it may not be is closed. */
import type { BrowserContext, Dialog, Page } from "playwright-core";
import { mayStay } from "../address.ts";
import { mistake } from "./mistake.ts";

export interface Tab {
  readonly id: string;
  readonly page: Page;
  readonly console: readonly ConsoleLine[];
}

export interface ConsoleLine {
  readonly level: "error" | "warning" | "info" | "debug";
  readonly text: string;
}

export interface Tabs {
  /** By its id, or what an id begins with; absent: the one in front, opened where there is none. */
  find(id: string | undefined): Promise<Tab>;
  open(): Promise<Tab>;
  focus(tab: Tab): Promise<void>;
  all(): readonly Tab[];
  front(): Tab | undefined;
  /** How the next dialog of any tab is answered; once. */
  armDialog(answer: DialogAnswer): void;
  /** What happened beside what was asked for, since the last time. */
  takeNotes(): readonly string[];
}

export interface DialogAnswer {
  readonly accept: boolean;
  readonly promptText?: string;
}

const most = { tabs: 20, lines: 200, lineLength: 1000, notes: 20, noteLength: 500 };

export function createTabs(context: BrowserContext): Tabs {
  const tabs = new Map<Page, Tab & { readonly console: ConsoleLine[] }>();
  let front: Tab | undefined;
  let count = 0;
  let notes: string[] = [];
  let armed: DialogAnswer | undefined;

  const note = (text: string) => {
    if (notes.length < most.notes) notes.push(text.slice(0, most.noteLength));
  };

  function take(page: Page): Tab {
    const known = tabs.get(page);
    if (known !== undefined) return known;
    const lines: ConsoleLine[] = [];
    const add = (level: ConsoleLine["level"], text: string) => {
      if (lines.length >= most.lines) lines.shift();
      lines.push({ level, text: text.slice(0, most.lineLength) });
    };
    const tab = { id: `t${++count}`, page, console: lines };
    tabs.set(page, tab);
    page.on("console", (message) => add(levelOf(message.type()), message.text()));
    page.on("pageerror", (error) => add("error", error.message));
    page.on("dialog", (dialog) => void answerDialog(tab, dialog));
    page.on("download", () => note(`${tab.id} wanted to download a file: downloads are refused.`));
    page.on("crash", () => {
      note(`${tab.id} crashed and was closed.`);
      drop(page);
    });
    page.on("framenavigated", (frame) => {
      if (frame !== page.mainFrame() || mayStay(frame.url())) return;
      note(`${tab.id} was closed: it went to an address that is not open to it.`);
      drop(page);
    });
    page.on("close", () => {
      tabs.delete(page);
      if (front === tab) front = [...tabs.values()].at(-1);
    });
    return tab;
  }

  function drop(page: Page): void {
    page.close().catch(() => undefined);
  }

  async function answerDialog(tab: Tab, dialog: Dialog): Promise<void> {
    const answer = armed ?? { accept: false };
    armed = undefined;
    note(
      `${tab.id} showed a dialog (${dialog.type()}, ${answer.accept ? "accepted" : "dismissed"}): ${dialog.message()}`,
    );
    await (answer.accept ? dialog.accept(answer.promptText) : dialog.dismiss()).catch(() => undefined);
  }

  context.on("page", (page) => {
    if (tabs.size >= most.tabs) return drop(page);
    const isPopup = !tabs.has(page);
    const tab = take(page);
    if (!mayStay(page.url())) return drop(page);
    if (isPopup) note(`A tab was opened: ${tab.id}`);
  });

  async function open(): Promise<Tab> {
    if (tabs.size >= most.tabs) throw mistake(`There are ${most.tabs} tabs: close some.`);
    const before = notes.length;
    const tab = take(await context.newPage());
    notes.length = before;
    front = tab;
    return tab;
  }

  return {
    open,
    all: () => [...tabs.values()],
    front: () => front,
    async find(id) {
      if (id === undefined) return front ?? open();
      const all = [...tabs.values()];
      const found = all.filter((tab) => tab.id === id);
      const fitting = found.length > 0 ? found : all.filter((tab) => tab.id.startsWith(id));
      if (fitting.length !== 1)
        throw mistake(fitting.length === 0 ? "There is no such tab." : "Several tabs begin so.");
      return fitting[0]!;
    },
    async focus(tab) {
      front = tab;
      await tab.page.bringToFront();
    },
    armDialog(answer) {
      armed = answer;
    },
    takeNotes() {
      const taken = notes;
      notes = [];
      return taken;
    },
  };
}

function levelOf(type: string): ConsoleLine["level"] {
  if (type === "error" || type === "assert") return "error";
  if (type === "warning") return "warning";
  return type === "debug" || type === "trace" ? "debug" : "info";
}
