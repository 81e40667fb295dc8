/** One page of a text file: whole lines, as many as fit, found without the file in memory. */
import { ClawdError } from "@clawd/kernel";
import type { Files } from "@clawd/sandbox";

const mostLines = 2_000;
const mostBytes = 51_200;
const piece = 1_048_576;
/** Bytes that are looked through for one page. */
const farthest = 1_073_741_824;

export interface Page {
  /** Without the last line's end. */
  readonly text: string;
  /** Number of the last line in `text`. */
  readonly last: number;
  /** The line after it; null at the end of the file. */
  readonly next: number | null;
  /** The one line was too long. */
  readonly isLineCut: boolean;
  readonly isBeyond: boolean;
  /** Lines of the file, known when the end was reached. */
  readonly lines: number;
}

/**
 * @throws CLAWD_FILE_TOO_LARGE when the page lies too far inside.
 */
export async function readPage(
  files: Files,
  path: string,
  first: number,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<Page> {
  const wanted = Math.min(limit ?? mostLines, mostLines);
  const lines: Buffer[] = [];
  let bytes = 0;
  let number = 0;
  const page = (more: Partial<Page>): Page => ({
    text: decode(lines),
    last: first + lines.length - 1,
    next: null,
    isLineCut: false,
    isBeyond: false,
    lines: number,
    ...more,
  });
  for await (const line of linesOf(files, path, signal)) {
    number++;
    if (number < first) continue;
    if (lines.length === wanted) return page({ next: number });
    if (bytes + line.length + 1 > mostBytes) {
      if (lines.length > 0) return page({ next: number });
      lines.push(wholeCharacters(line.subarray(0, mostBytes)));
      bytes = mostBytes;
      // Whether another line follows is known from the next round.
      for await (const _ of linesOf(files, path, signal, number))
        return page({ isLineCut: true, next: number + 1 });
      return page({ isLineCut: true });
    }
    lines.push(line);
    bytes += line.length + 1;
  }
  return page({ isBeyond: number < first && !(number === 0 && first === 1) });
}

/** Lines without their ends, a long one cut somewhere beyond a page; `skip` leaves out the first so many. */
async function* linesOf(
  files: Files,
  path: string,
  signal: AbortSignal,
  skip = 0,
): AsyncGenerator<Buffer, void> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for (let offset = 0; ;) {
    signal.throwIfAborted();
    const { bytes } = await files.read(path, { offset, maxBytes: piece });
    if (bytes.length === 0) break;
    offset += bytes.length;
    if (offset > farthest)
      throw new ClawdError(
        "CLAWD_FILE_TOO_LARGE",
        "The file is too large to be read by lines so far inside.",
        {
          hint: "Look at it with a command.",
        },
      );
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = all.indexOf(10); end !== -1; end = all.indexOf(10, start)) {
      const line =
        rest.length === 0 ? all.subarray(start, end) : Buffer.concat([rest, all.subarray(start, end)]);
      if (++number > skip) yield line;
      rest = Buffer.alloc(0);
      start = end + 1;
    }
    // Only the beginning of a line that is longer than a page is kept.
    rest = Buffer.concat([rest, all.subarray(start, start + Math.max(0, 2 * mostBytes - rest.length))]);
  }
  if (rest.length > 0 && ++number > skip) yield rest;
}

const decode = (lines: readonly Buffer[]) =>
  Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [newline, line]))).toString();
const newline = Buffer.from("\n");

/** Without the beginning of a character that was cut. */
function wholeCharacters(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 4 && (bytes[end - 1]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, bytes[end - 1]! >= 0xc0 ? end - 1 : bytes.length);
}
