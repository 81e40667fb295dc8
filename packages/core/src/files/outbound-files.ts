/** The files that a tool sends with a message: read as `read` would, within the network's limits, kept until they are sent. */
import { isClawdError, type Logger, messageOf } from "@clawd/kernel";
import { maxFiles, type FileCapabilities } from "@clawd/provider-kit";
import type { Media, Outbox, OutboxFile } from "@clawd/store";
import type { Refusal } from "@clawd/tools";
import { fileType, safeName } from "@clawd/tools/file-type";
import type { Places } from "../calls/place-executor.ts";
import { readAsRead } from "./read-as.ts";
import type { PlacedCall } from "../calls/tool-call.ts";

export interface OutboundFilesPorts {
  readonly logger: Logger;
  readonly places: Pick<Places, "enter">;
  readonly media: Media;
  readonly outbox: Pick<Outbox, "filesWaiting">;
  /** Of one file, in bytes. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface ReadyFile extends OutboxFile {
  readonly bytes: Uint8Array;
}

const mostTogether = 100 * 1024 * 1024;
/** When there is no room: what nothing names any more and was kept longer ago than this gives way, in milliseconds. */
const spareAfter = 10 * 60_000;

/** Reads and checks; keeps nothing. @throws what the place's files throw */
export async function readFiles(
  call: PlacedCall,
  paths: readonly string[],
  network: { readonly label: string; readonly files: FileCapabilities },
  { places, maxBytes }: Pick<OutboundFilesPorts, "places" | "maxBytes">,
): Promise<Refusal | readonly ReadyFile[]> {
  if (paths.length === 0) return [];
  if (!network.files.send) return { refused: `${network.label} cannot be sent files from here` };
  if (paths.length > maxFiles) return { refused: `at most ${maxFiles} files go with a message` };
  const most = Math.min(maxBytes, network.files.maxBytes);
  const ready: ReadyFile[] = [];
  let together = 0;
  for (const path of paths) {
    const bytes = await readAsRead(call, path, most, places);
    if ("refused" in bytes) return bytes;
    const shown = JSON.stringify(path.slice(0, 200));
    if (bytes.length === 0) return { refused: `${shown} is empty` };
    together += bytes.length;
    if (together > mostTogether)
      return { refused: `the files are larger than ${mostTogether} bytes together` };
    const type = fileType(bytes);
    const name = safeName(path, type);
    ready.push({ digest: "", name, mimeType: type.mediaType, size: bytes.length, bytes });
  }
  return ready;
}

/** Keeps them in the media store. Never throws. */
export async function keepFiles(
  ready: readonly ReadyFile[],
  ports: OutboundFilesPorts,
): Promise<Refusal | readonly OutboxFile[]> {
  const kept: OutboxFile[] = [];
  for (const { bytes, name, mimeType, size } of ready) {
    try {
      kept.push({ digest: await keep(bytes, ports), name, mimeType, size });
    } catch (fault) {
      const code = isClawdError(fault) ? fault.code : "CLAWD_DEFECT";
      ports.logger.error("a file to be sent was not kept", { code, reason: messageOf(fault) });
      if (code === "CLAWD_MEDIA_FULL") return { refused: "too many files wait to be sent; try again later" };
      // The message names a path of the host.
      return { refused: `the gateway cannot keep the file now, ${code}` };
    }
  }
  return kept;
}

async function keep(bytes: Uint8Array, { media, outbox, now }: OutboundFilesPorts): Promise<string> {
  try {
    return await media.keep(bytes);
  } catch (fault) {
    if (!isClawdError(fault) || fault.code !== "CLAWD_MEDIA_FULL") throw fault;
    const waiting = outbox.filesWaiting();
    await media.sweep({ isNamed: (digest) => waiting.has(digest), before: now() - spareAfter });
    return media.keep(bytes);
  }
}
