/** What a patch comes to, worked out on what is there now, before anything is written. */
import { type Place, placePath } from "@clawd/sandbox";
import { applyHunks } from "./apply-hunks.ts";
import { lineDiff } from "./line-diff.ts";
import { PatchProblem, type PatchSection } from "./patch.ts";
import { encodeText, readTextFile } from "./text-file.ts";

/** One file before and after; null: it is not there. */
export interface PlannedChange {
  readonly path: string;
  readonly before: { readonly bytes: Uint8Array; readonly version: string } | null;
  readonly after: Uint8Array | null;
}

export interface PatchPlan {
  readonly changes: readonly PlannedChange[];
  /** `A path`, `M path`, `D path`, `M old -> new`. */
  readonly summary: readonly string[];
  readonly diffs: Readonly<Record<string, string>>;
}

interface Draft {
  readonly path: string;
  readonly before: PlannedChange["before"];
  readonly hasMark: boolean;
  text: string | null;
}

/** @throws the faults of files. */
export async function planPatch(
  sections: readonly PatchSection[],
  { files, home }: Pick<Place, "files" | "home">,
): Promise<PatchPlan | PatchProblem> {
  const drafts = new Map<string, Draft>();
  const summary: string[] = [];
  const diffs: Record<string, string> = {};

  /** A file as the sections before left it. Two ways to write a path are one file. */
  async function draftOf(path: string): Promise<Draft> {
    const key = placePath(path, home, ["/"]).components.join("/");
    const known = drafts.get(key);
    if (known !== undefined) return known;
    const draft = await loaded(path);
    drafts.set(key, draft);
    return draft;
  }

  async function loaded(path: string): Promise<Draft> {
    const isThere = (await files.stat(path)) !== null;
    if (!isThere) return { path, before: null, hasMark: false, text: null };
    const { bytes, version, text, hasMark } = await readTextFile(files, path);
    return { path, before: { bytes, version }, hasMark, text };
  }

  async function take(section: PatchSection): Promise<PatchProblem | undefined> {
    const draft = await draftOf(section.path);
    const { path } = section;
    if (section.kind === "add") {
      if (draft.text !== null) return new PatchProblem(`${path} is there already: update it.`);
      draft.text = section.text;
      summary.push(`A ${path}`);
      return undefined;
    }
    if (draft.text === null) return new PatchProblem(`${path} is not there.`);
    if (section.kind === "delete") {
      draft.text = null;
      summary.push(`D ${path}`);
      return undefined;
    }
    const text = applyHunks(draft.text, section.hunks, path);
    if (text instanceof PatchProblem) return text;
    const { moveTo } = section;
    diffs[moveTo ?? path] = lineDiff(draft.text, text);
    summary.push(moveTo === undefined ? `M ${path}` : `M ${path} -> ${moveTo}`);
    if (moveTo === undefined) {
      draft.text = text;
      return undefined;
    }
    const target = await draftOf(moveTo);
    if (target.text !== null) return new PatchProblem(`${moveTo} is there already.`);
    target.text = draft.hasMark ? `\ufeff${text}` : text;
    draft.text = null;
    return undefined;
  }

  for (const section of sections) {
    const problem = await take(section);
    if (problem !== undefined) return problem;
  }
  return { changes: [...drafts.values()].flatMap(changeOf), summary, diffs };
}

function changeOf({ path, before, hasMark, text }: Draft): PlannedChange[] {
  const after = text === null ? null : encodeText(text, hasMark);
  if (before === null && after === null) return [];
  return [{ path, before, after }];
}
