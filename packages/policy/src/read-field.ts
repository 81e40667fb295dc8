/** Readers of single values that came from outside. */

export type Fields = Record<string, unknown>;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const isId = (value: unknown): value is string => typeof value === "string" && value.length > 0;
export const isIdOrNull = (value: unknown): value is string | null => value === null || isId(value);

/** Whether every field, inherited ones too, is one of these. */
export function hasOnly(record: Fields, known: readonly string[]): boolean {
  for (const field in record) if (!known.includes(field)) return false;
  return true;
}
