/** Builds an image with the engine's classic builder, which needs no session with its client. */
import type { Readable } from "node:stream";
import type { ImageBuild } from "../engine.ts";
import { buildReader } from "./build-output.ts";
import type { EngineSession } from "./session.ts";
import { tarOf } from "./tar.ts";

/** Resolves when the image is made. @throws CLAWD_IMAGE_BUILD with the line of the step that failed. */
export async function built(
  session: EngineSession,
  build: ImageBuild,
  onProgress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const archive = tarOf({ ...build.files, Dockerfile: Buffer.from(build.dockerfile) });
  // The connection is the build: the engine stops building when it is cut.
  const cut = new AbortController();
  const discard = () => cut.abort();
  const asking = { doing: "build an image", patience: "build", signal } as const;
  try {
    const output = await session.ask({ ...asking, discard }, (docker) =>
      docker.buildImage(archive as never, optionsOf(build, cut.signal)),
    );
    const reader = buildReader(onProgress);
    const chunks = (output as Readable)[Symbol.asyncIterator]();
    for (;;) {
      const next = await session.ask(asking, () => chunks.next());
      if (next.done === true) break;
      reader.push(typeof next.value === "string" ? Buffer.from(next.value) : (next.value as Uint8Array));
    }
    reader.end();
  } finally {
    cut.abort();
  }
}

const optionsOf = (build: ImageBuild, abortSignal: AbortSignal) => ({
  t: build.tag,
  labels: { ...build.labels },
  buildargs: { ...build.arguments },
  networkmode: build.network,
  nocache: build.isFresh === true,
  rm: true,
  forcerm: true,
  version: "1" as const,
  abortSignal,
});
