/** What can be done on a page, in a real Chromium on the host. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aBrowser, type BrowserWorld, needsChromium, withoutChromium } from "./a-browser.ts";

const form = `<!doctype html><title>A form</title><h1>Order</h1>
<label>Name <input id=name></label><label>Color <select id=color><option>red<option>blue</select></label>
<label><input type=checkbox id=box> Agree</label>
<button onclick="document.querySelector('#said').textContent = 'ordered by ' + document.querySelector('#name').value; console.warn('pressed')">Order</button>
<button onclick="document.querySelector('#said').textContent = 'said ' + prompt('Your word?')">Ask</button>
<input type=file id=file aria-label=file onchange="this.files[0].text().then(t => document.querySelector('#said').textContent = this.files[0].name + ' ' + this.files[0].type + ' ' + t)">
<a href="/next">Next</a><a href="/file.bin" download>Get</a><p id=said></p><div style="height:30000px"></div>`;

describe.skipIf(withoutChromium)(`actions${needsChromium}`, () => {
  let world: BrowserWorld;

  beforeAll(async () => {
    world = await aBrowser((request, response) => {
      response.setHeader("content-type", "text/html");
      if (request.url === "/next") return response.end("<title>Next</title><h1>The next page</h1>");
      if (request.url === "/never") return;
      if (request.url === "/file.bin") {
        response.setHeader("content-type", "application/octet-stream");
        return response.end("binary");
      }
      response.end(form);
    });
  }, 60_000);
  afterAll(() => world?.close());

  const at = async () => {
    await world.ask({ action: "navigate", targetUrl: `${world.url}/` });
    const { text } = await world.ask({ action: "snapshot" });
    return (name: string) => new RegExp(`${name}.*\\[ref=((?:f\\d+)?e\\d+)\\]`).exec(text)?.[1] ?? "";
  };
  const said = async () => {
    const { text } = await world.ask({
      action: "act",
      request: { kind: "evaluate", fn: "() => document.querySelector('#said').textContent" },
    });
    return text;
  };

  test("a snapshot has refs, and what is typed, chosen and pressed by them happens", async () => {
    const ref = await at();
    const name = ref('textbox "Name"');
    expect(name).toMatch(/^(?:f\d+)?e\d+$/);
    const typed = await world.ask({ action: "act", request: { kind: "type", ref: name, text: "Ada" } });
    expect(typed).toMatchObject({ isError: false, text: expect.stringContaining("Typed.") });
    const filled = await world.ask({
      action: "act",
      request: {
        kind: "fill",
        fields: [
          { ref: name, value: "Ada L." },
          { ref: ref('checkbox "Agree"'), value: true },
        ],
      },
    });
    expect(filled.isError).toBe(false);
    const chosen = await world.ask({
      action: "act",
      request: { kind: "select", ref: ref('combobox "Color"'), values: ["blue"] },
    });
    expect(chosen.text).toContain("Selected: blue");
    await world.ask({ action: "act", request: { kind: "click", ref: ref('button "Order"') } });
    expect(await said()).toContain("ordered by Ada L.");
    expect(await world.ask({ action: "console", level: "warning" })).toMatchObject({
      text: "warning: pressed",
    });
  });

  test("a picture has at most 2000 points a side, of however long a page, and a document is a PDF", async () => {
    await at();
    for (const input of [{}, { fullPage: true }, { element: "h1" }, { type: "jpeg" as const }]) {
      const { picture, text } = await world.ask({ action: "screenshot", ...input });
      expect(picture, text).toBeDefined();
      const bytes = Buffer.from(picture!.bytes);
      if (picture!.mediaType === "image/jpeg")
        expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      else expect(Math.max(bytes.readUInt32BE(16), bytes.readUInt32BE(20))).toBeLessThanOrEqual(2000);
    }
    const { document } = await world.ask({ action: "pdf" });
    expect(Buffer.from(document!).subarray(0, 5).toString()).toBe("%PDF-");
  });

  test("a dialog is dismissed unless it was said how to answer it, and what it said is told", async () => {
    const ref = await at();
    const dismissed = await world.ask({
      action: "act",
      request: { kind: "click", ref: ref('button "Ask"') },
    });
    expect(dismissed.text).toContain("showed a dialog (prompt, dismissed): Your word?");
    await world.ask({ action: "dialog", accept: true, promptText: "yes" });
    await world.ask({ action: "act", request: { kind: "click", ref: ref('button "Ask"') } });
    expect(await said()).toContain("said yes");
  });

  test("files are given to an input, or to the next chooser; downloads are refused", async () => {
    await at();
    const file = { name: "a.txt", mimeType: "text/plain", bytes: Buffer.from("of the place") };
    await world.ask({ action: "upload", element: "#file" }, [file]);
    await expect.poll(said).toContain("a.txt text/plain of the place");
    const again = await at();
    await world.ask({ action: "upload" }, [{ ...file, name: "b.txt" }]);
    await world.ask({ action: "act", request: { kind: "click", ref: again('button "file"') } });
    await expect.poll(said).toContain("b.txt text/plain of the place");
    const clicked = await world.ask({ action: "act", request: { kind: "click", ref: again('link "Get"') } });
    const waited = await world.ask({ action: "act", request: { kind: "wait", timeMs: 500 } });
    expect(clicked.text + waited.text).toContain("downloads are refused");
  });

  test("tabs are opened, found by the beginning of their ids, brought to the front and closed", async () => {
    const { text } = await world.ask({ action: "open", targetUrl: `${world.url}/next` });
    const id = /^Tab (t\d+): Next/.exec(text)![1]!;
    expect((await world.ask({ action: "tabs" })).text).toContain(`Tab ${id}: Next`);
    expect(await world.ask({ action: "focus", targetId: "t1" })).toMatchObject({ isError: false });
    expect(await world.ask({ action: "snapshot", targetId: id, format: "aria", limit: 1 })).toMatchObject({
      text: expect.stringContaining("The next page"),
    });
    expect(await world.ask({ action: "close", targetId: id })).toMatchObject({ isError: false });
    expect(await world.ask({ action: "snapshot", targetId: id })).toMatchObject({
      isError: true,
      text: "There is no such tab.",
    });
  });

  test("a page that never answers does not hold the browser up", async () => {
    await at();
    const hung = await world.ask({
      action: "act",
      request: { kind: "evaluate", fn: "() => { for (;;); }" },
      timeoutMs: 1000,
    });
    expect(hung).toMatchObject({ isError: true, text: expect.stringContaining("Not done within 1000 ms") });
    expect(await world.ask({ action: "open", targetUrl: `${world.url}/next` })).toMatchObject({
      isError: false,
    });
    expect(await world.ask({ action: "close", targetId: "t1" })).toMatchObject({ isError: false });
  });

  test("a frame that never comes is left out of a snapshot, and does not use up its time", async () => {
    await at();
    await world.ask({
      action: "act",
      request: {
        kind: "evaluate",
        fn: "() => { const f = document.createElement('iframe'); f.src = '/never'; document.body.prepend(f); }",
      },
    });
    const { text, isError } = await world.ask({ action: "snapshot", timeoutMs: 50_000 });
    expect([isError, text]).toEqual([false, expect.stringContaining("iframe")]);
  }, 20_000);

  test("what is missing or wrong in a call is said", async () => {
    expect(await world.ask({ action: "navigate" })).toMatchObject({ text: "navigate needs targetUrl." });
    expect(await world.ask({ action: "act" })).toMatchObject({ text: "act needs request." });
    expect(await world.ask({ action: "act", request: { kind: "click" } })).toMatchObject({
      text: "click needs ref.",
    });
    const gone = await world.ask({ action: "act", request: { kind: "click", ref: "e999" }, timeoutMs: 700 });
    expect(gone).toMatchObject({ isError: true });
  });

  test("when it is closed nothing of it is left", async () => {
    await world.close();
    expect(existsSync(world.profile)).toBe(false);
  });
});
