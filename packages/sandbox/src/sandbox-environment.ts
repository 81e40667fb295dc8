/** What commands of a sandbox find in their environment, and what a call may add to it. */
import type { ImageInfo } from "./engine.ts";
import type { WayOut } from "./sandbox-plan.ts";
import type { DockerSettings } from "./settings.ts";

/** Directories that programs are looked for in, where the image does not say. */
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What a call may set for its command besides; everything that changes which code runs is left out. */
export const settable = [
  "CI",
  "COLUMNS",
  "DEBUG",
  "FORCE_COLOR",
  "LANG",
  "LC_ALL",
  "LINES",
  "NODE_ENV",
  "NO_COLOR",
  "TERM",
  "TZ",
];

export function environmentOf({ workdir, env }: DockerSettings, image: ImageInfo, way: WayOut | null) {
  const path = image.environment["PATH"] ?? usualPath;
  return {
    PATH: path,
    HOME: workdir,
    USER: "sandbox",
    LANG: "C.UTF-8",
    TERM: "dumb",
    ...way?.environment,
    ...env,
  };
}
