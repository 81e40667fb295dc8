/** Pictures and documents of pages, where the conversation's files are: whoever may browse cannot fill a disk with them. */
import { isClawdError } from "@clawd/kernel";
import type { Files, Listing } from "@clawd/sandbox";
import { browserFault } from "./fault.ts";

const directory = "media/browser";

/** What may lie there; the agent, and whoever owns its workspace, makes room. */
export const keptBounds = { files: 2000, bytes: 1024 ** 3 };

/**
 * Its path, as the model finds it.
 * @param name one of ours, that nothing there has.
 * @throws CLAWD_BROWSER_FULL, and what `Files` throws
 */
export async function keepFile(files: Files, name: string, bytes: Uint8Array): Promise<string> {
  const { entries, isCut } = await listed(files);
  const used = entries.reduce((sum, { size }) => sum + size, bytes.length);
  if (isCut || entries.length >= keptBounds.files || used > keptBounds.bytes)
    throw browserFault("CLAWD_BROWSER_FULL", `There is no room left in ${directory}.`);
  const path = `${directory}/${name}`;
  await files.write(path, bytes, "absent");
  return path;
}

async function listed(files: Files): Promise<Listing> {
  try {
    return await files.list(directory, keptBounds.files);
  } catch (fault) {
    if (isClawdError(fault) && fault.code === "CLAWD_FILE_MISSING") return { entries: [], isCut: false };
    throw fault;
  }
}
