/** Takes one entry of an object out of a JSON5 text: with its comma, and its line where nothing else stands on it. */
import type { ObjectNode } from "@humanwhocodes/momoa";
import type { Edit } from "./insert-entry.ts";
import { tokensOf } from "./json5.ts";

export function removeEntry(text: string, container: ObjectNode, index: number): readonly Edit[] {
  const [start, end] = container.members[index]!.range!;
  const commas = (tokensOf(text) ?? []).filter(({ type }) => type === "Comma").map(({ range }) => range!);
  const until = container.members[index + 1]?.range![0] ?? container.range![1];
  const following = commas.find(([at]) => at >= end && at < until);
  if (following !== undefined) {
    const isNext = text.slice(end, following[0]).trim() === "";
    if (isNext) return [cut(text, start, following[1])];
    // A comment stands between the entry and its comma.
    return [cut(text, start, end), { start: following[0], end: following[1], text: "" }];
  }
  const previous = container.members[index - 1]?.range![1];
  const before = previous === undefined ? undefined : commas.find(([at]) => at >= previous && at < start);
  return [
    ...(before === undefined ? [] : [{ start: before[0], end: before[1], text: "" }]),
    cut(text, start, end),
  ];
}

/** Without the white space around it that would be left alone on a line. */
function cut(text: string, start: number, end: number): Edit {
  const lineStart = Math.max(text.lastIndexOf("\n", start - 1), text.lastIndexOf("\r", start - 1)) + 1;
  const rest = /^[ \t]*(?:\r\n|[\n\r])/.exec(text.slice(end));
  const isAlone = text.slice(lineStart, start).trim() === "" && lineStart > 0 && rest !== null;
  if (isAlone) return { start: lineStart, end: end + rest[0].length, text: "" };
  const gap = /^[ \t]*/.exec(text.slice(end))![0].length;
  return { start, end: end + gap, text: "" };
}
