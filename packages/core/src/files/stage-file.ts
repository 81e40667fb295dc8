/**
 * Puts a file that somebody sent into the place where the agent works. INVARIANT: it is written below `media/inbound` of that
 * place or not at all, whoever races with links, never over anything that is there, and the same file is not put there twice
 * (stage-file.test.ts, and in the real places apps/gateway/test/files-in.test.ts).
 */
import { ClawdError, isClawdError } from "@clawd/kernel";
import type { Files } from "@clawd/sandbox";
import { numbered } from "@clawd/tools/file-type";

/** Relative to the place's home, as the model writes it too. */
export const inboundDirectory = "media/inbound";

/** What may lie there; the agent, and whoever owns its workspace, makes room. */
export const inboundBounds = { files: 2000, bytes: 1024 ** 3 };

const mostNumbers = 100;

/** @throws CLAWD_INBOUND_FULL, and what `Files` throws. */
export async function stageFile(files: Files, name: string, bytes: Uint8Array): Promise<string> {
  for (let number = 0; number < mostNumbers; number++) {
    const path = `${inboundDirectory}/${number === 0 ? name : numbered(name, number)}`;
    const state = await stateOf(files, path, bytes);
    if (state === "same") return path;
    if (state === "other") continue;
    await checkRoom(files, bytes.length);
    if (await written(files, path, bytes)) return path;
  }
  throw full();
}

async function stateOf(files: Files, path: string, bytes: Uint8Array): Promise<"free" | "same" | "other"> {
  const stat = await files.stat(path);
  if (stat === null) return "free";
  if (stat.kind !== "file" || stat.size !== bytes.length) return "other";
  const found = await files.read(path, { offset: 0, maxBytes: bytes.length + 1 });
  return Buffer.from(bytes).equals(found.bytes) ? "same" : "other";
}

/** False when somebody else was quicker. */
async function written(files: Files, path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await files.write(path, bytes, "absent");
    return true;
  } catch (fault) {
    if (isClawdError(fault) && fault.code === "CLAWD_FILE_CHANGED") return false;
    throw fault;
  }
}

async function checkRoom(files: Files, size: number): Promise<void> {
  const { entries, isCut } = await files
    .list(inboundDirectory, inboundBounds.files)
    .catch((fault: unknown) => {
      if (isClawdError(fault) && fault.code === "CLAWD_FILE_MISSING") return { entries: [], isCut: false };
      throw fault;
    });
  const used = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (isCut || entries.length >= inboundBounds.files || used + size > inboundBounds.bytes) throw full();
}

const full = () =>
  new ClawdError("CLAWD_INBOUND_FULL", `There is no room left in ${inboundDirectory}.`, {
    hint: "Remove files there that are not needed.",
  });
