/**
 * The files of a message whose turn begins: fetched, put where the agent works, and shown to the model where they are pictures.
 * Nothing here decides: whoever calls it has decided that the turn begins, and where the run's files are.
 */
import type { ModelImage } from "@clawd/agent";
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import type { Attachment, FetchedFile, FetchLimit } from "@clawd/provider-kit";
import type { Place } from "@clawd/sandbox";
import { type FileType, fileType, imageSize, safeName } from "@clawd/tools/file-type";
import { stageFile } from "./stage-file.ts";

export interface BroughtFiles {
  /** What became of each, in the order of the attachments. */
  readonly fates: readonly string[];
  readonly pictures: readonly Picture[];
}

export interface Picture extends ModelImage {
  /** One of ours: `safeName` made it. */
  readonly name: string;
}

export interface InboundFilesPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** @throws what the provider throws */
  readonly fetch: (reference: string, limit: FetchLimit, signal: AbortSignal) => Promise<FetchedFile>;
  /** Where this run's files are; null when it has no tool that could open one: then pictures alone are fetched. */
  readonly place: (() => Promise<Place>) | null;
  /** Of one file, in bytes. */
  readonly maxBytes: number;
}

const megabyte = 1024 * 1024;
const bounds = {
  files: 10,
  bytes: 100 * megabyte,
  /** Of one picture and of all together, as models' services take them, and pixels of its longer side. */
  picture: 5 * megabyte,
  pictures: 15 * megabyte,
  side: 8000,
  /** For one file, and for all of a message: its session waits meanwhile. */
  milliseconds: { file: 60_000, all: 120_000 },
};

export const broughtNothing: BroughtFiles = { fates: [], pictures: [] };

/** Never throws: what cannot be had is said in its fate. Ends early, with what it has, when the signal aborts. */
export async function bringIn(
  attachments: readonly Attachment[],
  ports: InboundFilesPorts,
  signal: AbortSignal,
): Promise<BroughtFiles> {
  const fates: string[] = [];
  const pictures: Picture[] = [];
  let bytesLeft = bounds.bytes;
  const end = ports.clock.now() + bounds.milliseconds.all;
  const done = new AbortController();
  const over = ports.clock.sleep(bounds.milliseconds.all, AbortSignal.any([signal, done.signal]));
  /** A place that does not answer is left behind: its session, and all others if it is one of many, would wait for it. */
  const orLate = <Value>(work: Promise<Value>): Promise<Value | Late> =>
    Promise.race([work, over.then(() => late)]);
  /** Before anything is fetched: what could be put nowhere is not. */
  const where =
    attachments.length === 0 || ports.place === null ? null : await orLate(placeOf(ports.place, ports));

  async function bring(attachment: Attachment): Promise<string> {
    const most = mostOf(attachment, where, ports.maxBytes, bytesLeft);
    if (typeof most === "string") return most;
    const milliseconds = Math.min(bounds.milliseconds.file, end - ports.clock.now());
    const file = await fetched(attachment, { maxBytes: most, milliseconds }, ports, signal);
    if (typeof file === "string") return file;
    const { bytes } = file;
    bytesLeft -= bytes.length;
    if (bytes.length === 0) return "not opened, since it is empty";
    const type = fileType(bytes);
    const name = safeName(attachment.name ?? file.name, type, attachment.kind);
    const told = `${type.mediaType}, ${bytes.length} bytes`;
    const isSeen = isShowable(bytes, type, pictures);
    const kept = where === null ? null : await orLate(staged(where, name, bytes, ports));
    if (isSeen) pictures.push({ name: nameIn(kept) ?? name, mediaType: type.mediaType, bytes });
    if (kept === null)
      return isSeen ? `you see it, ${told}` : `not kept, since it is no picture that can be shown, ${told}`;
    if ("path" in kept) return `at ${kept.path}, ${told}${isSeen ? ", and you see it" : ""}`;
    return `${isSeen ? "you see it, but it is" : ""} not in the workspace, ${kept.reason}, ${told}`.trim();
  }

  for (const [index, attachment] of attachments.entries()) {
    if (signal.aborted) break;
    fates.push(
      index < bounds.files ? await bring(attachment) : `not opened, since more than ${bounds.files} came`,
    );
  }
  done.abort();
  return { fates, pictures };
}

