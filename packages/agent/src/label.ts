/**
 * Text of other people, made fit to stand in a prompt: labels in one line, data in clean lines.
 * INVARIANT: neither carries an invisible character, a control or a line break of a kind that is not "\n" (label.test.ts).
 */

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|[\u{FE00}-\u{FE0F}]/gu;
/** What sets off speakers, blocks and code in our prompts. */
const structural = /[[\]<>{}()`|\\:"]/g;
/** More marks than any script stacks on one letter. */
const stackedMarks = /(\p{M}{4})\p{M}+/gu;

/** Safe to stand inside a line of the prompt: at most `length` code units, `fallback` when nothing is left. */
export function asLabel(text: string | null, fallback: string, length = 64): string {
  const cleaned = bounded(text ?? "", length * 8)
    .replaceAll(invisible, " ")
    .replaceAll(structural, "")
    .replaceAll(stackedMarks, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();
  const cut = bounded(cleaned, length).trim();
  return cut === "" ? fallback : cut;
}

const lineBreaks = /\r\n|[\r\v\f\u0085\u2028\u2029]/g;
/** Joiners stay, since scripts and emoji need them; tabs and line breaks too. */
const hidden = /(?![\t\n\u200C\u200D])[\p{Cc}\p{Cf}\p{Co}]/gu;
const halfCharacters = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** Words that some models take for the end of a message: `<|im_start|>`. */
const templateToken = /<\|(\w{1,40})\|>/g;

/** Somebody's words as data: readable as they were, without what hides in them. */
export function asData(text: string): string {
  return wellFormed(text)
    .replaceAll(lineBreaks, "\n")
    .replaceAll(hidden, "")
    .replaceAll(templateToken, "< |$1| >");
}

/** Half a surrogate pair is no text; services refuse the whole request for it. */
export function wellFormed(text: string): string {
  return text.replaceAll(halfCharacters, "\uFFFD");
}

/** At most `length` code units, and no character cut in two. */
export function bounded(text: string, length: number): string {
  if (text.length <= length) return text;
  const isSplit = /[\uD800-\uDBFF]/.test(text[length - 1] ?? "");
  return text.slice(0, isSplit ? length - 1 : length);
}
