/** A transcript file: only ever appended to, each line in one write; a line torn by a crash costs that line alone. */
import { ClawdError } from "@clawd/kernel";
import { ensurePrivateDirectory } from "@clawd/kernel/files";
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { parseLine, type TranscriptHeader, type TranscriptMessage } from "./message.ts";

export interface Transcript {
  readonly header: TranscriptHeader | null;
  readonly messages: readonly TranscriptMessage[];
  /** Lines that could not be read. */
  readonly damagedLines: number;
  readonly isEmpty: boolean;
  /** False when the last line was torn: the next append begins with a newline. */
  readonly endsWithNewline: boolean;
}

const NEWLINE = 0x0a;

/**
 * Reads the last `maxBytes` of the file, from the first whole line on; a missing file is an empty transcript.
 * @throws CLAWD_TRANSCRIPT_READ
 */
export function readTranscript(path: string, maxBytes = Number.POSITIVE_INFINITY): Transcript {
  const { bytes, isWhole } = readEnd(path, maxBytes);
  const start = isWhole ? 0 : bytes.indexOf(NEWLINE) + 1;
  const text = isWhole || start > 0 ? bytes.toString("utf8", start) : "";
  const lines = text.split("\n").filter((line) => line !== "");
  const parsed = lines.map(parseLine).filter((line) => line !== undefined);
  return {
    header: parsed.find((line) => line.type === "session") ?? null,
    messages: parsed.filter((line) => line.type === "message"),
    damagedLines: lines.length - parsed.length,
    isEmpty: bytes.length === 0,
    endsWithNewline: bytes.length === 0 || bytes.at(-1) === NEWLINE,
  };
}

/**
 * Appends whole lines in one write; makes the file, 0600, when absent. Never follows a symbolic link.
 * @throws CLAWD_FILE_WRITE; then a part of a line may be left, which the next append ends with a newline.
 */
export function appendLines(path: string, lines: readonly unknown[], startsWithNewline: boolean): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const bytes = Buffer.from(startsWithNewline ? `\n${text}` : text);
  try {
    ensurePrivateDirectory(dirname(path));
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    const file = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
    try {
      if (writeSync(file, bytes) !== bytes.length)
        throw Object.assign(new Error("short write"), { code: "ENOSPC" });
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw new ClawdError("CLAWD_FILE_WRITE", `Cannot write ${path} (${reason}).`, {
      hint: "Free some space, give this user write access, or move the state with CLAWDBOT_STATE_DIR.",
      cause,
    });
  }
}

function readEnd(path: string, maxBytes: number): { readonly bytes: Buffer; readonly isWhole: boolean } {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size, maxBytes));
      let filled = 0;
      for (let count = -1; count !== 0 && filled < bytes.length; filled += count) {
        count = readSync(file, bytes, filled, bytes.length - filled, size - bytes.length + filled);
      }
      return { bytes: bytes.subarray(0, filled), isWhole: size <= maxBytes };
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    if (reason === "ENOENT") return { bytes: Buffer.alloc(0), isWhole: true };
    throw new ClawdError("CLAWD_TRANSCRIPT_READ", `Cannot read ${path} (${reason}).`, {
      hint: "Give this user read access; a symbolic link in its place is refused, move it away.",
      cause,
    });
  }
}
