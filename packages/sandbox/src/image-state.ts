/** Whether containers can be made from an image, without making anything. */
import { isClawdError } from "@clawd/kernel";
import type { Engine } from "./engine.ts";
import { ensureImage } from "./images.ts";

/** `bare`: an image of the owner's own that gets the supervisor when it is first used. */
export type ImageState = "ready" | "missing" | "outdated" | "bare";

/** @throws CLAWD_ENGINE_* */
export async function imageState(engine: Engine, reference: string): Promise<ImageState> {
  let isBare = false;
  const looking = {
    image: (name: string, signal?: AbortSignal) => engine.image(name, signal),
    build() {
      isBare = true;
      return engine.image(reference);
    },
  } as unknown as Engine;
  try {
    await ensureImage(looking, reference);
    return isBare ? "bare" : "ready";
  } catch (fault) {
    if (isClawdError(fault) && fault.code === "CLAWD_IMAGE_MISSING") return "missing";
    if (isClawdError(fault) && fault.code === "CLAWD_IMAGE_OUTDATED") return "outdated";
    throw fault;
  }
}
