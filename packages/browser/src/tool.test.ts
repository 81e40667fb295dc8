import type { ToolAnswer } from "@clawd/tools";
import { expect, test } from "vitest";
import type { DriverAnswer } from "./driver/protocol.ts";
import type { OpenBrowser } from "./open-browser.ts";
import { browserTool } from "./tool.ts";

function aContext(said: Partial<DriverAnswer> = {}) {
  const calls: Parameters<OpenBrowser["call"]>[] = [];
  const kept: string[] = [];
  const browser: OpenBrowser = {
    lost: new Promise(() => undefined),
    close: async () => undefined,
    async call(...call) {
      calls.push(call);
      return { isError: false, text: "said", ...said };
    },
  };
  const context = {
    use: (work: (one: OpenBrowser) => Promise<ToolAnswer>) => work(browser),
    isRunning: () => false,
    stop: async () => false,
    receipt: () => ({ place: "host", uid: 1 }) as const,
    readFile: async (path: string) => Buffer.from(path),
    async keepFile(_bytes: Uint8Array, ending: string) {
      kept.push(ending);
      return `media/browser/1.${ending}`;
    },
  };
  const call = (input: object) => browserTool.call(input, context, new AbortController().signal);
  return { call, calls, kept };
}

test.each([
  { action: "status", controlUrl: "http://127.0.0.1:9222" },
  { action: "status", profile: "chrome" },
  { action: "start", cdpUrl: "ws://x" },
  { action: "screenshot", path: "/etc/cron.d/x" },
  { action: "navigate", targetUrl: "http://example.org", proxy: "direct" },
  { action: "act", request: { kind: "click", ref: "e1", selector: "x" } },
  { action: "act", request: { kind: "click", ref: "e1 >> internal:control=enter-frame" } },
  { action: "act", request: { kind: "exec" } },
  { action: "install" },
  {},
])("what no parameter is for is refused, before anything is done: %j", async (input) => {
  const { call, calls } = aContext();
  expect(await call(input)).toMatchObject({ isError: true });
  expect(calls).toEqual([]);
});

test.each([
  [undefined, 8000],
  [1, 500],
  [-5, 500],
  [1e9, 60_000],
  [12_000, 12_000],
])("a time of %j is taken as %j ms", async (timeoutMs, taken) => {
  const { call, calls } = aContext();
  await call({ action: "snapshot", ...(timeoutMs !== undefined && { timeoutMs }) });
  expect(calls[0]![2]).toBe(taken);
});

test("files to upload are read as the run would read them", async () => {
  const { call, calls } = aContext();
  await call({ action: "upload", paths: ["a/one.txt", "two.png"] });
  expect(calls[0]![1]).toEqual([
    { name: "one.txt", mimeType: "text/plain", bytes: Buffer.from("a/one.txt") },
    { name: "two.png", mimeType: "image/png", bytes: Buffer.from("two.png") },
  ]);
});

test("a picture is shown and kept, a document is kept, and both are named", async () => {
  const picture = { mediaType: "image/png", bytes: Buffer.from("p") } as const;
  expect(await aContext({ picture }).call({ action: "screenshot" })).toMatchObject({
    content: [
      { type: "text", text: "said\nFile: media/browser/1.png" },
      { type: "image", mediaType: "image/png" },
    ],
    details: { origin: "web", receipt: { place: "host" } },
  });
  const { call, kept } = aContext({ document: Buffer.from("%PDF") });
  expect(await call({ action: "pdf" })).toMatchObject({
    content: [{ text: "said\nFile: media/browser/1.pdf" }],
  });
  expect(kept).toEqual(["pdf"]);
});

test("neither status nor stop starts one", async () => {
  const { call, calls } = aContext();
  for (const action of ["status", "stop"])
    expect(await call({ action })).toMatchObject({ isError: false, content: [{ text: "No browser runs." }] });
  expect(calls).toEqual([]);
});
