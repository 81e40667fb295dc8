/** Files that the bot sends, alone and as albums. */
import { ApiError, badRequest, tooManyRequests } from "../api-error.ts";
import type { Emulator, Method } from "../emulator.ts";
import {
  chatId,
  flag,
  ignored,
  integer,
  json,
  list,
  object,
  optional,
  readParameters,
  text,
  type RawParameters,
} from "../parameters.ts";
import type { Entity, FileReference, Message } from "../wire.ts";
import { findWritableChat } from "../world.ts";
import { entityList, formatText, sendingShape } from "./content.ts";
import { deliver } from "./deliver.ts";

const longestCaption = 1024;

const captionShape = {
  ...sendingShape,
  chat_id: chatId,
  caption: optional(text),
  parse_mode: optional(text),
  caption_entities: entityList,
  show_caption_above_media: optional(flag),
  has_spoiler: optional(flag),
};

type FileKind = "document" | "photo" | "voice" | "audio" | "video" | "animation";

/** `sendDocument`, `sendPhoto` and the like differ in the field's name and in what is kept of the file. */
function sendFile(kind: FileKind): Method {
  const method = `send${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const details = { duration: optional(integer), width: optional(integer), height: optional(integer) };
  const others = {
    thumbnail: ignored,
    cover: ignored,
    start_timestamp: ignored,
    supports_streaming: ignored,
    disable_content_type_detection: ignored,
    performer: ignored,
    title: ignored,
  };
  return (emulator, raw) => {
    const asked = readParameters(raw, { ...captionShape, ...details, ...others, [kind]: optional(text) });
    const state = findWritableChat(emulator.world, asked.chat_id);
    const given = (asked as Record<string, unknown>)[kind] as string | undefined;
    const content = { ...mediaOf(emulator, raw, kind, given), ...captionOf(asked) };
    return deliver(emulator, method, raw, state, asked, content);
  };
}

interface CaptionRequest {
  readonly caption?: string | undefined;
  readonly parse_mode?: string | undefined;
  readonly caption_entities?: readonly Entity[] | undefined;
}

function captionOf(asked: CaptionRequest): Partial<Message> {
  const content = formatText(
    asked.caption ?? "",
    asked.parse_mode,
    asked.caption_entities,
    longestCaption,
    "message caption is too long",
  );
  return {
    ...(content.text !== "" && { caption: content.text }),
    ...(content.entities.length > 0 && { caption_entities: content.entities }),
  };
}

const largestPhoto = 10 * 1024 * 1024;

function mediaOf(
  emulator: Emulator,
  raw: RawParameters,
  kind: FileKind,
  given: string | undefined,
): Partial<Message> {
  const reference = storedFile(emulator, raw, kind, given);
  if (kind !== "photo") return { [kind]: reference };
  const { content } = emulator.files.byId(reference.file_id)!;
  if (content.length > largestPhoto) {
    throw badRequest(
      `file of size ${content.length} bytes is too big for a photo; the maximum size is ${largestPhoto} bytes`,
    );
  }
  if (emulator.picky && !isPicture(content)) throw badRequest("IMAGE_PROCESS_FAILED");
  return { photo: [{ ...reference, width: 90, height: 90 }] };
}

/** By its first bytes: JPEG, PNG, WebP. */
function isPicture(content: Buffer): boolean {
  const starts = ["ffd8ff", "89504e470d0a1a0a"];
  const hex = content.toString("hex", 0, 12);
  return starts.some((start) => hex.startsWith(start)) || /^52494646.{8}57454250$/.test(hex);
}

const albumKinds = ["photo", "video", "document", "audio"] as const;

const albumItem = object({
  type: text,
  media: text,
  caption: optional(text),
  parse_mode: optional(text),
  caption_entities: entityList,
  show_caption_above_media: optional(flag),
  has_spoiler: optional(flag),
  thumbnail: ignored,
  disable_content_type_detection: ignored,
});

/** The messages of an album come into being together, or none of them does. */
export const sendMediaGroup: Method = (emulator, raw) => {
  const { reply_markup: _none, link_preview_options: _neither, ...shape } = sendingShape;
  const asked = readParameters(raw, { ...shape, chat_id: chatId, media: optional(json(list(albumItem))) });
  const state = findWritableChat(emulator.world, asked.chat_id);
  if (asked.media === undefined) throw badRequest('parameter "media" is required');
  if (asked.media.length === 0) throw badRequest("there are no messages to send");
  if (asked.media.length > 10) throw badRequest("too many messages to send as an album");
  const kinds = asked.media.map(({ type }) => {
    const kind = albumKinds.find((one) => one === type);
    if (kind !== undefined) return kind;
    throw badRequest(`can't parse InputMedia: type "${type}" can't be used in sendMediaGroup`);
  });
  for (const alone of ["document", "audio"] as const) {
    const isMixed = kinds.includes(alone) && kinds.some((kind) => kind !== alone);
    if (isMixed) throw badRequest(`${alone} can't be mixed with other media types`);
  }
  const contents = asked.media.map((item, index) => {
    try {
      return { ...mediaOf(emulator, raw, kinds[index]!, item.media), ...captionOf(item) };
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault;
      const reason = fault.message.replace(/^Bad Request: /, "");
      throw badRequest(`failed to send message #${index + 1} with the error message "${reason}"`);
    }
  });
  const wait = emulator.limiter.admit(state.chat, contents.length);
  if (wait > 0) throw tooManyRequests(wait);
  const album = String(emulator.world.nextAlbum());
  return contents.map((content) =>
    deliver(emulator, "sendMediaGroup", raw, state, asked, { ...content, media_group_id: album }, true),
  );
};

export const sendDocument = sendFile("document");
export const sendPhoto = sendFile("photo");
export const sendVoice = sendFile("voice");
export const sendAudio = sendFile("audio");
export const sendVideo = sendFile("video");
export const sendAnimation = sendFile("animation");

function storedFile(
  { files }: Emulator,
  raw: RawParameters,
  kind: string,
  given: string | undefined,
): FileReference {
  const field = given?.startsWith("attach://") ? given.slice("attach://".length) : kind;
  const upload = raw.uploads.get(field);
  if (upload !== undefined) {
    if (upload.content.length === 0) throw badRequest("file must be non-empty");
    return files.put(kind, upload.content, { file_name: upload.name, mime_type: upload.type });
  }
  if (given === undefined || given === "" || given.startsWith("attach://")) {
    throw badRequest(`there is no ${kind} in the request`);
  }
  const known = files.byId(given);
  if (known === undefined) throw badRequest("wrong file identifier/HTTP URL specified");
  return known.reference;
}
