/** Reads what somebody else sends, to an end that we set. */
import { fileFault } from "./file-fault.ts";

/**
 * All the bytes of a body. Nothing is read on after the first byte too many: the iterator is closed, which ends a request whose
 * body it is.
 * @throws ClawdError CLAWD_FILE_TOO_LARGE; and what the body throws
 */
export async function readAtMost(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw fileFault("too-large");
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
