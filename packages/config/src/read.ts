/** The config's tree from its files: parsed, included, variables put in. No schema, so a command that needs none loads none. */
import { realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Issue, Result } from "@clawd/kernel";
import { resolveIncludes } from "./include.ts";
import type { KeyPattern } from "./key-pattern.ts";
import type { ConfigNode } from "./node.ts";
import { parseText } from "./parse.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { readConfigFile, type FileRead } from "./read-file.ts";
import { secretsOf } from "./secrets.ts";
import { sourceOf } from "./source.ts";
import { substituteVariables, type Environment } from "./substitute.ts";

export interface ReadConfigOptions {
  readonly path: string;
  readonly environment: Environment;
  /** Read instead of what the file holds: what it would be, before it is written. Absent: the file. */
  readonly text?: string;
  /** A missing file is an error. Absent means that it is a config without settings, as before the first start. */
  readonly mustExist?: boolean;
  /** Keys whose values are secrets. Absent means none. */
  readonly secretKeys?: readonly KeyPattern[];
  /**
   * `"warn"`: a secret key whose variable is unset is left out with a warning, so that `policy decide` needs no tokens
   * and one network without its token does not stop the others. Absent means `"error"`.
   */
  readonly unsetSecrets?: "error" | "warn";
}

export interface ReadConfig {
  readonly root: ConfigNode;
  /** False when there was no file and the config is the empty one. */
  readonly found: boolean;
  /** What must never be shown: hand it to the log's redactor. */
  readonly secrets: readonly string[];
}

export interface ReadAttempt {
  readonly result: Result<ReadConfig>;
  /** Absolute paths that decided the result, also of files that were missing or broken: those to watch. */
  readonly files: readonly string[];
  /** Of the files' content; equal when nothing changed. */
  readonly fingerprint: string;
}

export function readConfig(options: ReadConfigOptions): ReadAttempt {
  const path = resolve(options.path);
  const { text } = options;
  const read: FileRead = text === undefined ? readConfigFile(path) : { state: "read", text };
  const reads = new Map([[path, read]]);
  const result = resultOf(path, read, reads, options);
  const files = [...new Set([path, realPathOr(path), ...reads.keys()])];
  return { result, files, fingerprint: fingerprintOf(reads) };
}

function resultOf(
  path: string,
  read: FileRead,
  reads: Map<string, FileRead>,
  options: ReadConfigOptions,
): Result<ReadConfig> {
  if (read.state === "unreadable") return failed(path, "unreadable", read.message, read.hint);
  if (read.state === "absent" && options.mustExist === true) {
    const hint = "Restore it, or name another with CLAWDBOT_CONFIG_PATH.";
    return failed(path, "config-missing", "The config file does not exist.", hint);
  }
  const parsed = parseText(sourceOf(basename(path), read.state === "absent" ? "{}" : read.text));
  if (!parsed.ok) return parsed;
  if (read.state === "absent") {
    return { ok: true, value: { root: parsed.value, found: false, secrets: [] }, warnings: [] };
  }
  const included = resolveIncludes(parsed.value, path);
  for (const [file, inclusion] of included.reads) reads.set(file, inclusion);
  if (!included.result.ok) return included.result;
  return withVariables(included.result.value, included.result.warnings, options);
}

function withVariables(
  root: ConfigNode,
  earlier: readonly Issue[],
  { environment, secretKeys = [], unsetSecrets }: ReadConfigOptions,
): Result<ReadConfig> {
  const optionalKeys = unsetSecrets === "warn" ? secretKeys : [];
  const substituted = substituteVariables(root, { environment, optionalKeys });
  if (!substituted.ok) return substituted;
  const { node, variables } = substituted.value;
  return {
    ok: true,
    value: { root: node, found: true, secrets: secretsOf(node, secretKeys, variables) },
    warnings: [...earlier, ...substituted.warnings],
  };
}

function failed(path: string, code: string, message: string, hint: string): Result<never> {
  return { ok: false, issues: [{ code, path: "", message, hint, file: basename(path) }] };
}

function realPathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It went away after it was read; its name is still the one to watch.
    return path;
  }
}
