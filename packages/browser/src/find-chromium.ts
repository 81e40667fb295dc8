/** Which Chromium of the host, and who it runs as. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { browserFault } from "./fault.ts";

/** Debian's own program; the script of that name in /usr/bin adds what the system's administrator likes. */
const debian = "/usr/lib/chromium/chromium";
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * @param configured the owner's; absent: looked for.
 * @param path the directories of the place's commands, never those of the gateway's own environment.
 * @throws CLAWD_BROWSER_START when there is none
 */
export function findChromium(configured: string | undefined, path: string): string {
  if (configured !== undefined) {
    if (isProgram(configured)) return configured;
    throw browserFault("CLAWD_BROWSER_START", "browser.executablePath names no program.");
  }
  const candidates = [
    debian,
    ...path.split(":").flatMap((directory) => names.map((name) => join(directory, name))),
  ];
  const found = candidates.find(isProgram);
  if (found === undefined) throw browserFault("CLAWD_BROWSER_START", "There is no Chromium on this machine.");
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Nobody's uid: neither the host's people nor the containers' have it. */
const ownUser = 10_002;

/** Who Chromium runs as where the gateway is root; undefined: the gateway's own user. Chromium's sandbox works for neither's root. */
export const browserUser = (): number | undefined => (process.getuid?.() === 0 ? ownUser : undefined);
