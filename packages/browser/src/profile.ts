/**
 * The directory of a Chromium on the host: made for it alone, gone with it, so that nothing of one visit is there at the next. It is
 * among the temporary files, since its path must be short (it holds sockets) and, under root, be reached by another user.
 */
import {
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { profileFiles } from "./chromium.ts";
import { browserUser } from "./find-chromium.ts";

export interface Profile {
  readonly directory: string;
  /** Idempotent; never throws. */
  remove(): void;
}

const nameOf = (installation: string) => `clawd-browser-${installation}-`;

/**
 * @param installation stands for the gateway, so that it knows its own again.
 * @param user who it belongs to, where that is not the gateway's own user.
 */
export function makeProfile(installation: string, user?: number): Profile {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), nameOf(installation)));
  const inside = new Set<string>();
  for (const [name, content] of Object.entries(profileFiles)) {
    const path = join(directory, name);
    if (dirname(path) !== directory) mkdirSync(dirname(path), { mode: 0o700 });
    writeFileSync(path, content, { mode: 0o600 });
    for (const made of [path, dirname(path)]) inside.add(made);
  }
  inside.delete(directory);
  // The directory last: from then on other browsers of that user may enter, and plant links where we would still write.
  if (user !== undefined) for (const made of [...inside, directory]) lchownSync(made, user, user);
  return { directory, remove: () => removeQuietly(directory) };
}

/** Those that a killed gateway of this installation left. To be called before the first is made. */
export function sweepProfiles(installation: string): void {
  const parent = realpathSync(tmpdir());
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(nameOf(installation)))) {
    const path = join(parent, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    // Somebody else's with such a name is not ours to remove.
    if (stat?.isDirectory() && isOurs(stat.uid)) removeQuietly(path);
  }
}

const isOurs = (uid: number) => uid === process.getuid?.() || uid === browserUser();

function removeQuietly(path: string): void {
  try {
    // Other browsers of its user could swap what is being removed for links.
    if (process.getuid?.() === 0) lchownSync(path, 0, 0);
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // The next start tries again.
  }
}
