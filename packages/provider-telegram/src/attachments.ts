/** The files of a message, by reference: nothing is downloaded here. */
import type { Attachment } from "@clawd/provider-kit";
import type { Message } from "grammy/types";
import { maxDownloadBytes } from "./download.ts";

interface File {
  readonly file_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
  readonly mime_type?: string;
}

export function attachmentsOf(message: Message): Attachment[] {
  const found: Attachment[] = [];
  const add = (kind: Attachment["kind"], file: File | undefined, mimeType?: string) => {
    if (typeof file?.file_id === "string") found.push(attachment(kind, file, mimeType));
  };
  // Telegram makes JPEGs of whatever is sent as a photo, and does not say so.
  add("image", bestOf(message.photo), "image/jpeg");
  add("audio", message.audio);
  add("audio", message.voice);
  add("video", message.video);
  add("video", message.video_note, "video/mp4");
  add("video", message.animation);
  // An animation comes a second time as a document, for clients that do not know animations.
  if (message.animation === undefined) add("document", message.document);
  add("document", message.sticker, stickerType(message.sticker));
  return found;
}

/** The largest of a photo's sizes that Telegram gives to bots; where all are larger, the largest, which is refused with a reason. */
function bestOf(sizes: Message["photo"]): File | undefined {
  if (!Array.isArray(sizes)) return undefined;
  const area = ({ width, height }: (typeof sizes)[number]) => width * height;
  const largestFirst = sizes.toSorted((a, b) => area(b) - area(a));
  return largestFirst.find(({ file_size: size = 0 }) => size <= maxDownloadBytes) ?? largestFirst[0];
}

function stickerType(sticker: Message["sticker"]): string {
  if (sticker?.is_video) return "video/webm";
  return sticker?.is_animated ? "application/x-tgsticker" : "image/webp";
}

function attachment(kind: Attachment["kind"], file: File, mimeType: string | undefined): Attachment {
  const { file_id: reference, file_name: name, mime_type: type = mimeType, file_size: size } = file;
  return {
    kind,
    reference,
    name: typeof name === "string" && name !== "" ? name : null,
    mimeType: typeof type === "string" && type !== "" ? type : null,
    size: Number.isSafeInteger(size) ? size! : null,
  };
}
