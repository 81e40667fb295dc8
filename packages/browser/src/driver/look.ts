/** What a page looks like: as an outline with refs, as a picture, on paper. Each is bounded, whatever the page is. */
import type { BrowserContext, CDPSession, Locator, Page } from "playwright-core";
import type { BrowserInput } from "../parameters.ts";
import { bounded } from "./bounded.ts";
import { mistake } from "./mistake.ts";
import type { DriverAnswer } from "./protocol.ts";

const longestOutline = 40_000;
/** Milliseconds for frames that do not come. */
const patience = 2000;
/** What a model takes in one picture. */
const largest = { side: 2000, bytes: 5 * 1024 * 1024 };
/** Points of a page that one picture holds at most. */
const highest = 10_000;
const largestDocument = 20 * 1024 * 1024;

export async function outline(page: Page, input: BrowserInput, timeout: number): Promise<string> {
  if (input.format !== "aria") {
    const of = (time: number) => page.ariaSnapshot({ mode: "ai", timeout: time });
    // A frame that never comes is waited for as long as there is time, and left out then; a slow page is a fault.
    const quick = await of(Math.min(timeout, patience)).catch(() => of(timeout));
    return bounded(quick, longestOutline);
  }
  const lines = (await page.ariaSnapshot({ timeout })).split("\n");
  const { limit = 500 } = input;
  const rest = lines.length > limit ? [`[… ${lines.length - limit} lines more]`] : [];
  return bounded([...lines.slice(0, limit), ...rest].join("\n"), longestOutline);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Scaled down until it fits; as JPEG where a PNG would not. */
export async function picture(
  context: BrowserContext,
  page: Page,
  input: BrowserInput,
  timeout: number,
): Promise<NonNullable<DriverAnswer["picture"]>> {
  const session = await context.newCDPSession(page);
  try {
    await page.bringToFront();
    const box = await boxOf(session, page, input, timeout);
    const scale = Math.min(1, largest.side / Math.max(box.width, box.height));
    const clip = { ...box, scale };
    for (const format of input.type === "jpeg" ? jpegs : [undefined, ...jpegs]) {
      const bytes = await capture(session, clip, format);
      if (bytes.length <= largest.bytes)
        return { mediaType: format === undefined ? "image/png" : "image/jpeg", bytes };
    }
    throw mistake("The picture is too large: take one of an element, or make the window smaller.");
  } finally {
    await session.detach().catch(() => undefined);
  }
}

const jpegs = [80, 50, 20];

async function capture(
  session: CDPSession,
  clip: Box & { readonly scale: number },
  quality: number | undefined,
): Promise<Buffer> {
  const { data } = await session.send("Page.captureScreenshot", {
    ...(quality === undefined ? { format: "png" } : { format: "jpeg", quality }),
    clip,
    captureBeyondViewport: true,
  });
  return Buffer.from(data, "base64");
}

async function boxOf(session: CDPSession, page: Page, input: BrowserInput, timeout: number): Promise<Box> {
  const { cssContentSize, cssVisualViewport } = await session.send("Page.getLayoutMetrics");
  const { pageX, pageY, clientWidth, clientHeight } = cssVisualViewport;
  const element = elementOf(page, input);
  if (element !== undefined) {
    await element.scrollIntoViewIfNeeded({ timeout });
    const scrolled = (await session.send("Page.getLayoutMetrics")).cssVisualViewport;
    const found = await element.boundingBox({ timeout });
    if (found === null || found.width < 1 || found.height < 1) throw mistake("The element is not shown.");
    return within({ ...found, x: found.x + scrolled.pageX, y: found.y + scrolled.pageY });
  }
  if (input.fullPage === true)
    return within({ x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height });
  return within({ x: pageX, y: pageY, width: clientWidth, height: clientHeight });
}

const within = ({ x, y, width, height }: Box): Box => ({
  x,
  y,
  width: Math.min(Math.max(width, 1), highest),
  height: Math.min(Math.max(height, 1), highest),
});

/** The element that the call names, if it names one. */
export function elementOf(page: Page, { ref, inputRef, element }: BrowserInput): Locator | undefined {
  const named = inputRef ?? ref;
  if (named !== undefined) return page.getByRef(named);
  return element === undefined ? undefined : page.locator(`css=${element}`).first();
}

export async function paper(page: Page): Promise<Buffer> {
  const bytes = await page.pdf({ printBackground: true });
  if (bytes.length > largestDocument) throw mistake(`The document is too large (${bytes.length} bytes).`);
  return bytes;
}
