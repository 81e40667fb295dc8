/** Anything that was thrown or passed, as short texts. Never throws, whatever getters and proxies do. */
import type { LogFields } from "@clawd/kernel";

const deepestCause = 5;

/** `{ error, code, hint, cause }` of a thrown value; a cause of a cause is joined with `←`. For use as log fields. */
export function errorFields(thrown: unknown): LogFields {
  const causes: string[] = [];
  let cause = property(thrown, "cause");
  while (cause !== undefined && cause !== null && causes.length < deepestCause) {
    causes.push(headline(cause));
    cause = property(cause, "cause");
  }
  const code = property(thrown, "code");
  const hint = property(thrown, "hint");
  return {
    error: headline(thrown),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    ...(typeof hint === "string" ? { hint } : {}),
    ...(causes.length > 0 ? { cause: causes.join(" ← ") } : {}),
  };
}

/** The value itself where it is a word or number; a text that describes it otherwise. */
export function plainValue(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Error) {
    const { error, cause } = errorFields(value);
    return cause === undefined ? String(error) : `${error} ← ${cause}`;
  }
  if (typeof value !== "object") return word(value);
  try {
    // Undefined when a toJSON says so.
    return JSON.stringify(value) ?? "[object]";
  } catch {
    // A circle, a bigint inside, or a getter that throws.
    return `[${typeof value}]`;
  }
}

function headline(thrown: unknown): string {
  const message = property(thrown, "message");
  if (typeof message !== "string") return word(thrown);
  const name = property(thrown, "name");
  return typeof name === "string" && name !== "Error" && name !== "ClawdError"
    ? `${name}: ${message}`
    : message;
}

function word(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  return `[${typeof value}]`;
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    // A getter of somebody else's object; what it hides is not needed.
    return undefined;
  }
}
