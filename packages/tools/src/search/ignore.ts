/** The rules of .gitignore files, as git reads them. What a line means that cannot be read is nothing. */
import { compileGlob } from "../pattern/glob.ts";
import { PatternProblem } from "../pattern/regular-expression.ts";

/** What the rules of one search may cost, all files together; when it is spent, patterns match nothing any more. */
export interface Effort {
  left: number;
}

/** Steps of patterns: a second or two. */
export const searchEffort = (): Effort => ({ left: 10_000_000 });

export interface IgnoreRules {
  /** Relative to the directory of the file; null: no rule says anything of it. */
  verdict(path: string, isDirectory: boolean): "ignore" | "keep" | null;
}

interface Rule {
  readonly isKept: boolean;
  readonly onlyDirectories: boolean;
  matches(path: string, name: string): boolean;
}

/** Rules of one file that are read; a longer file counts to here. */
const mostRules = 1_000;

export function parseIgnore(text: string, effort: Effort): IgnoreRules {
  const rules = text
    .replace(/^\ufeff/, "")
    .split("\n")
    .slice(0, mostRules)
    .flatMap((line) => parseRule(line, effort))
    .reverse();
  return {
    verdict(path, isDirectory) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const rule = rules.find((each) => (isDirectory || !each.onlyDirectories) && each.matches(path, name));
      return rule === undefined ? null : rule.isKept ? "keep" : "ignore";
    },
  };
}

function parseRule(line: string, effort: Effort): Rule[] {
  let glob = withoutTrailingSpaces(line.replace(/\r$/, ""));
  if (glob === "" || glob.startsWith("#")) return [];
  const isKept = glob.startsWith("!");
  if (isKept) glob = glob.slice(1);
  const onlyDirectories = glob.endsWith("/");
  if (onlyDirectories) glob = glob.slice(0, -1);
  const isAnchored = glob.includes("/");
  if (glob.startsWith("/")) glob = glob.slice(1);
  if (glob === "") return [];
  if (!isAnchored && !/[*?[\\]/.test(glob)) {
    const literal = glob;
    return [{ isKept, onlyDirectories, matches: (_, name) => name === literal }];
  }
  const matcher = compileGlob(glob, { hasBraces: false });
  if (matcher instanceof PatternProblem) return [];
  const matches: Rule["matches"] = (path, name) => {
    const look = matcher.look(isAnchored ? path : name);
    const isFound = look.goOn(effort.left);
    effort.left -= look.spent;
    return isFound === true;
  };
  return [{ isKept, onlyDirectories, matches }];
}

function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " " && line[end - 2] !== "\\") end--;
  return line.slice(0, end);
}