/** Bytes that may be fetched, or why nothing is. */
function mostOf(
  { kind, mimeType, size }: Attachment,
  where: Where | null,
  maxBytes: number,
  bytesLeft: number,
): number | string {
  const isPicture = kind === "image" || (mimeType ?? "").startsWith("image/");
  if (where === null && !isPicture) return "not opened, since you have no tool that opens files";
  const isUsable = where !== null && "files" in where;
  if (!isUsable && !isPicture) return `not opened, since the workspace cannot be used, ${where?.reason}`;
  const most = isUsable ? maxBytes : Math.min(maxBytes, bounds.picture);
  if (size !== null && size > most) return tooLarge(most);
  return bytesLeft > 0 ? Math.min(most, bytesLeft) : "not opened, since too much came at once";
}

const tooLarge = (most: number) =>
  `not opened, since it is larger than ${Math.floor((most / megabyte) * 10) / 10} MB`;

async function fetched(
  { reference }: Attachment,
  { maxBytes, milliseconds }: FetchLimit & { readonly milliseconds: number },
  { fetch, clock, logger }: InboundFilesPorts,
  signal: AbortSignal,
): Promise<FetchedFile | string> {
  if (milliseconds <= 0) return "not opened, since fetching the others took too long";
  const over = new AbortController();
  const limit = AbortSignal.any([signal, over.signal]);
  const late = clock.sleep(milliseconds, limit).then(() => over.abort());
  try {
    // A provider that does not heed the signal is left behind.
    const file = await Promise.race([fetch(reference, { maxBytes }, limit), late.then(() => null)]);
    if (file === null) return "not opened, since fetching it took too long";
    // Whatever a provider does: nothing larger goes on from here.
    return file.bytes.length > maxBytes ? tooLarge(maxBytes) : file;
  } catch (fault) {
    const code = isClawdError(fault) ? fault.code : "CLAWD_DEFECT";
    if (code === "CLAWD_FILE_TOO_LARGE") return tooLarge(maxBytes);
    logger.warn("a file of a message was not fetched", { code, reason: messageOf(fault) });
    return `not opened, since it could not be fetched, ${code}`;
  } finally {
    over.abort();
  }
}

const late = { reason: "it took too long" } as const;
type Late = typeof late;

type Kept = { readonly path: string } | { readonly reason: string };

/** Where files are put, or why none can be. */
type Where = Pick<Place, "files"> | { readonly reason: string };

async function placeOf(open: () => Promise<Place>, ports: InboundFilesPorts): Promise<Where> {
  try {
    return await open();
  } catch (fault) {
    return { reason: reasonOf(fault, ports) };
  }
}

async function staged(
  where: Where,
  name: string,
  bytes: Uint8Array,
  ports: InboundFilesPorts,
): Promise<Kept> {
  if ("reason" in where) return where;
  try {
    return { path: await stageFile(where.files, name, bytes) };
  } catch (fault) {
    return { reason: reasonOf(fault, ports) };
  }
}

/** For the model; the messages of most faults may name paths of the host. */
function reasonOf(fault: unknown, { logger }: InboundFilesPorts): string {
  const code = isClawdError(fault) ? fault.code : "CLAWD_DEFECT";
  logger.warn("a file of a message was not put into the workspace", { code, reason: messageOf(fault) });
  return code === "CLAWD_INBOUND_FULL" ? messageOf(fault) : code;
}

const nameIn = (kept: Kept | null): string | undefined =>
  kept !== null && "path" in kept ? kept.path.slice(kept.path.lastIndexOf("/") + 1) : undefined;

function isShowable(bytes: Uint8Array, { mediaType }: FileType, shown: readonly Picture[]): boolean {
  if (!["image/png", "image/jpeg", "image/gif", "image/webp"].includes(mediaType)) return false;
  const size = imageSize(bytes, mediaType);
  const together = shown.reduce((sum, picture) => sum + picture.bytes.length, bytes.length);
  const isSmall = size === undefined || Math.max(size.width, size.height) <= bounds.side;
  return isSmall && bytes.length <= bounds.picture && together <= bounds.pictures;
}
