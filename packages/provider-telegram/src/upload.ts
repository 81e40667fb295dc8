/** One part of a message as a call of the Bot API. */
import type { Client, UploadedFile } from "./client.ts";
import { faultOf } from "./fault.ts";
import { isFiles, type FilesPart, type Form, type FormedFile, type Part } from "./parts.ts";

/** What every call for the message has in common. */
export interface Around {
  readonly chat_id: number;
  readonly message_thread_id?: number;
  readonly reply_parameters?: object;
  readonly reply_markup?: object;
}

/** The ids of the messages that it became. @throws grammY's errors */
export async function sendPart(
  client: Client,
  part: Part,
  around: Around,
  signal: AbortSignal,
): Promise<readonly number[]> {
  if (!isFiles(part)) {
    const { message_id: id } = await client.api.sendMessage(
      // No parse_mode: a model's text is never markup. No previews: nobody but the reader opens a link.
      { ...around, text: part.text, link_preview_options: { is_disabled: true } } as never,
      signal,
    );
    return [id];
  }
  try {
    return await sendFiles(client, part, around, signal);
  } catch (thrown) {
    if (!isOnlyTheForm(thrown)) throw thrown;
    // Nothing of it was shown. As documents the same files are always taken.
    const files = part.files.map((file) => ({ ...file, form: "document" as const }));
    return sendFiles(client, { ...part, files }, around, signal);
  }
}

async function sendFiles(
  client: Client,
  { files, caption }: FilesPart,
  around: Around,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const [file] = files;
  const words = caption === "" ? {} : { caption };
  const uploaded = (one: FormedFile) => client.upload(one.bytes, uploadName(one));
  if (files.length === 1) {
    const { message_id: id } = await sendOne(
      client,
      file!.form,
      uploaded(file!),
      { ...around, ...words },
      signal,
    );
    return [id];
  }
  const { reply_markup: _none, ...rest } = around;
  const media = files.map((one, index) => ({
    type: one.form,
    media: uploaded(one),
    ...(index === 0 && words),
  }));
  const messages = await client.api.sendMediaGroup({ ...rest, media } as never, signal);
  return messages.map(({ message_id: id }) => id);
}

function sendOne(
  { api }: Client,
  form: Form,
  file: UploadedFile,
  rest: object,
  signal: AbortSignal,
): Promise<{ readonly message_id: number }> {
  // grammY's types want to know which of the many optional members are there.
  const payload = { ...rest, [form]: file } as never;
  switch (form) {
    case "photo":
      return api.sendPhoto(payload, signal);
    case "video":
      return api.sendVideo(payload, signal);
    case "animation":
      return api.sendAnimation(payload, signal);
    case "audio":
      return api.sendAudio(payload, signal);
    case "voice":
      return api.sendVoice(payload, signal);
    case "document":
      return api.sendDocument(payload, signal);
  }
}

/** Telegram did not like the picture as a picture, or the person takes no voice messages. */
function isOnlyTheForm(thrown: unknown): boolean {
  const fault = faultOf(thrown);
  if (fault.kind !== "refused") return false;
  return (
    [400, 403].includes(fault.status) &&
    /PHOTO_|IMAGE_PROCESS_FAILED|VIDEO_|VOICE_|too big for a photo/.test(fault.description)
  );
}

/** grammY writes it into a header of the form as it is, without quotes: a semicolon there would begin something else. */
function uploadName({ name }: FormedFile): string {
  const plain = Array.from(name.normalize("NFC").replace(/[^\p{L}\p{N} ._()+-]+/gu, "_"));
  // The end, which has the type.
  return `"${plain.slice(-100).join("").trim() || "file"}"`;
}
