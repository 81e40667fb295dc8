/** From the model's path to a root and what is beneath it. Only words are looked at here; links are the supervisor's to judge. */
import { placePath } from "../path.ts";

/** A directory of the container beneath which files may be reached. */
export interface Root {
  /** Absolute, as the model writes it. */
  readonly path: string;
  readonly isReadOnly: boolean;
}

export interface RootedPath {
  /** Index of the root. */
  readonly root: number;
  /** Relative to it, without `.`, `..` and empty parts; "" is the root itself. */
  readonly path: string;
}

/** @throws CLAWD_FILE_OUTSIDE when it is beneath no root, or cannot be a path at all. */
export type RootedPaths = (path: string) => RootedPath;

export function rootedPaths(home: string, roots: readonly Root[]): RootedPaths {
  const paths = roots.map(({ path }) => path);
  return (written) => {
    const { root, components } = placePath(written, home, paths);
    return { root, path: components.join("/") };
  };
}

/** A text with half a character in it has no bytes of its own. */
export const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);
