/** Fetches a page for a model to read: what people are shown of it, as text, within bounds. Programs' data passes through as it is. */
import { EgressFault, isEgressFault } from "./fault.ts";
import type { FetchedResponse, GuardedFetch } from "./fetch.ts";
import { decodeText } from "./page/charset.ts";
import { withoutInvisible } from "./page/invisible.ts";
import type { PageFormat } from "./page/readable.ts";
import type { EgressRules } from "./rules.ts";

export interface PageOptions {
  /** Default `markdown`. */
  readonly format?: PageFormat;
  /** Of the text. Default 40000. */
  readonly maxChars?: number;
  /** Of the page itself; more is not read. Default 2 MiB. */
  readonly maxBytes?: number;
  readonly rules?: EgressRules;
  readonly signal?: AbortSignal;
}

export interface Page {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly mediaType: string | null;
  readonly title: string | null;
  readonly text: string;
  /** There was more than `text` holds. */
  readonly isCut: boolean;
}

/**
 * @throws what `GuardedFetch` throws, and EgressFault CLAWD_EGRESS_CONTENT for pictures, archives and other binary content, and for
 * pages that are built to exhaust their reader.
 */
export type FetchPage = (url: string, options?: PageOptions) => Promise<Page>;

export function createPageFetcher(guardedFetch: GuardedFetch): FetchPage {
  return async (url, options = {}) => {
    const { format = "markdown", maxChars = 40_000, maxBytes = 2 * 1024 * 1024, rules, signal } = options;
    const response = await guardedFetch(url, {
      maxBytes,
      headers: {
        accept: "text/html, application/xhtml+xml, text/*;q=0.9, application/json;q=0.9, */*;q=0.1",
      },
      ...(rules && { rules }),
      ...(signal && { signal }),
    });
    const kind = kindOf(response.mediaType);
    if (kind === "binary") {
      await response.body[Symbol.asyncIterator]().return?.(undefined);
      throw notReadable();
    }
    const { bytes, isCut } = await readAll(response);
    if (kind !== "html" && bytes.subarray(0, 4096).includes(0) && !isWide(bytes)) throw notReadable();
    const source = decodeText(bytes, response.headers["content-type"]);
    const read =
      kind === "html"
        ? await readHtml(source, response.url, format)
        : { title: null, text: withoutInvisible(source) };
    if (read === null) throw notReadable();
    const { url: finalUrl, status, mediaType } = response;
    const text = cut(read.text, maxChars);
    return {
      url: finalUrl,
      status,
      mediaType,
      title: read.title,
      text,
      isCut: isCut || text.length < read.text.length,
    };
  };
}

/** The parser is loaded by the first page, not by everybody who only connects. */
async function readHtml(source: string, url: string, format: PageFormat) {
  const { readPage } = await import("./page/readable.ts");
  return readPage(source, url, format);
}

function kindOf(mediaType: string | null): "html" | "text" | "binary" {
  if (mediaType === "text/html" || mediaType === "application/xhtml+xml") return "html";
  if (mediaType === null || mediaType.startsWith("text/")) return "text";
  return /^application\/(?:json|xml|javascript|x-ndjson|yaml|toml|graphql)$|\+(?:json|xml|yaml)$/.test(
    mediaType,
  )
    ? "text"
    : "binary";
}

async function readAll(
  response: FetchedResponse,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of response.body) pieces.push(piece);
  } catch (fault) {
    // What has arrived up to the bound is worth reading.
    if (!isEgressFault(fault) || fault.code !== "CLAWD_EGRESS_TOO_LARGE") throw fault;
    return { bytes: Buffer.concat(pieces), isCut: true };
  }
  return { bytes: Buffer.concat(pieces), isCut: false };
}

/** Never between the halves of one character. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const end = /[\ud800-\udbff]/.test(text[maxChars - 1] ?? "") ? maxChars - 1 : maxChars;
  return text.slice(0, end);
}

const isWide = (bytes: Uint8Array) =>
  (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe);

const notReadable = () =>
  new EgressFault(
    "CLAWD_EGRESS_CONTENT",
    "There is no text to read at this address.",
    "Fetch a page, or a file of text; pictures and archives need other tools.",
  );
