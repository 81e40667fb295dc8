/**
 * INVARIANT: what is reached lies below a root at the moment it is opened, whoever moves directories and links meanwhile
 * (race.test.ts). Each component is opened by itself from the handle of the one before, and no link is followed by the kernel.
 */
import { closeSync } from "node:fs";
import { fileFault, placePath } from "@clawd/sandbox";
import { type Handle, linkTarget, makeDirectory, openName, openRoot } from "./handle.ts";
import { errorCode } from "./host-fault.ts";

export interface Root {
  /** Absolute, without a slash at the end. */
  readonly path: string;
  readonly isReadOnly: boolean;
}

/** A root with the path that it really has, where `path` may lead through the owner's own links. */
export interface RealRoot extends Root {
  readonly realPath: string;
}

export interface WalkOptions {
  /** What to do with a link: `keep` gives the last component as it is and follows the others. */
  readonly links: "follow" | "keep" | "refuse";
  readonly makeMissing?: boolean;
}

/** What a path led to. `release` closes the handles. */
export interface Reached {
  readonly root: RealRoot;
  /** The directory that holds it; null when it is a root itself. */
  readonly parent: Handle | null;
  readonly name: string;
  /** Null when nothing has this name. */
  readonly target: Handle | null;
  readonly release: () => void;
}

const mostLinks = 40;
const mostNames = 256;

/**
 * @throws CLAWD_FILE_OUTSIDE, CLAWD_FILE_LINK, CLAWD_FILE_KIND (a file where a directory is needed), CLAWD_FILE_MISSING (a
 * directory on the way), or what the system says.
 */
export function walk(path: string, home: string, roots: readonly RealRoot[], options: WalkOptions): Reached {
  const start = placePath(
    path,
    home,
    roots.map((root) => root.path),
  );
  const climb = new Climb(path, roots, start.root);
  try {
    return climb.to([...start.components], options);
  } catch (fault) {
    climb.close();
    throw fault;
  }
}

/** One walk: the handles from the root to where it stands. They are kept because `..` of a link goes back on them. */
class Climb {
  readonly #path: string;
  readonly #roots: readonly RealRoot[];
  #root: RealRoot;
  #stack: Handle[] = [];
  #links = 0;

  constructor(path: string, roots: readonly RealRoot[], root: number) {
    this.#path = path;
    this.#roots = roots;
    this.#root = roots[root]!;
    this.#stack = [this.#begin()];
  }

  to(names: string[], { links, makeMissing = false }: WalkOptions): Reached {
    let last = "";
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      if (names.length > mostNames || this.#stack.length > mostNames)
        throw fileFault("CLAWD_FILE_OUTSIDE", this.#path, "it is too deep");
      if (name === "..") {
        this.#back();
        continue;
      }
      last = name;
      const isLast = names.length === 0;
      const child = this.#open(name, makeMissing && !isLast);
      if (child === null) {
        if (!isLast) throw fileFault("CLAWD_FILE_MISSING", this.#path);
        return this.#reached(name, null);
      }
      if (child.stat.isSymbolicLink() && !(isLast && links === "keep")) {
        closeSync(child.fd);
        if (links === "refuse") throw fileFault("CLAWD_FILE_LINK", this.#path);
        names.unshift(...this.#follow(name));
      } else if (isLast) {
        return this.#reached(name, child);
      } else {
        this.#stack.push(child);
        if (!child.stat.isDirectory()) throw fileFault("CLAWD_FILE_KIND", this.#path);
      }
    }
    // The path, or the link that it ended with, named a directory that is on the stack already.
    const target = this.#stack.pop()!;
    if (this.#stack.length > 0) return this.#reached(last, target);
    return { root: this.#root, parent: null, name: "", target, release: () => closeSync(target.fd) };
  }

  close(): void {
    for (const { fd } of this.#stack.splice(0)) closeSync(fd);
  }

  #begin(): Handle {
    const root = openRoot(this.#root.realPath);
    if (root === null) throw this.#leadsOut();
    return root;
  }

  #open(name: string, make: boolean): Handle | null {
    const { fd } = this.#stack.at(-1)!;
    try {
      return openName(fd, name);
    } catch (fault) {
      if (errorCode(fault) !== "ENOENT") throw fault;
    }
    if (!make) return null;
    if (this.#root.isReadOnly) throw fileFault("CLAWD_FILE_READ_ONLY", this.#path);
    makeDirectory(fd, name);
    return openName(fd, name);
  }

  #back(): void {
    if (this.#stack.length === 1) throw this.#leadsOut();
    closeSync(this.#stack.pop()!.fd);
  }

  /** The components that stand for the link. An absolute target begins again at the root that it names, or leads out. */
  #follow(name: string): string[] {
    const target = linkTarget(this.#stack.at(-1)!.fd, name);
    if (target === undefined || ++this.#links > mostLinks) throw this.#leadsOut();
    const names = target.split("/").filter((part) => part !== "" && part !== ".");
    if (!target.startsWith("/")) return names;
    const below = this.#roots
      .map((root) => ({ root, names: root.path.split("/").filter(Boolean) }))
      .filter((root) => root.names.every((part, position) => names[position] === part))
      .sort((one, other) => other.names.length - one.names.length)[0];
    if (below === undefined) throw this.#leadsOut();
    this.close();
    this.#root = below.root;
    this.#stack = [this.#begin()];
    return names.slice(below.names.length);
  }

  #leadsOut() {
    return fileFault("CLAWD_FILE_LINK", this.#path);
  }

  #reached(name: string, target: Handle | null): Reached {
    const parent = this.#stack.pop()!;
    this.close();
    const release = () => {
      closeSync(parent.fd);
      if (target !== null) closeSync(target.fd);
    };
    return { root: this.#root, parent, name, target, release };
  }
}
