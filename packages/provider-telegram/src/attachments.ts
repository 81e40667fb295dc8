/** The files of a message, by reference: nothing is downloaded here. */
import type { Attachment } from "@clawd/provider-kit";
import type { Message } from "grammy/types";

interface File {
  readonly file_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
  readonly mime_type?: string;
}

export function attachmentsOf(message: Message): Attachment[] {
  const found: Attachment[] = [];
  const add = (kind: Attachment["kind"], file: File | undefined) => {
    if (typeof file?.file_id === "string") found.push(attachment(kind, file));
  };
  // The sizes of one picture, the largest last.
  add("image", message.photo?.at(-1));
  add("audio", message.audio);
  add("audio", message.voice);
  add("video", message.video);
  add("video", message.video_note);
  add("video", message.animation);
  // An animation comes a second time as a document, for clients that do not know animations.
  if (message.animation === undefined) add("document", message.document);
  const { sticker } = message;
  if (sticker?.is_video) add("video", sticker);
  else add(sticker?.is_animated ? "document" : "image", sticker);
  return found;
}

function attachment(kind: Attachment["kind"], file: File): Attachment {
  return {
    kind,
    reference: file.file_id,
    name: file.file_name ?? null,
    mimeType: file.mime_type ?? null,
    size: file.file_size ?? null,
  };
}
