/** Directories that containers write to: made for the user that works in there, and never through a link. */
import { isClawdError } from "@clawd/kernel";
import { closeSync, constants, fchmodSync, fchownSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { sandboxFault } from "./sandbox-fault.ts";
import { fallbackUid } from "./settings.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes the sandbox's own workspace, 0700, and says who works in it: `user`, else whoever owns it, else the fallback. Where the
 * gateway may, it gives the directory to them.
 * @throws CLAWD_SANDBOX_WORKSPACE when something else stands there
 */
export function prepareWorkspace(path: string, user?: Owner): Owner {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST")
      throw sandboxFault("CLAWD_SANDBOX_WORKSPACE", "The sandbox's workspace cannot be made.", cause);
  }
  return withDirectory(path, (descriptor) => {
    const { uid, gid } = fstatSync(descriptor);
    const wanted = user ?? (uid === 0 ? { uid: fallbackUid, gid: fallbackUid } : { uid, gid });
    if (wanted.uid !== uid) fchownSync(descriptor, wanted.uid, wanted.gid);
    fchmodSync(descriptor, 0o700);
    return wanted;
  });
}

/**
 * Who works in an agent's own workspace. Nothing about it is changed.
 * @throws CLAWD_SANDBOX_WORKSPACE when it is root's, or no directory
 */
export function ownerOf(path: string): Owner {
  const owner = withDirectory(path, (descriptor) => fstatSync(descriptor));
  if (owner.uid === 0)
    throw sandboxFault(
      "CLAWD_SANDBOX_WORKSPACE",
      "The agent's workspace belongs to root, and nobody in a sandbox is root.",
    );
  return { uid: owner.uid, gid: owner.gid };
}

/** @throws CLAWD_SANDBOX_WORKSPACE when it is no directory */
export function checkDirectory(path: string): void {
  withDirectory(path, () => undefined);
}

function withDirectory<Value>(path: string, use: (descriptor: number) => Value): Value {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    return use(descriptor);
  } catch (cause) {
    if (isClawdError(cause)) throw cause;
    throw sandboxFault(
      "CLAWD_SANDBOX_WORKSPACE",
      "The workspace is no directory, or a link, or cannot be opened.",
      cause,
    );
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
