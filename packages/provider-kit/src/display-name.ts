/** Makes a name that somebody chose for himself safe to show to people and to a model: one short line of visible characters. */

const maxLength = 64;

/** More marks on one letter than any language uses: they paint over the lines around. */
const heapsOfMarks = /(\p{M}{3})\p{M}+/gu;

/**
 * At most 64 code points on one line, without control, bidi, zero-width and private characters; null when nothing visible
 * is left. For showing only: a name is never identity.
 */
export function displayName(text: string | null | undefined): string | null {
  if (typeof text !== "string") return null;
  const line = text
    // Nothing beyond this can be a part of the result; keeps a name of a megabyte cheap.
    .slice(0, 4096)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu, "")
    .replace(heapsOfMarks, "$1")
    .replace(/\s+/gu, " ")
    .trim();
  const short = Array.from(line).slice(0, maxLength).join("").trimEnd();
  return /[^\p{M}\s]/u.test(short) ? short : null;
}
