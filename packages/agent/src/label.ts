/** Text of other people as a label: one line, no invisible characters, nothing that looks like a boundary. */

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0\uFE00-\uFE0F]/gu;
const structural = /[[\]<>{}`|\\]/g;

/** Safe to stand inside a line of the prompt: at most `length` characters, `fallback` when nothing is left. */
export function asLabel(text: string | null, fallback: string, length = 64): string {
  const cleaned = (text ?? "")
    .replaceAll(invisible, " ")
    .replaceAll(structural, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const cut = [...cleaned].slice(0, length).join("");
  return cut === "" ? fallback : cut;
}
