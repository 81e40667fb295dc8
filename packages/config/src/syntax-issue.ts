/** One plain issue for text that is not JSON5, at the place a person should look. */
import type { Issue } from "@clawd/kernel";
import type { Token } from "@humanwhocodes/momoa";
import { runsOverLine, tokensOf } from "./json5.ts";
import type { Source } from "./source.ts";

export function syntaxIssue(source: Source, thrown: unknown): Issue {
  const offset = Math.min(offsetOf(thrown), source.text.length);
  // A forgotten quote shows up lines later, so look for a string that ran over its line first.
  const runaway = tokensOf(source.text.slice(0, offset))?.find(
    ({ type, range }) => type === "String" && runsOverLine(source.text.slice(...range!)),
  );
  if (runaway !== undefined) return openString(source, runaway.range![0]);
  if (source.text.trim() === "")
    return issueAt(source, 0, "The file is empty.", "Write {} for a config without settings.");
  return unclosed(source) ?? unexpected(source, offset);
}

function offsetOf(thrown: unknown): number {
  const offset = (thrown as { readonly offset?: unknown } | null)?.offset;
  return typeof offset === "number" && offset >= 0 ? offset : 0;
}

export function openString(source: Source, offset: number): Issue {
  const message = "The string that begins here does not end on its line.";
  return issueAt(
    source,
    offset,
    message,
    "Add the closing quote; a line end inside a string is written \\n.",
  );
}

export function badNumber(source: Source, offset: number): Issue {
  return issueAt(source, offset, "This is not a number.", "Write it as 0.5, or put quotes around it.");
}

/** The innermost bracket that is still open at the end of an otherwise readable text. */
function unclosed(source: Source): Issue | undefined {
  const tokens = tokensOf(source.text);
  if (tokens === undefined) return undefined;
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.type === "LBrace" || token.type === "LBracket") open.push(token);
    else if (token.type === "RBrace" || token.type === "RBracket") {
      const opener = open.pop();
      if (opener === undefined || opener.type.slice(1) !== token.type.slice(1)) return undefined;
    }
  }
  const bracket = open.pop();
  if (bracket === undefined) return undefined;
  const [opener, closer] = bracket.type === "LBrace" ? ["{", "}"] : ["[", "]"];
  return issueAt(
    source,
    bracket.range![0],
    `The ${opener} that opens here is never closed.`,
    `Add the missing ${closer}.`,
  );
}

const hints: readonly (readonly [what: RegExp, hint: string])[] = [
  [/^["'\w$]/, "A comma or a colon may be missing before it, or quotes around it."],
  [/^[}\]]/, "It closes nothing, or a value is missing before it."],
  [/^[“”‘’„«»]/, "Use plain quotes: \" or '."],
  [/^[;=]/, "Use : between a key and its value, and , between entries."],
  [/^[-+]?\./, "Write a digit before the point."],
  [/^#/, "Comments begin with //."],
];

function unexpected(source: Source, offset: number): Issue {
  const rest = source.text.slice(offset);
  if (rest.trim() === "") {
    return issueAt(source, offset, "The file ends too early.", "Close every string, comment, { and [.");
  }
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  const hint = hints.find(([what]) => what.test(rest))?.[1];
  return issueAt(
    source,
    offset,
    `Did not expect ${nameOf(character)} here.`,
    hint ?? "Remove it, or put it inside quotes.",
  );
}

/** Words are not repeated: an unquoted one may be a token. */
function nameOf(character: string): string {
  if (/[\w$]/.test(character)) return "this word or number";
  if (/["']/.test(character)) return "this string";
  if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  return `the character U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

function issueAt(source: Source, offset: number, message: string, hint: string): Issue {
  return { code: "syntax", path: "", message, hint, ...source.positionAt(offset) };
}
