/**
 * One stream to one supervisor, shared by all that happens in its container. Every byte that comes is taken at once and judged:
 * what was not asked for, or is more than was granted, ends the connection. What waits here is bounded by the credit of each stream.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { messageOf, type ClawdError, isClawdError } from "@clawd/kernel";
import { FrameDecoder } from "./decoder.ts";
import { lostFault, protocolFault } from "./faults.ts";
import { forwardBit, header, type, type Frame } from "./frames.ts";
import { giveBack } from "./memory.ts";

/** Beyond this a supervisor that reads nothing is as good as gone. */
const mostUnsent = 32 * 1024 * 1024;
/** Connections to the way out at once; a supervisor opens fewer. */
const mostForwards = 256;

/** What a stream does with its frames. */
export interface StreamHandler {
  /** True: the stream is over. What it keeps of the payload it copies. @throws CLAWD_PLACE_PROTOCOL */
  frame(frame: Frame): boolean;
  lost(fault: ClawdError): void;
}

export interface ConnectionEvents {
  /** The first frame of all. */
  hello(payload: Buffer): void;
  /** Somebody inside connects to the way out. Null: nobody takes it. */
  opened(id: number): StreamHandler | null;
}

export class Connection {
  readonly lost: Promise<ClawdError>;
  readonly #stream: Duplex;
  readonly #events: ConnectionEvents;
  readonly #handlers = new Map<number, StreamHandler>();
  #fault: ClawdError | null = null;
  #tellLost!: (fault: ClawdError) => void;
  #hasHello = false;
  #isCorked = false;
  #lastId = 0;
  #lastForward = forwardBit;

  constructor(stream: Duplex, events: ConnectionEvents) {
    this.#stream = stream;
    this.#events = events;
    this.lost = new Promise((resolve) => (this.#tellLost = resolve));
    const decoder = new FrameDecoder();
    // A socket gives what it read away; of another stream it is not known.
    const isOurs = stream instanceof Socket;
    stream.on("data", (chunk: Buffer) => {
      this.#take(decoder, chunk);
      if (isOurs) giveBack(chunk);
    });
    stream.on("error", (error) => this.fail(lostFault(messageOf(error), error)));
    stream.on("end", () => this.fail(lostFault("its supervisor ended")));
    stream.on("close", () => this.fail(lostFault("its stream was closed")));
    // A listening socket may have handed it over paused.
    stream.resume();
  }

  get fault(): ClawdError | null {
    return this.#fault;
  }

  /** The id of a new stream. @throws CLAWD_PLACE_LOST */
  open(handler: StreamHandler): number {
    if (this.#fault !== null) throw this.#fault;
    const id = ++this.#lastId;
    if (id >= forwardBit) throw lostFault("its streams are used up");
    this.#handlers.set(id, handler);
    return id;
  }

  /** Frames for it are dropped from now on. */
  forget(id: number): void {
    this.#handlers.delete(id);
  }

  /** `bytes` must stay as they are until the other side has taken them. */
  send(frameType: number, id: number, bytes?: Uint8Array): void {
    if (this.#fault !== null) return;
    // What is said in one turn leaves in one write.
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#stream.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#stream.uncork();
      });
    }
    this.#stream.write(header(frameType, id, bytes?.length ?? 0));
    if (bytes !== undefined && bytes.length > 0) this.#stream.write(bytes);
    if (this.#stream.writableLength > mostUnsent) this.fail(lostFault("its supervisor takes nothing"));
  }

  /** Ends the stream, and with it the container. Idempotent; the first fault stays. */
  fail(fault: ClawdError): void {
    if (this.#fault !== null) return;
    this.#fault = fault;
    this.#stream.destroy();
    const handlers = [...this.#handlers.values()];
    this.#handlers.clear();
    for (const handler of handlers) handler.lost(fault);
    this.#tellLost(fault);
  }

  #take(decoder: FrameDecoder, chunk: Buffer): void {
    try {
      for (const frame of decoder.push(chunk)) {
        if (this.#fault !== null) return;
        this.#frame(frame);
      }
    } catch (error) {
      this.fail(isClawdError(error) ? error : lostFault(messageOf(error), error));
    }
  }

  #frame(frame: Frame): void {
    if (!this.#hasHello) {
      if (frame.type !== type.hello || frame.id !== 0) throw protocolFault("no hello");
      this.#hasHello = true;
      return this.#events.hello(frame.payload);
    }
    if (frame.type === type.open) return this.#opened(frame.id);
    const handler = this.#handlers.get(frame.id);
    if (handler !== undefined) {
      if (handler.frame(frame)) this.#handlers.delete(frame.id);
      return;
    }
    // One that ended here while the frame was on its way.
    const newest = frame.id >= forwardBit ? this.#lastForward : this.#lastId;
    if (frame.id > newest || frame.id === 0 || frame.id === forwardBit)
      throw protocolFault("a stream that was never opened");
  }

  #forwards(): number {
    let count = 0;
    for (const id of this.#handlers.keys()) if (id >= forwardBit) count++;
    return count;
  }

  #opened(id: number): void {
    if (id <= this.#lastForward) throw protocolFault("a connection that was opened before");
    this.#lastForward = id;
    const isRoom = this.#forwards() < mostForwards;
    const handler = isRoom ? this.#events.opened(id) : null;
    if (handler === null) this.send(type.close, id);
    else this.#handlers.set(id, handler);
  }
}
