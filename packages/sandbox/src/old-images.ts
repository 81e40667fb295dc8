/** What a build leaves behind: the stage that the supervisor was compiled in, and the image that had the name before. */
import type { Engine } from "./engine.ts";
import { supervisorLabel } from "./images.ts";

/** On the stage in `images/Dockerfile.sandbox`. */
const stageLabel = "clawdbot.stage";

/**
 * Removes those of earlier builds; the newest stage stays, since the next build goes on from it. Says how many went.
 * @throws CLAWD_ENGINE_*
 */
export async function removeOldImages(engine: Engine, signal?: AbortSignal): Promise<number> {
  const images = await engine.removeUnnamed(supervisorLabel, 0, signal);
  return images + (await engine.removeUnnamed(stageLabel, 1, signal));
}
