/** One line of the log, clean: redacted, printable, short. Every sink gets this and nothing else. */
import { plainValue } from "./describe.ts";
import type { LogLevel } from "./level.ts";
import { printable } from "./printable.ts";
import { mask, type Redactor } from "./redactor.ts";

export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: ReadonlyMap<string, string | number | boolean | null>;
}

/** UTF-16 units of a message or field. */
const longestText = 256;
const mostFields = 64;
const reserved = new Set(["time", "level", "message"]);
/** Whatever stands in a field of such a name is a secret. */
const secretField =
  /(?:token|secret|password|passwd|passphrase|api[_-]?key|private[_-]?key|authorization|cookie|credentials?)$/i;

export function entryOf(
  time: number,
  level: LogLevel,
  message: string,
  fields: Readonly<Record<string, unknown>>,
  redactor: Redactor,
): LogEntry {
  const clean = (text: string) => printable(redactor.redact(text, longestText));
  const entries = new Map<string, string | number | boolean | null>();
  for (const key of Object.keys(fields).slice(0, mostFields)) {
    const value = valueOf(fields, key);
    if (value === undefined) continue;
    const name = clean(reserved.has(key) ? `${key}_` : key);
    entries.set(name, cleanValue(key, plainValue(value), clean));
  }
  return { time: new Date(time).toISOString(), level, message: clean(String(message)), fields: entries };
}

function valueOf(fields: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return fields[key];
  } catch {
    // A getter that throws must not take the line with it.
    return "[unreadable]";
  }
}

function cleanValue(
  key: string,
  value: string | number | boolean | null,
  clean: (text: string) => string,
): string | number | boolean | null {
  if (typeof value === "string") return value !== "" && secretField.test(key) ? mask : clean(value);
  // A number may be a known secret too.
  if (typeof value === "number" && clean(String(value)) !== String(value)) return mask;
  return value;
}

/** `{"time":…,"level":…,"message":…,…fields}` without line end. */
export function jsonLine({ time, level, message, fields }: LogEntry): string {
  const pairs: [string, unknown][] = [["time", time], ["level", level], ["message", message], ...fields];
  return `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
}
