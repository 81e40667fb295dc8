/** The page itself: static files that hold nothing secret, with a policy that lets them load and call nothing but this gateway. */
import { ClawdError } from "@clawd/kernel";
import type { HttpHandler } from "@clawd/provider-kit";
import { readFile } from "node:fs/promises";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const files = [
  "index.html",
  "chat.css",
  "chat.js",
  "gateway.js",
  "conversations.js",
  "attachments.js",
  "file-view.js",
  "view.js",
  "icon.svg",
];

const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  // Always asked for again, so that a newer gateway is never talked to by an older page.
  "cache-control": "no-cache",
};

/**
 * Serves `/` and the page's files; 404 for everything else.
 * @throws CLAWD_WEBCHAT_PAGE when the files are not beside this module.
 */
export async function loadPage(): Promise<HttpHandler> {
  const pages = new Map<string, { readonly type: string; readonly body: string }>();
  try {
    await Promise.all(
      files.map(async (file) => {
        const body = await readFile(new URL(`./page/${file}`, import.meta.url), "utf8");
        const path = file === "index.html" ? "/" : `/${file}`;
        pages.set(path, { type: types[file.split(".").at(-1)!]!, body });
      }),
    );
  } catch (cause) {
    throw new ClawdError("CLAWD_WEBCHAT_PAGE", "The files of the web page cannot be read.", {
      hint: "Install the gateway again: the folder page is missing beside it.",
      cause,
    });
  }
  return ({ url, method }) => {
    const page = pages.get(new URL(url).pathname);
    if (page === undefined) return new Response("There is nothing here.\n", { status: 404, headers });
    if (method !== "GET" && method !== "HEAD") {
      return new Response(null, { status: 405, headers: { ...headers, allow: "GET, HEAD" } });
    }
    const body = method === "HEAD" ? null : page.body;
    return new Response(body, { headers: { ...headers, "content-type": page.type } });
  };
}
