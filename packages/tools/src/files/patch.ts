/**
 * The format of patches: `*** Begin Patch`, sections that add, delete, update and move files, `*** End Patch`. Read as a whole or
 * refused with the number of the line.
 */

export type PatchSection =
  | { readonly kind: "add"; readonly path: string; readonly text: string }
  | { readonly kind: "delete"; readonly path: string }
  | {
      readonly kind: "update";
      readonly path: string;
      /** Where the file goes. Absent: it stays. */
      readonly moveTo?: string;
      readonly hunks: readonly PatchHunk[];
    };

export interface PatchHunk {
  /** Lines to go to first, each after the one before; `@@ class Foo`. */
  readonly anchors: readonly string[];
  readonly lines: readonly PatchLine[];
  /** The hunk has to end where the file ends. */
  readonly isAtEnd: boolean;
}

export interface PatchLine {
  readonly kind: "keep" | "remove" | "add";
  readonly text: string;
}

export class PatchProblem {
  readonly message: string;

  constructor(message: string, line?: number) {
    this.message = line === undefined ? message : `Line ${line} of the patch: ${message}`;
  }
}

export function parsePatch(input: string): readonly PatchSection[] | PatchProblem {
  try {
    return new Reader(input).sections();
  } catch (problem) {
    if (problem instanceof PatchProblem) return problem;
    throw problem;
  }
}

const endPatch = "*** End Patch";
const endOfFile = "*** End of File";

class Reader {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(input: string) {
    this.#lines = input.replaceAll("\r\n", "\n").trim().split("\n");
  }

  sections(): readonly PatchSection[] {
    if (this.#next()?.trimEnd() !== "*** Begin Patch")
      throw this.#problem("it has to begin with `*** Begin Patch`.");
    if (this.#lines.at(-1)?.trimEnd() !== endPatch)
      throw new PatchProblem("The patch has to end with `*** End Patch`.");
    const sections: PatchSection[] = [];
    while (this.#at < this.#lines.length - 1) sections.push(this.#section());
    if (sections.length === 0) throw new PatchProblem("The patch changes nothing.");
    return sections;
  }

  #section(): PatchSection {
    const line = this.#next()!;
    const [, verb, written] = /^\*\*\* (Add|Delete|Update) File: (.+)$/.exec(line.trimEnd()) ?? [];
    const path = written?.trim();
    if (verb === undefined || !path)
      throw this.#problem(
        "expected `*** Add File: `, `*** Delete File: ` or `*** Update File: ` with a path.",
      );
    if (verb === "Add") return { kind: "add", path, text: this.#added() };
    if (verb === "Delete") return { kind: "delete", path };
    const moveTo = this.#move();
    const hunks = this.#hunks();
    if (hunks.length === 0 && moveTo === undefined) throw this.#problem(`the update of ${path} has no hunk.`);
    return { kind: "update", path, hunks, ...(moveTo !== undefined && { moveTo }) };
  }

  #added(): string {
    let text = "";
    for (let line = this.#peek(); line?.startsWith("+"); line = this.#peek())
      text += `${this.#next()!.slice(1)}\n`;
    return text;
  }

  #move(): string | undefined {
    const target = /^\*\*\* Move to: (.+)$/.exec(this.#peek()?.trimEnd() ?? "")?.[1]?.trim();
    if (target) this.#at++;
    return target;
  }

  #hunks(): readonly PatchHunk[] {
    const hunks: PatchHunk[] = [];
    while (this.#peek() !== undefined && !this.#peek()!.startsWith("*** "))
      hunks.push(this.#hunk(hunks.length === 0));
    return hunks;
  }

  #hunk(isFirst: boolean): PatchHunk {
    const anchors: string[] = [];
    let hasHeader = false;
    for (let line = this.#peek(); line !== undefined && /^@@( |$)/.test(line); line = this.#peek()) {
      hasHeader = true;
      if (line.trim() !== "@@") anchors.push(line.slice(3));
      this.#at++;
    }
    // Only the first hunk of a file may come without its `@@`.
    if (!hasHeader && !isFirst) throw this.#problem("expected `@@` before the next hunk.", 1);
    const lines: PatchLine[] = [];
    for (let line = this.#hunkLine(); line !== undefined; line = this.#hunkLine()) lines.push(line);
    if (lines.length === 0) throw this.#problem("a hunk needs lines that begin with ` `, `-` or `+`.", 1);
    const isAtEnd = this.#peek()?.trimEnd() === endOfFile;
    if (isAtEnd) this.#at++;
    return { anchors, lines, isAtEnd };
  }

  #hunkLine(): PatchLine | undefined {
    const line = this.#peek();
    if (line === undefined) return undefined;
    const kind = line === "" ? "keep" : ({ " ": "keep", "-": "remove", "+": "add" } as const)[line[0]!];
    if (kind !== undefined) this.#at++;
    return kind && { kind, text: line.slice(1) };
  }

  /** Undefined at the end of the patch. */
  #peek(): string | undefined {
    return this.#at < this.#lines.length - 1 ? this.#lines[this.#at] : undefined;
  }

  #next(): string | undefined {
    return this.#lines[this.#at++];
  }

  #problem(message: string, ahead = 0): PatchProblem {
    return new PatchProblem(message, this.#at + ahead);
  }
}
