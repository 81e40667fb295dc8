/** Cuts a text into pieces that a network accepts. Nothing is lost, added or rewritten: the pieces joined are the text. */
import { ClawdError } from "@clawd/kernel";

/** Where a text is cut best, best first. `least` is the share of the limit below which a cut is too early. */
const breaks: readonly { readonly ending: RegExp; readonly least: number }[] = [
  { ending: /\n[^\S\n]*\n\s*/g, least: 1 / 2 },
  { ending: /\n+/g, least: 1 / 2 },
  { ending: /[.!?…]["'”’)\]]*\s+|[。！？]+/g, least: 1 / 2 },
  { ending: /\s+/g, least: 0 },
];

/** Made at the first long text: it takes ten milliseconds, and most commands never cut one. */
let segmenter: Intl.Segmenter | undefined;
const graphemes = () => (segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" }));

/**
 * Pieces of at most `limit` UTF-16 code units, none of them empty; no piece for an empty text. Cuts after a paragraph, else a
 * line, else a sentence, else a word; inside a word only between graphemes, inside a grapheme that is longer than
 * the limit only between code points. White space stays where it was, so a piece can begin or end with it.
 * @throws CLAWD_SPLIT_LIMIT when `limit` is not a whole number of at least 2, the size of one code point.
 */
export function splitText(text: string, limit: number): string[] {
  if (!Number.isSafeInteger(limit) || limit < 2) {
    throw new ClawdError(
      "CLAWD_SPLIT_LIMIT",
      "A text can only be split into pieces of at least 2 code units.",
      {
        hint: "Pass the provider's maxTextLength, or a textChunkLimit of 2 or more.",
      },
    );
  }
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > limit) {
    const end = start + cutOf(text.slice(start, start + limit + 2), limit);
    pieces.push(text.slice(start, end));
    start = end;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

/** Where to cut `ahead`, which holds a code point more than the limit so that the last boundary can be judged. */
function cutOf(ahead: string, limit: number): number {
  const segments = graphemes().segment(ahead);
  const isBoundary = (index: number) => segments.containing(index)?.index === index;
  const firstWord = ahead.search(/\S/);
  for (const { ending, least } of breaks) {
    const cut = lastEnding(ahead.slice(0, limit), ending);
    // A piece of white space alone would be refused by most networks.
    if (cut > firstWord && cut >= limit * least && isBoundary(cut)) return cut;
  }
  const grapheme = segments.containing(limit)?.index ?? limit;
  return grapheme > 0 ? grapheme : codePointCut(ahead, limit);
}

function lastEnding(text: string, ending: RegExp): number {
  let cut = 0;
  for (const match of text.matchAll(ending)) cut = match.index + match[0].length;
  return cut;
}

function codePointCut(text: string, limit: number): number {
  const splitsPair = text.codePointAt(limit - 1)! > 0xffff;
  return splitsPair ? limit - 1 : limit;
}
