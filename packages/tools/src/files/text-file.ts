/** Text files as they are edited: their bytes, with what an editor must not lose. */
import { ClawdError } from "@clawd/kernel";
import type { Files } from "@clawd/sandbox";

export interface TextFile {
  /** Without the mark of byte order. Line ends as they are. */
  readonly text: string;
  readonly hasMark: boolean;
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** Bytes of a file that is edited. */
const largest = 10_000_000;

/** @throws CLAWD_FILE_KIND when it is no UTF-8: what cannot be read exactly cannot be written back. */
export async function readTextFile(files: Files, path: string): Promise<TextFile> {
  const { bytes, stat } = await files.read(path, { maxBytes: largest });
  const text = decode(bytes);
  if (text === undefined)
    throw new ClawdError("CLAWD_FILE_KIND", "The file is no UTF-8 text.", {
      hint: "Change it with a command.",
    });
  const hasMark = text.startsWith("\ufeff");
  return { text: hasMark ? text.slice(1) : text, hasMark, version: stat.version, bytes };
}

export const encodeText = (text: string, hasMark: boolean): Uint8Array =>
  Buffer.from(hasMark ? `\ufeff${text}` : text);

/** Whether every line ends with CRLF, so that new lines have to as well. */
export const isCrlf = (text: string): boolean => text.includes("\r\n") && !/(?<!\r)\n/.test(text);

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
