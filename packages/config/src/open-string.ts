/** Strings that run over the end of their line: the parser lets them, JSON5 does not, and a forgotten quote would swallow keys. */
import type { Issue } from "@clawd/kernel";
import type { Source } from "./source.ts";

/** True when the text of a string token has a line end that no backslash takes. */
export function runsOverLine(token: string): boolean {
  return /[\n\r]/.test(token) && /[\n\r]/.test(token.replace(/\\(?:\r\n|[^])/g, ""));
}

export function openString(source: Source, offset: number): Issue {
  return {
    code: "syntax",
    path: "",
    message: "The string that begins here does not end on its line.",
    hint: "Add the closing quote; a line end inside a string is written \\n.",
    ...source.positionAt(offset),
  };
}
