/**
 * Directories of the host that an owner mounts into sandboxes besides the workspaces. INVARIANT: no bind reaches the engine's
 * socket, the system, credentials or the gateway's own state, by whatever name (binds.test.ts).
 */
import { lstatSync, readlinkSync } from "node:fs";
import { basename, dirname, join, normalize, resolve } from "node:path";
import type { Mount } from "./engine.ts";

export interface BindRules {
  /** The gateway user's home directory. */
  readonly home: string;
  /** Directories that hold the gateway's config, credentials and state. */
  readonly own: readonly string[];
  /** Where binds may come from without the dangerous switch: the workspaces. */
  readonly roots: readonly string[];
  readonly mayBeExternal: boolean;
}

/** Trees of the system, and with them every engine socket. */
const blockedTrees = [
  "/etc",
  "/proc",
  "/sys",
  "/dev",
  "/root",
  "/boot",
  "/run",
  "/var/run",
  "/var/lib",
  "/lib",
  "/usr",
  "/bin",
  "/sbin",
];
/** Under the home directory: where programs keep credentials, and where a file is run at the next login. */
const blockedInHome = [
  ".aws",
  ".azure",
  ".cargo",
  ".config",
  ".docker",
  ".gnupg",
  ".kube",
  ".local",
  ".netrc",
  ".npm",
  ".npmrc",
  ".password-store",
  ".ssh",
  ".bashrc",
  ".bash_profile",
  ".profile",
  ".zshrc",
  ".mozilla",
  ".clawdbot",
];
const reservedTargets = [
  "/workspace",
  "/agent",
  "/proc",
  "/sys",
  "/dev",
  "/run/clawd",
  "/etc",
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
];

export type BindVerdict =
  | { readonly ok: true; readonly mount: Mount }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/** Judges `source:target[:ro|rw]`. Writable only when it says so. */
export function judgeBind(bind: string, rules: BindRules): BindVerdict {
  const parts = bind.split(":");
  const [source = "", target = "", mode = "ro"] = parts;
  if (parts.length < 2 || parts.length > 3 || (mode !== "ro" && mode !== "rw"))
    return refused(
      "is not source:target or source:target:rw",
      "Write /host/path:/container/path, with :rw to let it be written.",
    );
  if (!isPlainAbsolute(source) || !isPlainAbsolute(target))
    return refused("needs two absolute paths without . and ..", "Write both paths in full.");
  const reserved = reservedTargets.find((path) => isWithin(target, path) || isWithin(path, target));
  if (reserved !== undefined)
    return refused(`would cover ${reserved} in the container`, "Mount it elsewhere, such as /data.");
  const real = realSource(source);
  for (const path of new Set([source, real])) {
    const blocked = blockedBy(path, rules);
    if (blocked !== null)
      return refused(
        `would show ${blocked} to the container`,
        "Mount a directory that holds only what the agent works on.",
      );
  }
  const isKnown = rules.roots.some((root) => isWithin(real, realSource(root)));
  if (!isKnown && !rules.mayBeExternal)
    return refused(
      "comes from outside the workspaces",
      "Move it into a workspace, or set docker.dangerouslyAllowExternalBindSources: true.",
    );
  return { ok: true, mount: { source: real, target, isReadOnly: mode === "ro" } };
}

/** A mount above something blocked shows it as well as one inside. */
function blockedBy(path: string, { home, own }: BindRules): string | null {
  const all = [...blockedTrees, ...blockedInHome.map((name) => join(home, name)), ...own];
  const real = [...all, ...all.map(realSource)];
  if (real.some((tree) => isWithin(path, tree) || isWithin(tree, path)))
    return (
      real.find((tree) => isWithin(path, tree)) ??
      (path === "/" ? "the whole system" : "the system or credentials")
    );
  return /(?:^|\/)[^/]*\.sock$/.test(path) ? "a socket" : null;
}

/**
 * The path after every link, also where its last parts do not exist: the deepest part that exists is resolved and the rest
 * appended, so that a link in the middle cannot hide behind a missing leaf.
 */
export function realSource(path: string, depth = 0): string {
  if (depth > 40 || path === "/") return path === "/" ? "/" : `/${"loop"}`;
  const parent = realSource(dirname(normalize(path)), depth + 1);
  const here = join(parent, basename(path));
  const target = linkTarget(here);
  return target === null ? here : realSource(resolve(parent, target), depth + 1);
}

function linkTarget(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}

const isPlainAbsolute = (path: string): boolean =>
  path.startsWith("/") &&
  !path.includes("\0") &&
  normalize(path).replace(/(?<=.)\/$/, "") === path.replace(/(?<=.)\/$/, "");

const isWithin = (path: string, tree: string): boolean =>
  path === tree || path.startsWith(tree === "/" ? "/" : `${tree}/`);

const refused = (reason: string, hint: string): BindVerdict => ({ ok: false, reason, hint });
