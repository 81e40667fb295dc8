/** Writes a value as a person would in JSON5: short lists on a line, objects one key a line. */
import type { JsonValue } from "./json-value.ts";

const plainKey = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
/** Words that the parser does not take as bare keys. */
const reserved = new Set(["true", "false", "null", "NaN", "Infinity"]);

export function printKey(key: string, quoted: boolean): string {
  return quoted || !plainKey.test(key) || reserved.has(key) ? printString(key) : key;
}

/** `indent`: of the line on which the value begins. */
export function printValue(value: JsonValue, indent: string, quoted: boolean): string {
  if (typeof value === "string") return printString(value);
  if (typeof value !== "object" || value === null) return String(value);
  const inner = `${indent}  `;
  if (isList(value)) {
    const isShort = value.every((entry) => typeof entry !== "object" || entry === null);
    if (isShort) return `[${value.map((entry) => printValue(entry, indent, quoted)).join(", ")}]`;
    return `[\n${value.map((entry) => `${inner}${printValue(entry, inner, quoted)}`).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const lines = entries.map(
    ([key, entry]) => `${inner}${printKey(key, quoted)}: ${printValue(entry, inner, quoted)}`,
  );
  // Quoted keys mean a file that may be read as JSON, which has no trailing commas.
  return `{\n${lines.join(",\n")}${quoted ? "" : ","}\n${indent}}`;
}

/** Line separators are escaped as well: some editors break lines there. */
function printString(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (character) =>
    character === "\u2028" ? "\\u2028" : "\\u2029",
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
