/** What can be said of the page without a browser: what it may load, and what its files do not contain. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadPage } from "../src/page.ts";

const folder = new URL("../src/page/", import.meta.url);
const files = readdirSync(folder);
const textOf = (file: string) => readFileSync(new URL(file, folder), "utf8");
const get = async (path: string, method = "GET") =>
  (await loadPage())(new Request(new URL(path, "http://127.0.0.1"), { method }));

describe("the page is served", () => {
  test("as files of their types, each of them", async () => {
    const types: Record<string, string> = {
      html: "text/html",
      css: "text/css",
      js: "text/javascript",
      svg: "image/svg",
    };
    for (const file of files) {
      const response = await get(file === "index.html" ? "/" : `/${file}`);
      expect(response.status, file).toBe(200);
      expect(response.headers.get("content-type")).toContain(types[file.split(".").at(-1)!]);
      expect(await response.text()).toBe(textOf(file));
    }
  });

  test("with a policy under which no other site and no inline script can act", async () => {
    for (const path of ["/", "/chat.js", "/nothing"]) {
      const { headers } = await get(path);
      const policy = headers.get("content-security-policy")!.split("; ");
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });

  test("and nothing else is", async () => {
    for (const path of [
      "/index.html",
      "/page.ts",
      "/page/chat.js",
      "/..%2f..%2fpackage.json",
      "/__proto__",
      "/chat.js/",
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect((await get("/", "POST")).status).toBe(405);
    const head = await get("/", "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("the page's files", () => {
  test.each(files)("%s loads and names no other site", (file) => {
    expect(textOf(file).replace("http://www.w3.org/2000/svg", "")).not.toMatch(
      /https?:|\/\/[a-z]+\.|@import|(?<!Object)url\(/i,
    );
  });

  test("index.html has no inline script, style or handler", () => {
    const html = textOf("index.html");
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
    for (const [tag] of html.matchAll(/<script[^>]*>[^<]*/g))
      expect(tag).toMatch(/^<script type="module" src="\/[a-z]+\.js">$/);
  });

  test("every field has a label, and what changes by itself is announced", () => {
    const html = textOf("index.html");
    for (const [, id] of html.matchAll(/<(?:input|textarea)\s[^>]*?id="([a-z-]+)"/g)) {
      expect(html, id).toContain(`<label for="${id}"`);
    }
    expect(html).toMatch(/id="messages"[^>]*aria-live="polite"/);
    expect(html).toMatch(/id="state"[^>]*role="status"/);
    expect(html).toMatch(/id="sign-in-problem"[^>]*role="alert"/);
  });

  // Security case T-E10: text of people and models is never read as markup.
  test.each(files.filter((file) => file.endsWith(".js")))("%s makes no markup of text", (file) => {
    expect(textOf(file)).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function|setHTML|setAttribute\("(?:src|href)/,
    );
    if (file !== "file-view.js") expect(textOf(file)).not.toMatch(/\.href\s*=|\.src\s*=|createObjectURL/);
  });

  test("file-view.js gives elements only addresses of objects that it made, as pictures or as bytes", () => {
    const text = textOf("file-view.js");
    const given = [...text.matchAll(/\.(?:href|src)\s*=\s*([^;]+);/g)].map(([, value]) => value);
    expect(given).toHaveLength(4);
    for (const value of given) expect(value).toMatch(/^(?:address|addressOf\(file, file\.type\))$/);
    expect(text.match(/createObjectURL/g)).toHaveLength(1);
    const types = [...text.matchAll(/addressOf\([^;{]+?, ([^,;]+)\);/g)].map(([, type]) => type);
    expect(types).toEqual(['"application/octet-stream"', "file.image", "file.type"]);
    expect(text).toMatch(/if \(!pictures\.includes\(file\.type\)\) return null/);
    expect(text).toMatch(/pictures\.includes\(file\.image\) \? picture/);
  });

  // Security case T-E1: a token in an address is kept, passed on and logged.
  test.each(files.filter((file) => file.endsWith(".js")))("%s puts no token into an address", (file) => {
    expect(textOf(file)).not.toMatch(
      /location|history\.|localStorage|document\.cookie|[?&]token|URLSearchParams/,
    );
  });
});
