/**
 * Paths as a model writes them, brought to components below one of the place's roots. By text alone: what is there, and where
 * links lead, is found out by whoever walks.
 */
import { fileFault } from "./file-fault.ts";

export interface PlacePath {
  /** Index into the roots. */
  readonly root: number;
  /** Names below that root: none is empty, `.` or `..`, none holds a slash or NUL. */
  readonly components: readonly string[];
}

/** Bytes, as Linux and macOS have it. */
const longestName = 255;
const longestPath = 4096;

// Looks like a slash, a backslash or a dot and is none; is not seen at all; turns the text around; is half a character.
// Two joiners (U+200C, U+200D) are left out: Persian words and emoji are written with them.
const deceiving =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2024\u2025\u2028-\u202e\u2044\u2060-\u206f\u2215\u2216\u29f5\u29f8\u29f9\ufe52\ufe68\ufeff\uff0e\uff0f\uff3c\p{Cs}]/u;
const foreign = /^(?:[~@]|\/\/|[a-z]:|[a-z][a-z0-9+.-]+:\/|file:)/iu;

/**
 * `home` and `roots` are absolute, without a slash at the end. `..` is taken by its text, and may not leave the roots.
 * @throws CLAWD_FILE_OUTSIDE for everything that is no path below a root: `~`, `@`, `file:`, drives, UNC, backslashes, NUL,
 * characters that deceive, names longer than a file system takes.
 */
export function placePath(path: string, home: string, roots: readonly string[]): PlacePath {
  const outside = (detail?: string) => fileFault("CLAWD_FILE_OUTSIDE", path, detail);
  if (path === "") throw outside("it is empty");
  if (deceiving.test(path) || path.includes("\\"))
    throw outside("it has a character that paths do not have here");
  if (foreign.test(path)) throw outside();
  if (Buffer.byteLength(path) > longestPath) throw outside("it is too long");
  const components = normalized(path.startsWith("/") ? path : `${home}/${path}`);
  const found = components && below(components, roots);
  if (!found) throw outside();
  if (found.components.some((name) => Buffer.byteLength(name) > longestName))
    throw outside("a name in it is too long");
  return found;
}

/** The names of an absolute path; undefined when `..` climbs above `/`. */
function normalized(path: string): string[] | undefined {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) return undefined;
  }
  return names;
}

/** The deepest root wins, so that a root inside another one keeps its own rights. */
function below(components: readonly string[], roots: readonly string[]): PlacePath | undefined {
  let best: PlacePath | undefined;
  for (const [index, root] of roots.entries()) {
    const names = normalized(root) ?? [];
    const isBelow = names.every((name, position) => components[position] === name);
    if (!isBelow) continue;
    const rest = components.slice(names.length);
    if (best === undefined || rest.length < best.components.length) best = { root: index, components: rest };
  }
  return best;
}
