/** Frames by hand, for what no honest gateway says. */
import type { Launched } from "./run.ts";
import { launch } from "./run.ts";
import { FrameDecoder } from "../../src/supervisor/decoder.ts";
import { header, protocolVersion, type, type Frame } from "../../src/supervisor/frames.ts";

export const frame = (frameType: number, id: number, payload: Uint8Array = new Uint8Array()): Buffer =>
  Buffer.concat([header(frameType, id, payload.length), payload]);

export function welcome(...roots: readonly string[]): Buffer {
  const parts = roots.map((path) => Buffer.concat([Buffer.of(1, path.length, 0), Buffer.from(path)]));
  return frame(type.welcome, 0, Buffer.concat([Buffer.of(protocolVersion, 0, roots.length), ...parts]));
}

export interface Start {
  readonly flags?: number;
  readonly timeoutMs?: number;
  readonly root?: number;
  readonly argv: readonly string[];
}

export function startPayload({ flags = 0, timeoutMs = 0, root = 0, argv }: Start): Buffer {
  const head = Buffer.alloc(14);
  head[0] = flags;
  head.writeUInt32LE(timeoutMs, 5);
  head[9] = root;
  head.writeUInt16LE(argv.length, 10);
  return Buffer.concat([head, Buffer.from(`${["", ...argv].join("\0")}\0`)]);
}

export interface Talk extends Launched {
  say(...frames: readonly Buffer[]): void;
  /** The next frame of one of these types, whatever comes before it; one call at a time. */
  next(...frameTypes: readonly number[]): Promise<Frame>;
}

/** A supervisor to talk to, after its HELLO. */
export async function aTalk(isSanitized = false, args: readonly string[] = []): Promise<Talk> {
  const launched = launch(args, isSanitized);
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  let wake = () => {};
  launched.stream.on("data", (chunk: Buffer) => {
    for (const each of decoder.push(chunk)) frames.push({ ...each, payload: Buffer.from(each.payload) });
    wake();
  });
  let isOver = false;
  launched.stream.once("close", () => {
    isOver = true;
    wake();
  });
  const talk: Talk = {
    ...launched,
    say: (...said) => void launched.stream.write(Buffer.concat(said)),
    async next(...frameTypes) {
      for (;;) {
        const found = frames.findIndex((each) => frameTypes.includes(each.type));
        if (found >= 0) return frames.splice(0, found + 1).at(-1)!;
        if (isOver) throw new Error(`It ended: ${JSON.stringify(await launched.ended)}`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
  await talk.next(type.hello);
  return talk;
}
