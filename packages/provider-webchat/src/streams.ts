/** The open pages: each has a stream of lines, one JSON document a line, that is kept alive and never grows without bound. */
import type { Clock } from "@clawd/kernel";
import type { Entry } from "./history.ts";

export type Line =
  /** First of every stream; another `epoch` than before means that the gateway was restarted and has forgotten. */
  | {
      readonly type: "hello";
      readonly epoch: string;
      /** The `seq` of the last message that this stream begins with; 0 without one. */
      readonly last: number;
      /** What may be uploaded with one message. */
      readonly files: { readonly maxBytes: number; readonly maxFiles: number };
    }
  | ({ readonly type: "message" } & Entry)
  | { readonly type: "typing"; readonly conversation: string | null }
  /** Nothing for a while; a page that hears nothing at all reconnects. */
  | { readonly type: "heartbeat" };

export interface Streams {
  /** Undefined when too many are open. */
  open(first: readonly Line[], signal: AbortSignal): ReadableStream<Uint8Array> | undefined;
  tell(line: Line): void;
  /** Ends all of them. */
  close(): void;
}

/** Milliseconds; below what proxies on the way wait for. */
const heartbeat = 15_000;
const maxStreams = 32;
/** Lines that a page may be behind before it is cut off; it comes back and asks for what it missed. */
const maxBehind = 1000;

export function createStreams(clock: Clock): Streams {
  const listeners = new Set<{ readonly write: (line: Line) => void; readonly end: () => void }>();

  function open(first: readonly Line[], signal: AbortSignal): ReadableStream<Uint8Array> | undefined {
    if (listeners.size >= maxStreams || signal.aborted) return undefined;
    const ended = new AbortController();
    let leave = () => {};
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          const end = () => {
            leave();
            controller.close();
          };
          const write = (line: Line) => {
            if ((controller.desiredSize ?? 0) <= 0) end();
            else controller.enqueue(encode([line]));
          };
          const listener = { write, end };
          leave = () => {
            listeners.delete(listener);
            ended.abort();
            signal.removeEventListener("abort", end);
          };
          listeners.add(listener);
          signal.addEventListener("abort", end, { once: true });
          controller.enqueue(encode(first));
          void beat(write, ended.signal);
        },
        cancel: () => leave(),
      },
      new CountQueuingStrategy({ highWaterMark: maxBehind }),
    );
  }

  async function beat(write: (line: Line) => void, signal: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(heartbeat, signal);
      if (signal.aborted) return;
      write({ type: "heartbeat" });
    }
  }

  return {
    open,
    tell(line) {
      for (const { write } of listeners) write(line);
    },
    close() {
      for (const { end } of listeners) end();
    },
  };
}

const encoder = new TextEncoder();

function encode(lines: readonly Line[]): Uint8Array {
  return encoder.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
