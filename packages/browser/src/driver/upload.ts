/** Gives files to a page: to the input that is named, else to whichever chooser it opens next. */
import type { FileChooser, Page } from "playwright-core";
import type { BrowserInput } from "../parameters.ts";
import { elementOf } from "./look.ts";
import type { UploadFile } from "./protocol.ts";

/** A chooser that nobody opens in this time is not waited for. */
const chooserMs = 120_000;

/** Resolves to what to tell. */
export async function upload(
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
