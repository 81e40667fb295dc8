/** The files of a message that goes out, read and within the network's limits before anything of the message is sent. */
import { isClawdError } from "@clawd/kernel";
import type { FileCapabilities, OutboundFile } from "./file.ts";
import { SendError } from "./send-error.ts";

/** Most files of one message. */
export const maxFiles = 10;

export interface ReadFile extends Pick<OutboundFile, "name" | "mimeType"> {
  readonly bytes: Uint8Array;
}

/**
 * For a provider, before it sends anything of the message.
 * @throws SendError CLAWD_FILE_COUNT, CLAWD_FILE_EMPTY or CLAWD_FILE_TOO_LARGE, `rejected`; CLAWD_FILE_UNREADABLE, `not-sent`
 */
export async function readFiles(
  files: readonly OutboundFile[] = [],
  { send, maxBytes }: Pick<FileCapabilities, "send" | "maxBytes">,
): Promise<readonly ReadFile[]> {
  const most = send ? maxFiles : 0;
  if (files.length > most) throw rejected("CLAWD_FILE_COUNT", "too many files", `Send at most ${most}.`);
  const read: ReadFile[] = [];
  for (const file of files) {
    const bytes = await bytesOf(file);
    if (bytes.byteLength === 0) throw rejected("CLAWD_FILE_EMPTY", "a file without content", "Leave it out.");
    if (bytes.byteLength > maxBytes) {
      const megabytes = Math.floor(maxBytes / 1024 / 1024);
      throw rejected("CLAWD_FILE_TOO_LARGE", "a file too large", `Send at most ${megabytes} MB.`);
    }
    read.push({ name: file.name, mimeType: file.mimeType, bytes });
  }
  return read;
}

async function bytesOf({ bytes }: OutboundFile): Promise<Uint8Array> {
  try {
    return await bytes();
  } catch (thrown) {
    throw new SendError("CLAWD_FILE_UNREADABLE", "A file of the message could not be read.", {
      outcome: "not-sent",
      hint: isClawdError(thrown) ? thrown.hint : "Look at the disk of the gateway; it is tried again.",
    });
  }
}

function rejected(code: `CLAWD_${string}`, what: string, hint: string): SendError {
  return new SendError(code, `The message has ${what} for this network.`, { outcome: "rejected", hint });
}
