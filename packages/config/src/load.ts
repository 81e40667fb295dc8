/** The whole way from a path to a value that can be trusted to have its shape. An invalid file never becomes an empty config. */
import type { Issue, PathSegment, Result } from "@clawd/kernel";
import { findLegacyKeys, legacyKeys, type LegacyKey } from "./legacy.ts";
import { locateValue, valueOf } from "./node.ts";
import { readConfig, type ReadConfigOptions } from "./read.ts";
import type { SourcePosition } from "./source.ts";
import { validate, type ConfigSchema } from "./validate.ts";

export type Locate = (path: readonly PathSegment[]) => SourcePosition | undefined;

export interface LoadConfigOptions<Value> extends ReadConfigOptions {
  readonly schema: ConfigSchema<Value>;
  /** Legacy keys beside those of this package (`legacyKeysOfNetworks`). Absent means none. */
  readonly legacyKeys?: readonly LegacyKey[];
  /** What a schema cannot say: names that must exist, policies that contradict each other. Runs on valid values only. */
  readonly extraChecks?: (value: Value, locate: Locate) => readonly Issue[];
  /**
   * The part of the extra checks that takes any value: asked about one that the schema refused, so that one mistake does not
   * hide the next. What they say of a place that the schema has named already is left out. Absent means none.
   */
  readonly roughChecks?: (value: unknown, locate: Locate) => readonly Issue[];
}

export interface LoadedConfig<Value> {
  /** Frozen. */
  readonly value: Value;
  /** Where the value at a path was written; undefined for defaults. */
  readonly locate: Locate;
  /** Absolute paths of all files read: `doctor` looks at their modes. */
  readonly files: readonly string[];
  /** Strings that must never be shown. */
  readonly secrets: readonly string[];
  /** False when there was no file and all is default. */
  readonly found: boolean;
  /** `sha256:…` of the files' content. */
  readonly fingerprint: string;
}

export interface LoadAttempt<Value> {
  readonly result: Result<LoadedConfig<Value>>;
  /** Also of files that were missing or broken: those to watch. */
  readonly files: readonly string[];
  readonly fingerprint: string;
}

/** Never throws: whatever is wrong with the files is in the issues, sorted by place. */
export function loadConfig<Value>(options: LoadConfigOptions<Value>): Result<LoadedConfig<Value>> {
  return attemptLoad(options).result;
}

export function attemptLoad<Value>(options: LoadConfigOptions<Value>): LoadAttempt<Value> {
  const { result: read, files, fingerprint } = readConfig(options);
  if (!read.ok) return { result: { ok: false, issues: sorted(read.issues) }, files, fingerprint };
  const { root, found, secrets } = read.value;
  const legacy = findLegacyKeys(root, [...legacyKeys, ...(options.legacyKeys ?? [])]);
  const validated = validate(legacy.rest, options.schema);
  const locate: Locate = (path) => locateValue(root, path);
  const issues = [...legacy.issues, ...(validated.ok ? [] : validated.issues)];
  if (!validated.ok || issues.length > 0) {
    const rough = options.roughChecks?.(valueOf(legacy.rest), locate) ?? [];
    const all = [...issues, ...rough.filter((issue) => isElsewhere(issue, issues))];
    return { result: { ok: false, issues: sorted(all) }, files, fingerprint };
  }
  const extra = options.extraChecks?.(validated.value, locate) ?? [];
  if (extra.some(({ severity }) => severity !== "warning")) {
    return { result: { ok: false, issues: sorted([...read.warnings, ...extra]) }, files, fingerprint };
  }
  const value = { value: validated.value, locate, files, secrets, found, fingerprint };
  return { result: { ok: true, value, warnings: sorted([...read.warnings, ...extra]) }, files, fingerprint };
}

/** An error at a place that is neither inside nor around one of the others. */
function isElsewhere({ path, severity }: Issue, others: readonly Issue[]): boolean {
  return (
    severity !== "warning" &&
    !others.some((other) => path.startsWith(other.path) || other.path.startsWith(path))
  );
}

function sorted(issues: readonly Issue[]): readonly Issue[] {
  return issues.toSorted(
    (a, b) =>
      (a.file ?? "").localeCompare(b.file ?? "") ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
