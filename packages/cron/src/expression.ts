/**
 * Five-field cron expressions: the one file that knows the library. What it lets through is the plain language that every
 * cron understands; `L`, `W`, `#` and nicknames mean different things elsewhere, and are refused.
 * INVARIANT: the times are those of a reference that walks through them minute by minute (expression.test.ts).
 */
import { nearestName } from "@clawd/kernel";
import { Cron } from "croner";

export interface Expression {
  /** The first time after this one; null: there is none. Milliseconds since 1970, both. */
  next(after: number): number | null;
}

/** Why a text is none, and what to write instead. */
export interface Mistake {
  readonly message: string;
  readonly hint: string;
}

const plain = /^[\d*,/\-A-Za-z]+$/;
const words = /[A-Za-z]+/g;
const names = new Set(
  "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat".split(" "),
);
const longest = 200;

const example = "Write minute, hour, day of the month, month and day of the week: `0 8 * * 1-5`.";

/** @param timeZone a name that `checkTimeZone` finds nothing wrong with */
export function readExpression(expression: string, timeZone: string): Expression | Mistake {
  const fields = expression.trim().split(/\s+/);
  if (expression.length > longest || fields.length !== 5)
    return { message: "An expression has five fields.", hint: example };
  const isPlain = fields.every(
    (field) => plain.test(field) && (field.match(words) ?? []).every((word) => names.has(word.toLowerCase())),
  );
  if (!isPlain)
    return {
      message: "An expression has numbers, `*`, `,`, `-`, `/` and English names of months and days.",
      hint: example,
    };
  try {
    const cron = new Cron(fields.join(" "), {
      mode: "5-part",
      timezone: timeZone,
      paused: true,
      // A time that a clock skips comes right after the gap, one that it shows twice comes once: as people mean it.
      fixedTimeRule: "no-wildcard",
    });
    const next = (after: number): number | null => cron.nextRun(new Date(after))?.getTime() ?? null;
    // The library finds some mistakes only when it is asked.
    next(0);
    return { next };
  } catch (fault) {
    return { message: `The expression is not understood (${(fault as Error).message}).`, hint: example };
  }
}

/** Null: it is a time zone. */
export function checkTimeZone(name: string): Mistake | null {
  const isName = /^[A-Za-z][A-Za-z0-9_+\-/]{1,63}$/.test(name);
  try {
    if (isName) new Intl.DateTimeFormat("en", { timeZone: name });
    if (isName) return null;
  } catch {
    // As below.
  }
  const hint = nearestName(name, Intl.supportedValuesOf("timeZone"));
  return {
    message: "There is no time zone of this name.",
    hint: hint === undefined ? "Write a name such as `Europe/Berlin` or `UTC`." : `Did you mean ${hint}?`,
  };
}
