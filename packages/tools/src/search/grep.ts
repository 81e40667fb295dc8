import { isClawdError } from "@clawd/kernel";
import type { Place } from "@clawd/sandbox";
import { z } from "zod";
import { compileGlob } from "../pattern/glob.ts";
import { compile, type Matcher } from "../pattern/matcher.ts";
import { literalText, type PatternNode } from "../pattern/node.ts";
import { parsePattern, PatternProblem } from "../pattern/regular-expression.ts";
import { rustSource } from "../pattern/rust-source.ts";
import { definePlaceTool } from "../place-tool.ts";
import { answer, failure } from "../tool.ts";
import { grepFile } from "./grep-file.ts";
import { ripgrepCandidates } from "./ripgrep.ts";
import { shownLine, shownList, shownPath } from "./shown.ts";
import { type FoundFile, type SearchBudget, searchBudget, walkFiles } from "./walk-files.ts";

/** Bytes of a file that is looked into. */
const largestFile = 10_485_760;
/** Files that ripgrep is asked about at once, and bytes of their names. */
const batch = { files: 500, bytes: 60_000 };

const parameters = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(2_000)
    .describe("Regular expression, held against each line; see `literal`."),
  path: z.string().default(".").describe("File or directory to search. Absent: the working directory."),
  glob: z.string().max(500).optional().describe("Only files like this: *.ts, src/**/*.{js,ts}"),
  ignoreCase: z.boolean().default(false),
  literal: z.boolean().default(false).describe("The pattern is plain text."),
  context: z.int().min(0).max(20).default(0).describe("Lines to show before and after each match."),
  limit: z.int().min(1).max(1_000).default(100).describe("Matching lines, at most."),
});

export const grep = definePlaceTool({
  name: "grep",
  description:
    "Search the text of files for a pattern. Gives path:line: text for matches, path-line- text for context. Leaves out what .gitignore names, binary files and files over 10 MB. No backreferences or lookaround.",
  parameters,
  async run(input, place, { clock }, signal) {
    const search = prepare(input);
    if (search instanceof PatternProblem) return failure(search.message, { code: "pattern" });
    const budget = searchBudget(clock);
    const lines: string[] = [];
    let matches = 0;
    for await (const { path, bytes } of candidates(place, input.path, search, budget, signal)) {
      const options = { context: input.context, limit: input.limit - matches, budget, signal };
      const found = (await grepFile(bytes, search.matcher, options)) ?? [];
      if (input.context > 0 && lines.length > 0 && found.length > 0) lines.push("--");
      for (const { number, text, isMatch } of found) {
        if (isMatch) matches++;
        const mark = isMatch ? ":" : "-";
        lines.push(`${shownPath(path)}${mark}${number}${mark} ${shownLine(text)}`);
      }
      if (matches >= input.limit) break;
    }
    const notes = [
      ...(matches >= input.limit
        ? [`${input.limit} matches are the limit: narrow the search, or raise it.`]
        : []),
      ...(budget.isOver ? ["The search was ended before everything was looked at: narrow it."] : []),
    ];
    return answer(shownList(lines.length > 0 ? lines : ["No matches found"], notes), { matches });
  },
});

interface Search {
  readonly matcher: Matcher;
  readonly node: PatternNode;
  readonly takes: (file: FoundFile) => boolean;
}

function prepare(input: z.output<typeof parameters>): Search | PatternProblem {
  const node = input.literal
    ? literalText(input.pattern, input.ignoreCase)
    : parsePattern(input.pattern, input.ignoreCase);
  if (node instanceof PatternProblem) return node;
  const matcher = compile(node);
  if (matcher === undefined) return new PatternProblem("The pattern is too large.");
  const takes = fileFilter(input.glob);
  return takes instanceof PatternProblem ? takes : { matcher, node, takes };
}

/** A glob without a slash is for names, one with a slash for paths from where the search begins. */
export function fileFilter(glob: string | undefined): ((file: FoundFile) => boolean) | PatternProblem {
  if (glob === undefined) return () => true;
  const matcher = compileGlob(glob.replace(/^(?:\.?\/)+/, ""));
  if (matcher instanceof PatternProblem) return matcher;
  const isForPaths = glob.includes("/");
  return ({ relative }) =>
    matcher.test(isForPaths ? relative : relative.slice(relative.lastIndexOf("/") + 1));
}

/**
 * The files to look into with their bytes. On the host ripgrep is never asked: it goes by names, and a name can be a link by the
 * time that it opens it.
 */
async function* candidates(
  place: Place,
  start: string,
  { node, takes }: Search,
  budget: SearchBudget,
  signal: AbortSignal,
): AsyncGenerator<{ path: string; bytes: Uint8Array }, void> {
  let waiting: string[] = [];
  let length = 0;
  let hasRipgrep = place.receipt.place === "sandbox";
  for await (const file of walkFiles(place, start, budget, signal)) {
    if (file.kind !== "file" || file.size > largestFile || !takes(file)) continue;
    waiting.push(file.path);
    length += Buffer.byteLength(file.path) + 1;
    const isFull = waiting.length >= (hasRipgrep ? batch.files : 1) || length > batch.bytes;
    if (isFull) yield* take();
  }
  yield* take();

  async function* take(): AsyncGenerator<{ path: string; bytes: Uint8Array }, void> {
    const paths = waiting;
    waiting = [];
    length = 0;
    const chosen =
      hasRipgrep && paths.length > 1
        ? await ripgrepCandidates(place, rustSource(node), paths, signal)
        : undefined;
    if (chosen === null) hasRipgrep = false;
    for (const path of chosen ? paths.filter((each) => chosen.has(each)) : paths) {
      signal.throwIfAborted();
      if (budget.isOver) return;
      const bytes = await contentOf(place, path);
      if (bytes !== null) yield { path, bytes };
    }
  }
}

/** Null for what cannot be read: it went away, grew, is nobody's business. */
async function contentOf(place: Place, path: string): Promise<Uint8Array | null> {
  try {
    return (await place.files.read(path, { maxBytes: largestFile })).bytes;
  } catch (fault) {
    if (isClawdError(fault)) return null;
    throw fault;
  }
}
