/**
 * The config as somebody may see it who must not see its secrets, and back: what was left out is put in again where it was, and
 * nowhere else (redact-config.test.ts).
 */
import type { KeyPattern } from "@clawd/config";
import { formatPath, type PathSegment } from "@clawd/kernel";

export const redactedMark = "[redacted]";

export interface SecretMarks {
  /** Keys whose values are secrets, with everything below them. */
  readonly keys: readonly KeyPattern[];
  /** Secrets that are known by their value, wherever they stand. */
  readonly values: readonly string[];
}

/** Shorter ones are found whole alone: as a part they would be in everything. */
const shortestPart = 6;

function isSecret(path: readonly PathSegment[], value: unknown, { keys, values }: SecretMarks): boolean {
  if (keys.some((pattern) => pattern.every((wanted, at) => at < path.length && isAt(wanted, path[at]!))))
    return true;
  const text = String(value);
  return values.some((secret) => text === secret || (secret.length >= shortestPart && text.includes(secret)));
}

const isAt = (wanted: string, segment: PathSegment): boolean => wanted === "*" || wanted === String(segment);

export function withoutSecrets(
  value: unknown,
  marks: SecretMarks,
  path: readonly PathSegment[] = [],
): unknown {
  if (Array.isArray(value))
    return value.map((entry: unknown, index) => withoutSecrets(entry, marks, [...path, index]));
  if (typeof value !== "object" || value === null)
    return (typeof value === "string" || typeof value === "number") && isSecret(path, value, marks)
      ? redactedMark
      : value;
  return asObject(value, (entry, key) => withoutSecrets(entry, marks, [...path, key]));
}

/** @returns the paths at which a mark stands for nothing, where there are any */
export function withSecrets(
  wanted: unknown,
  original: unknown,
  marks: SecretMarks,
): { readonly value: unknown; readonly unknownMarks: readonly string[] } {
  const unknownMarks: string[] = [];
  const restore = (value: unknown, was: unknown, path: readonly PathSegment[]): unknown => {
    if (value === redactedMark) {
      const isLeftOut = (typeof was === "string" || typeof was === "number") && isSecret(path, was, marks);
      if (!isLeftOut && was !== redactedMark) unknownMarks.push(formatPath(path));
      return was;
    }
    if (Array.isArray(value))
      return value.map((entry: unknown, at) =>
        restore(entry, Array.isArray(was) ? was[at] : undefined, [...path, at]),
      );
    if (typeof value !== "object" || value === null) return value;
    return asObject(value, (entry, key) => restore(entry, entryOf(was, key), [...path, key]));
  };
  return { value: restore(wanted, original, []), unknownMarks };
}

/** Text that goes out, whatever it was made of. */
export function cleaned(text: string, { values }: Pick<SecretMarks, "values">): string {
  return values
    .filter((secret) => secret.length >= shortestPart)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, redactedMark), text);
}

const entryOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** Without a prototype, so that every name is only a name. */
export function asObject(
  value: object,
  entry: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  const made = Object.create(null) as Record<string, unknown>;
  for (const [key, one] of Object.entries(value)) made[key] = entry(one, key);
  return made;
}
