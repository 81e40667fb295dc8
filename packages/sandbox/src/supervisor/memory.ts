/**
 * Memory that is given back at once. Of a command with much to say the collector would let some hundred megabytes lie: what
 * it counts are the small objects, not the memory behind them.
 */

/** Below this the memory is shared with others, or not worth the call. */
const worthIt = 4096;

type Transferable = ArrayBufferLike & { transfer?(length: number): ArrayBuffer };

/** `bytes` is empty afterwards. Nothing happens where anything else is in the same memory. */
export function giveBack({ buffer, byteOffset, byteLength }: Uint8Array): void {
  if (byteLength < worthIt || byteOffset !== 0 || buffer.byteLength !== byteLength) return;
  (buffer as Transferable).transfer?.(0);
}
