/** The config file as a program reads and changes it: its text, its values as they are written, and which version it was. */
import { lstatSync } from "node:fs";
import { basename } from "node:path";
import { ClawdError, type Result } from "@clawd/kernel";
import { writeFileAtomic } from "@clawd/kernel/files";
import { createHash } from "node:crypto";
import { valueOf } from "./node.ts";
import { parseText } from "./parse.ts";
import { readConfigFile } from "./read-file.ts";
import { sourceOf } from "./source.ts";

export interface ConfigDocument {
  readonly text: string;
  /** As written: without includes and variables put in. Its objects have no prototype. */
  readonly value: Readonly<Record<string, unknown>>;
  /** `sha256:…` of the text. */
  readonly hash: string;
}

/** A file that is not there is an empty document. Issues: why it cannot be read or is no object. */
export function readDocument(path: string): Result<ConfigDocument> {
  const read = readConfigFile(path);
  const file = basename(path);
  if (read.state === "unreadable")
    return {
      ok: false,
      issues: [{ code: "unreadable", path: "", message: read.message, hint: read.hint, file }],
    };
  const text = read.state === "absent" ? "" : read.text;
  const parsed = parseDocument(text, file);
  if (!parsed.ok) return parsed;
  return { ok: true, value: { text, value: parsed.value, hash: hashOf(text) }, warnings: [] };
}

/** The values of a text that is to be a whole config, or a part of one. */
export function parseDocument(text: string, file: string): Result<ConfigDocument["value"]> {
  const parsed = parseText(sourceOf(file, text.trim() === "" ? "{}" : text));
  if (!parsed.ok) return parsed;
  if (parsed.value.kind === "object")
    return { ok: true, value: valueOf(parsed.value) as ConfigDocument["value"], warnings: [] };
  const message = "A config is an object.";
  return { ok: false, issues: [{ code: "no-object", path: "", message, hint: "Write { … }.", file }] };
}

/**
 * Replaces the document whose hash is `base`, 0600, whole or not at all; what was there is kept beside it as `.bak`, 0600 too.
 * @throws CLAWD_CONFIG_RACE when it is another one by now, CLAWD_CONFIG_LINK where no plain file stands, CLAWD_FILE_WRITE; the
 * file is then untouched.
 */
export function replaceDocument(path: string, base: string, text: string): void {
  const before = currentOf(path, base);
  if (before !== "") writeFileAtomic(`${path}.bak`, before);
  // Once more when all is on the disk: from here to the replacement nothing waits for anything.
  writeFileAtomic(path, text, () => void currentOf(path, base));
}

function currentOf(path: string, base: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile())
    throw new ClawdError(
      "CLAWD_CONFIG_LINK",
      "The config's name leads to something else than a plain file.",
      {
        hint: "Edit the file that it leads to by hand.",
      },
    );
  const read = readConfigFile(path);
  const text = read.state === "read" ? read.text : "";
  if (hashOf(text) === base) return text;
  throw new ClawdError("CLAWD_CONFIG_RACE", "The config file was changed by somebody else meanwhile.", {
    hint: "Read it again, and make the change to what it says now.",
  });
}

const hashOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
