/**
 * Gets the bytes of a file that a message named. Whatever comes from outside, the reference and the path that Telegram answers
 * for it, is checked before it becomes a part of an address.
 * INVARIANT: only the API's own root is asked, and nothing it answers leads anywhere else (download.test.ts).
 */
import { isClawdError, type Clock } from "@clawd/kernel";
import { fileFault, readAtMost, withinTime, type FetchedFile, type FetchLimit } from "@clawd/provider-kit";
import type { Client } from "./client.ts";
import { faultOf } from "./fault.ts";

/** "bots can download files of up to 20MB in size" (Bot API, getFile). */
export const maxDownloadBytes = 20 * 1024 * 1024;

/** Milliseconds for the question and the download together. */
const longestDownload = 90_000;

/** As Telegram makes them. */
const fileIdForm = /^[A-Za-z0-9_-]{1,256}$/;

/** A folder or a file: no dot at the start, and nothing that means something in an address. */
const segmentForm = /^[\p{L}\p{N}_][\p{L}\p{N}._ ()+-]{0,199}$/u;
const mostSegments = 8;

export interface Download {
  readonly client: Client;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** @throws ClawdError CLAWD_FILE_* */
export async function fetchFile(
  reference: string,
  limit: FetchLimit,
  { client, clock, signal }: Download,
): Promise<FetchedFile> {
  if (!fileIdForm.test(reference)) throw fileFault("foreign");
  if (signal.aborted) throw fileFault("withdrawn");
  const maxBytes = Math.min(limit.maxBytes, maxDownloadBytes);
  try {
    const bytes = await withinTime({ clock, milliseconds: longestDownload, signal }, (within) =>
      download(reference, maxBytes, client, within),
    );
    return { bytes, mimeType: null, name: null };
  } catch (thrown) {
    if (signal.aborted) throw fileFault("withdrawn");
    throw isClawdError(thrown) && thrown.code.startsWith("CLAWD_FILE_") ? thrown : faultFrom(thrown);
  }
}

async function download(
  reference: string,
  maxBytes: number,
  { api, download: get }: Client,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { file_path: path, file_size: announced = 0 } = await api.getFile({ file_id: reference }, signal);
  if (announced > maxBytes) throw fileFault("too-large");
  const segments = segmentsOf(path);
  if (segments === undefined) throw fileFault("unreachable");
  const { status, size, body } = await get(segments.map(encodeURIComponent).join("/"), signal);
  try {
    // A redirection is an answer like any other that is not the file.
    if (status !== 200) throw fileFault(status === 404 ? "gone" : "unreachable");
    if (size > maxBytes) throw fileFault("too-large");
    const bytes = await readAtMost(body, maxBytes);
    if (bytes.byteLength < Math.max(announced, size)) throw fileFault("unreachable");
    return bytes;
  } finally {
    body.destroy();
  }
}

/** Undefined for what no honest server answers: absolute, climbing, or with signs that an address reads. */
function segmentsOf(path: unknown): readonly string[] | undefined {
  if (typeof path !== "string") return undefined;
  const segments = path.split("/");
  const isPlain = segments.length <= mostSegments && segments.every((segment) => segmentForm.test(segment));
  return isPlain ? segments : undefined;
}

function faultFrom(thrown: unknown) {
  const fault = faultOf(thrown);
  if (fault.kind !== "refused" || fault.status !== 400) return fileFault("unreachable");
  return fileFault(/file is too big/i.test(fault.description) ? "too-large" : "gone");
}
