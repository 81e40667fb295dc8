/** Adds an entry to a list in the config file, with everything else in it left as it stands. */
import { existsSync, readFileSync } from "node:fs";
import { ClawdError, formatPath, type Issue, type PathSegment } from "@clawd/kernel";
import { setInConfig } from "./edit.ts";
import type { JsonValue } from "./json-value.ts";
import { valueOf } from "./node.ts";
import { parseText } from "./parse.ts";
import { sourceOf } from "./source.ts";
import { writeConfig } from "./write.ts";

/**
 * False when the entry was there. The file and the list are made where they are missing.
 * @throws CLAWD_CONFIG_EDIT when the file cannot be edited safely, CLAWD_FILE_WRITE; it is then unchanged.
 */
export function appendToConfig(path: string, list: readonly PathSegment[], entry: JsonValue): boolean {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const entries = entriesIn(text, list, entry);
  if (entries.includes(entry)) return false;
  const edited = setInConfig(text, [...list, entries.length], entry);
  if (!edited.ok) throw cannotEdit(edited.issues[0], list, entry);
  writeConfig(path, edited.value);
  return true;
}

function entriesIn(text: string, list: readonly PathSegment[], entry: JsonValue): readonly unknown[] {
  if (text.trim() === "") return [];
  const parsed = parseText(sourceOf("clawdbot.json", text));
  if (!parsed.ok) throw cannotEdit(parsed.issues[0], list, entry);
  const found = list.reduce<unknown>(
    (value, key) => (Object(value) as Record<PathSegment, unknown>)[key],
    valueOf(parsed.value),
  );
  return Array.isArray(found) ? found : [];
}

function cannotEdit(issue: Issue | undefined, list: readonly PathSegment[], entry: JsonValue): ClawdError {
  return new ClawdError("CLAWD_CONFIG_EDIT", issue?.message ?? "The config cannot be edited.", {
    hint: `Add ${JSON.stringify(entry)} to ${formatPath(list)} by hand.`,
  });
}
