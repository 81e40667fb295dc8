/** The files of Example's messages: announced by their id, downloaded when somebody asks. */
import {
  fileFault,
  readAtMost,
  withinTime,
  type Attachment,
  type FetchedFile,
  type FetchLimit,
  type FileCapabilities,
} from "@clawd/provider-kit";
import { isClawdError, type Clock } from "@clawd/kernel";
import { WireError, type Update, type Wire } from "./wire.ts";

export const fileCapabilities: FileCapabilities = { send: true, receive: true, maxBytes: 8 * 1024 * 1024 };

/** Milliseconds that a download may take. */
const longestDownload = 20_000;

/** A reference becomes a part of an address: nothing else than an id may get there. */
const idForm = /^f[1-9][0-9]{0,17}$/;

export function attachmentOf({ id, name, type, size }: NonNullable<Update["file"]>): Attachment {
  const kind = /^(image|audio|video)\//.exec(type)?.[1] as "image" | "audio" | "video" | undefined;
  return { kind: kind ?? "document", reference: id, name, mimeType: type, size };
}

/** @throws ClawdError CLAWD_FILE_* */
export async function fetchFile(
  reference: string,
  { maxBytes }: FetchLimit,
  { wire, clock, signal }: { readonly wire: Wire; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<FetchedFile> {
  if (!idForm.test(reference)) throw fileFault("foreign");
  if (signal.aborted) throw fileFault("withdrawn");
  try {
    const bytes = await withinTime({ clock, milliseconds: longestDownload, signal }, (within) =>
      readAtMost(wire.download(reference, within), maxBytes),
    );
    return { bytes, mimeType: null, name: null };
  } catch (thrown) {
    if (isClawdError(thrown)) throw thrown;
    if (signal.aborted) throw fileFault("withdrawn");
    const isGone = thrown instanceof WireError && thrown.reason === "no-such-file";
    throw fileFault(isGone ? "gone" : "unreachable");
  }
}
