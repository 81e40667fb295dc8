/**
 * The one JSON5 parser, with guards where it takes more than JSON5 does or does not return (found by fuzzing, 3.3.13):
 * a backslash as the last character of an open string keeps it busy for ever, strings run over the end of their line,
 * and a number that begins with a point swallows whatever follows.
 */
import { parse, tokenize, type DocumentNode, type Token } from "@humanwhocodes/momoa";

/** @throws the parser's error, which has an `offset`; RangeError for a text nested thousands deep. */
export function parseJson5(text: string): DocumentNode {
  return parse(terminated(text), { mode: "json5", ranges: true });
}

/** Undefined where the text has something that is no token. */
export function tokensOf(text: string): readonly Token[] | undefined {
  try {
    return tokenize(terminated(text), { mode: "json5", ranges: true });
  } catch {
    // Not even tokens: the caller has other ways to say where.
    return undefined;
  }
}

/** With a line end no text ends in a backslash; offsets stay as they are. */
function terminated(text: string): string {
  return `${text}\n`;
}

/** True when the text of a string token has a line end that no backslash takes. */
export function runsOverLine(token: string): boolean {
  return /[\n\r]/.test(token) && /[\n\r]/.test(token.replace(/\\(?:\r\n|[^])/g, ""));
}

const number = /^[+-]?(?:0[xX][\dA-Fa-f]+|(?:(?:0|[1-9]\d*)\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Infinity|NaN)$/;

/** True when the text of a number token is a number. */
export function isNumber(token: string): boolean {
  return number.test(token);
}
