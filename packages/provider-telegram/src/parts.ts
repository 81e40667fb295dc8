/**
 * Cuts a message into what Telegram takes at once: albums, single files with a caption, text. The same message gives the same
 * parts, also after a restart: by their number it is told how much of a message has arrived.
 */
import type { OutboundMessage, ReadFile } from "@clawd/provider-kit";

/** "Bots can currently send files of any type of up to 50 MB": counted in thousands, which leaves room for the form around it. */
export const maxUploadBytes = 50_000_000;
const maxPhotoBytes = 10 * 1024 * 1024;
/** UTF-16 code units. */
const longestCaption = 1024;
const largestAlbum = 10;

export type Form = "photo" | "video" | "animation" | "audio" | "voice" | "document";

export interface FormedFile extends ReadFile {
  readonly form: Form;
}

export interface FilesPart {
  readonly files: readonly FormedFile[];
  readonly caption: string;
}

export interface TextPart {
  readonly text: string;
}

export type Part = FilesPart | TextPart;

export const isFiles = (part: Part): part is FilesPart => "files" in part;

/** How many messages of the network the part becomes. */
export const messagesOf = (part: Part): number => (isFiles(part) ? part.files.length : 1);

/** A text without files is one part. A text too long for a caption, or with buttons below several files, is the last one. */
export function partsOf(
  { text, buttons = [] }: Pick<OutboundMessage, "text" | "buttons">,
  files: readonly ReadFile[],
): readonly Part[] {
  const shown = shownText(text);
  if (files.length === 0) return [{ text: shown }];
  const hasText = shown.trim() !== "";
  const hasButtons = buttons.length > 0;
  const isCaption = shown.length <= longestCaption && !(hasButtons && hasText && files.length > 1);
  // No buttons fit below an album.
  const albums = albumsOf(files.map(formed), hasButtons && !hasText);
  const parts = albums.map((album, index) => ({
    files: album,
    caption: hasText && isCaption && index === 0 ? shown : "",
  }));
  return hasText && !isCaption ? [...parts, { text: shown }] : parts;
}

/** Half a character is no UTF-8, and Telegram would refuse the whole message. */
function shownText(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

const forms: Readonly<Record<string, Form>> = {
  "image/jpeg": "photo",
  "image/png": "photo",
  "image/webp": "photo",
  "image/gif": "animation",
  "video/mp4": "video",
  "audio/mpeg": "audio",
  "audio/mp4": "audio",
  "audio/ogg": "voice",
};

function formed(file: ReadFile): FormedFile {
  const type = file.mimeType.split(";")[0]!.trim().toLowerCase();
  const form = Object.hasOwn(forms, type) ? forms[type]! : "document";
  const isTooLarge = form === "photo" && file.bytes.byteLength > maxPhotoBytes;
  return { ...file, form: isTooLarge ? "document" : form };
}

/** Neighbours that Telegram shows together: pictures with videos, documents and music among themselves. */
function albumsOf(files: readonly FormedFile[], lastAlone: boolean): readonly (readonly FormedFile[])[] {
  const albums: FormedFile[][] = [];
  for (const [index, file] of files.entries()) {
    const album = albums.at(-1);
    const isAlone = lastAlone && index === files.length - 1;
    if (album !== undefined && !isAlone && fits(file, album)) album.push(file);
    else albums.push([file]);
  }
  return albums;
}

function fits(file: FormedFile, album: readonly FormedFile[]): boolean {
  const family = familyOf(file);
  const size = album.reduce((sum, { bytes }) => sum + bytes.byteLength, file.bytes.byteLength);
  return (
    family !== null && family === familyOf(album[0]!) && album.length < largestAlbum && size <= maxUploadBytes
  );
}

function familyOf({ form }: FormedFile): "pictures" | "audio" | "document" | null {
  if (form === "photo" || form === "video") return "pictures";
  return form === "audio" || form === "document" ? form : null;
}
