/** Whether a person who opens the page would see what an element holds. A model must not be told what people are not shown. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import { cascade, parseDeclarations } from "./declarations.ts";
import type { StyleSheet } from "./style-sheet.ts";
import { colour, isSameColour, pixels, type Colour } from "./values.ts";

/** What an element inherits; null where it cannot be known. */
export interface Look {
  readonly text: Colour | null;
  readonly ground: Colour | null;
  /** Pixels. */
  readonly size: number;
}

export const pageLook: Look = { text: [0, 0, 0, 1], ground: [255, 255, 255, 1], size: 16 };

type Says = ReadonlyMap<string, string>;

/** Never shown as text, whatever a style says. */
const neverShown: ReadonlySet<string> = new Set([
  ..."head script style noscript noembed noframes template iframe object embed applet audio video canvas svg math map".split(
    " ",
  ),
  ..."input select option datalist button textarea meta link base title dialog frameset".split(" "),
]);

export const attribute = (element: Tree.Element, name: string) =>
  element.attrs.find((attr) => attr.name === name && attr.namespace === undefined)?.value;

/** The look of what is inside, or null when nobody sees it. */
export function lookOf(element: Tree.Element, around: Look, sheet: StyleSheet): Look | null {
  if (neverShown.has(element.tagName)) return null;
  if (
    attribute(element, "hidden") !== undefined ||
    attribute(element, "aria-hidden")?.toLowerCase() === "true"
  )
    return null;
  const says = cascade([...sheet.of(element), parseDeclarations(attribute(element, "style") ?? "")]);
  if (isTakenAway(says) || isTooSmall(element, says) || isMovedAway(says)) return null;
  return painted(element, says, around);
}

/** Whether letters can be read in this look; what is inside may still have one of its own. */
export function isLegible({ text, ground, size }: Look): boolean {
  if (size < 3) return false;
  return text === null || (text[3] >= 0.1 && (ground === null || !isSameColour(text, ground)));
}

function isTakenAway(says: Says): boolean {
  const opacity = Number(says.get("opacity")?.replace("%", "e-2") ?? 1);
  return (
    says.get("display") === "none" ||
    ["hidden", "collapse"].includes(says.get("visibility") ?? "") ||
    says.get("content-visibility") === "hidden" ||
    opacity < 0.1 ||
    /opacity\(\s*0?\.?0*%?\s*\)/.test(says.get("filter") ?? "")
  );
}

function isTooSmall(element: Tree.Element, says: Says): boolean {
  const sizes = ["width", "height", "max-width", "max-height"].map((name) => pixels(says.get(name)));
  const attributes = ["width", "height"].map((name) => pixels(attribute(element, name)));
  return (
    [...sizes, ...attributes].some((size) => size !== null && size <= 1) ||
    /^(?:rect\(\s*(?:0|1px)|inset\(\s*(?:[5-9]\d|100)(?:\.\d+)?%|circle\(\s*0|polygon\(\s*0\s+0\s*,\s*0\s+0)/.test(
      says.get("clip-path") ?? says.get("clip") ?? "",
    )
  );
}

/** Further than any screen. */
const far = 400;

function isMovedAway(says: Says): boolean {
  const placed = ["absolute", "fixed", "relative"].includes(says.get("position") ?? "");
  const offsets = ["left", "top", "right", "bottom"].filter(() => placed);
  const moves = [...offsets, "text-indent", "margin-left", "margin-top", "margin-right"].map((name) =>
    pixels(says.get(name)),
  );
  const transform = says.get("transform") ?? "";
  return (
    moves.some((move) => move !== null && move < -far) ||
    /scale[xy]?\(\s*0?\.?0*\s*[,)]/.test(transform) ||
    /translate[xy3d]*\([^)]*-\d{4,}/.test(transform)
  );
}

function painted(element: Tree.Element, says: Says, around: Look): Look {
  const said =
    says.get("color") ??
    (element.tagName === "font" ? attribute(element, "color")?.toLowerCase() : undefined);
  const text = said === undefined || said === "inherit" ? around.text : colour(said);
  const size = sizeOf(says.get("font-size"), around.size);
  const ground =
    says.get("background-color") ?? says.get("background") ?? attribute(element, "bgcolor")?.toLowerCase();
  if (says.has("background-image")) return { text, ground: null, size };
  if (ground === undefined || ground === "none" || ground === "inherit")
    return { text, ground: around.ground, size };
  const known = colour(ground);
  // See-through shows what is behind; a picture or a colour that is not known may be anything.
  return { text, ground: known === null ? null : known[3] < 0.5 ? around.ground : known, size };
}

function sizeOf(value: string | undefined, around: number): number {
  if (value === undefined) return around;
  const relative = /^([\d.]+)(em|%)$/.exec(value);
  if (relative) return (Number(relative[1]) * around) / (relative[2] === "%" ? 100 : 1);
  return pixels(value) ?? around;
}
