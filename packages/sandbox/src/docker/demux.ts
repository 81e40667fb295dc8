/**
 * An attached stream as the engine sends it: frames of 8 bytes of head (stream, three zeros, length) and their content. Content
 * is handed on as it arrives, so that nothing is held back or copied. INVARIANT: where a chunk ends makes no difference
 * (docker-demux.test.ts).
 */
import { unavailable } from "./fault.ts";

export interface Demux {
  /** @throws CLAWD_ENGINE_UNAVAILABLE when the bytes are no frames; nothing after that is taken for one. */
  push(chunk: Uint8Array): void;
  /** Whether the stream may end here: between two frames. */
  readonly isWhole: boolean;
}

type Sink = (piece: Uint8Array) => void;

export interface DemuxOutputs {
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** What the engine itself says went wrong with the stream. */
  readonly failure: Sink;
}

const headSize = 8;

export function demux(outputs: DemuxOutputs): Demux {
  const sinks = [null, outputs.stdout, outputs.stderr, outputs.failure];
  const head = new Uint8Array(headSize);
  let filled = 0;
  let left = 0;
  let sink = outputs.stdout;
  return {
    get isWhole() {
      return filled === 0 && left === 0;
    },
    push(chunk) {
      let at = 0;
      while (at < chunk.length) {
        if (left > 0) {
          const piece = chunk.subarray(at, at + left);
          at += piece.length;
          left -= piece.length;
          sink(piece);
          continue;
        }
        head[filled++] = chunk[at++] ?? 0;
        if (filled < headSize) continue;
        filled = 0;
        const found = sinks[head[0] ?? 0];
        if (!found || head[1] !== 0 || head[2] !== 0 || head[3] !== 0)
          throw unavailable("What the container engine sends is not the stream that was asked for.");
        sink = found;
        left = new DataView(head.buffer).getUint32(4);
      }
    },
  };
}
