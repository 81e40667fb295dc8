/** The files of a message that is sent now, read before its network hears of it. */
import { isClawdError } from "@clawd/kernel";
import { type OutboundFile, type OutboundMessage, SendError } from "@clawd/provider-kit";
import type { Media, OutboxFile } from "@clawd/store";

/** With bytes that are read when somebody asks. */
export function outboundFile(
  { digest, name, mimeType }: OutboxFile,
  media: Pick<Media, "read">,
): OutboundFile {
  return { name, mimeType, bytes: () => media.read(digest) };
}

/**
 * The message with all its bytes read.
 * @throws SendError CLAWD_MEDIA_MISSING, `rejected`: a lost file does not come back, and the chat's other messages wait behind
 * this one; CLAWD_FILE_UNREADABLE, `not-sent`.
 */
export async function withWholeFiles(message: OutboundMessage): Promise<OutboundMessage> {
  if (message.files === undefined) return message;
  const read = message.files.map(async ({ name, mimeType, bytes: readBytes }): Promise<OutboundFile> => {
    const bytes = await readBytes();
    return { name, mimeType, bytes: () => Promise.resolve(bytes) };
  });
  try {
    return { ...message, files: await Promise.all(read) };
  } catch (cause) {
    const isLost = isClawdError(cause) && cause.code === "CLAWD_MEDIA_MISSING";
    throw new SendError(
      isLost ? "CLAWD_MEDIA_MISSING" : "CLAWD_FILE_UNREADABLE",
      "A file of the message cannot be read.",
      { outcome: isLost ? "rejected" : "not-sent", hint: "Look at the disk of the gateway.", cause },
    );
  }
}
