/** Where in a JSON5 text a new entry of an object or list goes, so that commas, comments and indentation stay right. */
import type { ValueNode } from "@humanwhocodes/momoa";
import { tokensOf } from "./json5.ts";

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Puts an entry after the last one: behind its comma and its comment, on a line of its own where the others have one. */
export function insertEntry(
  text: string,
  container: Extract<ValueNode, { type: "Object" | "Array" }>,
  print: (indent: string) => string,
): readonly Edit[] {
  const [start, end] = container.range!;
  const entries: readonly { readonly range?: readonly number[] }[] =
    container.type === "Object" ? container.members : container.elements.map(({ value }) => value);
  const last = entries.at(-1);
  const outer = indentAt(text, start);
  if (last === undefined) {
    const inside = text.slice(start + 1, end - 1).trimEnd();
    const isList = container.type === "Array" && inside === "";
    const entry = isList ? print(outer) : `\n${outer}  ${print(`${outer}  `)}\n${outer}`;
    return [{ start: start + 1 + inside.length, end: end - 1, text: entry }];
  }
  const [lastStart, lastEnd] = last.range as readonly [number, number];
  const tail = tailOf(text, lastEnd, end - 1);
  const isOneLine = !/[\n\r]/.test(text.slice(lastEnd, end - 1));
  if (isOneLine) {
    const entry = `${tail.hasComma ? "" : ","} ${print(outer)}${tail.hasComma ? "," : ""}`;
    return [{ start: tail.end, end: tail.end, text: entry }];
  }
  const indent = startsLine(text, lastStart) ? indentAt(text, lastStart) : `${outer}  `;
  const entry = {
    start: tail.end,
    end: tail.end,
    text: `\n${indent}${print(indent)}${tail.hasComma ? "," : ""}`,
  };
  return tail.hasComma ? [entry] : [{ start: lastEnd, end: lastEnd, text: "," }, entry];
}

/** What belongs to the last entry: its comma, and comments that begin on its line. */
function tailOf(text: string, from: number, to: number): { end: number; hasComma: boolean } {
  let end = from;
  let hasComma = false;
  for (const { type, range } of tokensOf(text) ?? []) {
    const [tokenStart, tokenEnd] = range!;
    if (tokenStart < from || tokenStart >= to) continue;
    if (type === "Comma") hasComma = true;
    else if (/[\n\r]/.test(text.slice(end, tokenStart))) break;
    end = tokenEnd;
  }
  return { end, hasComma };
}

function startsLine(text: string, offset: number): boolean {
  return /(?:^|[\n\r])[ \t]*$/.test(text.slice(Math.max(0, offset - 256), offset));
}

/** The white space that the line of `offset` begins with. */
export function indentAt(text: string, offset: number): string {
  const lineStart = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))![0];
}
