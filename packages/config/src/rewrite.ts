/**
 * Makes a JSON5 text say something else with as little change as it takes: comments, order and spelling of whatever stays are
 * kept. The outcome is parsed again and compared: a text that would not say exactly what was asked for is never returned.
 */
import { isDeepStrictEqual } from "node:util";
import type { PathSegment, Result } from "@clawd/kernel";
import { removeInConfig, setInConfig } from "./edit.ts";
import type { JsonValue } from "./json-value.ts";
import { valueOf } from "./node.ts";
import { parseText } from "./parse.ts";
import { sourceOf } from "./source.ts";

/** Edits that are made one by one; a text that needs more is another text. */
const mostEdits = 300;

/** Issues: whatever is wrong with `text`, `cannot-set`, or `too-many-changes`. */
export function rewriteConfig(text: string, wanted: Readonly<Record<string, unknown>>): Result<string> {
  const before = parseText(sourceOf("", text.trim() === "" ? "{}\n" : text));
  if (!before.ok) return before;
  const edits = editsBetween(valueOf(before.value), wanted, []);
  if (edits.length > mostEdits) return tooMany(edits.length);
  let edited: Result<string> = { ok: true, value: text, warnings: [] };
  for (const { path, value } of edits) {
    if (!edited.ok) return edited;
    edited =
      value === undefined ? removeInConfig(edited.value, path) : setInConfig(edited.value, path, value);
  }
  return edited;
}

interface Change {
  readonly path: readonly PathSegment[];
  /** Undefined: the entry goes. */
  readonly value: JsonValue | undefined;
}

/** What is set, then what goes. A list whose entries are not the same number is replaced whole. */
function editsBetween(before: unknown, after: unknown, path: readonly PathSegment[]): readonly Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const set = Object.keys(after).flatMap((key) =>
      Object.hasOwn(before, key)
        ? editsBetween(before[key], after[key], [...path, key])
        : [{ path: [...path, key], value: after[key] as JsonValue }],
    );
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
    return [...set, ...gone.map((key) => ({ path: [...path, key], value: undefined }))];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && after.some(isRecord))
    return after.flatMap((entry, index) => editsBetween(before[index], entry, [...path, index]));
  return [{ path, value: after as JsonValue }];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function tooMany(count: number): Result<never> {
  const message = `${count} values would change at once.`;
  const hint = `Change at most ${mostEdits}, or edit the file itself.`;
  return { ok: false, issues: [{ code: "too-many-changes", path: "", message, hint }] };
}
