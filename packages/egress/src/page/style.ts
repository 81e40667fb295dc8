/** As much of CSS as hides text: declarations, simple selectors, lengths and colours. What is not understood hides nothing. */

export type Declarations = ReadonlyMap<string, string>;

export function parseDeclarations(text: string): Declarations {
  const found = new Map<string, string>();
  for (const part of text
    .slice(0, 4096)
    .replaceAll(/\/\*.*?\*\//gs, "")
    .split(";")) {
    const colon = part.indexOf(":");
    if (colon === -1) continue;
    const value = part.slice(colon + 1).replace(/!\s*important/i, "");
    found.set(part.slice(0, colon).trim().toLowerCase(), value.trim().toLowerCase());
  }
  return found;
}

export interface StyleSheet {
  /** What the sheet says of an element, in its order. */
  of(tag: string, id: string | undefined, classes: readonly string[]): Declarations;
}

const mostRules = 5000;

/** Rules at the top with selectors of one element each: `tag`, `.class`, `#id`, `tag.class`; nothing inside @-blocks. */
export function parseStyleSheet(text: string): StyleSheet {
  const byKey = new Map<
    string,
    { readonly order: number; readonly selector: Selector; readonly says: Declarations }[]
  >();
  let order = 0;
  for (const [selectors, body] of topRules(text)) {
    if (order >= mostRules) break;
    const says = parseDeclarations(body);
    for (const one of selectors.split(",").slice(0, 50)) {
      const selector = simpleSelector(one.trim());
      if (selector === null) continue;
      const list = byKey.get(selector.key) ?? [];
      list.push({ order: order++, selector, says });
      byKey.set(selector.key, list);
    }
  }
  return {
    of(tag, id, classes) {
      const keys = [tag, ...(id === undefined ? [] : [`#${id}`]), ...classes.map((name) => `.${name}`)];
      const found = [...new Set(keys)].flatMap((key) => byKey.get(key) ?? []);
      const fitting = found.filter(
        ({ selector }) =>
          (selector.tag === null || selector.tag === tag) &&
          selector.classes.every((name) => classes.includes(name)),
      );
      return new Map(fitting.toSorted((a, b) => a.order - b.order).flatMap(({ says }) => [...says]));
    },
  };
}

interface Selector {
  /** The rarest part, by which it is found. */
  readonly key: string;
  readonly tag: string | null;
  readonly classes: readonly string[];
}

function simpleSelector(text: string): Selector | null {
  const [whole, tag = "", id, classes = ""] =
    /^([a-z][a-z0-9-]*)?(#[\w-]+)?((?:\.[\w-]+)*)$/i.exec(text) ?? [];
  if (whole === undefined || whole === "") return null;
  const names = classes.split(".").slice(1);
  const key = id ?? (names.length > 0 ? `.${names[0]!}` : tag.toLowerCase());
  return { key, tag: tag === "" ? null : tag.toLowerCase(), classes: names };
}

function* topRules(text: string): Generator<readonly [selectors: string, body: string]> {
  const css = text.slice(0, 512 * 1024).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open === -1) return;
    const selectors = css
      .slice(css.lastIndexOf(";", open) >= at ? css.lastIndexOf(";", open) + 1 : at, open)
      .trim();
    const close = endOfBlock(css, open);
    if (!selectors.startsWith("@")) yield [selectors, css.slice(open + 1, close)];
    at = close + 1;
  }
}

function endOfBlock(css: string, open: number): number {
  let depth = 0;
  for (let at = open; at < css.length; at++) {
    if (css[at] === "{") depth++;
    else if (css[at] === "}" && --depth === 0) return at;
  }
  return css.length;
}

/** In pixels, taking a letter for 16 of them; null for what is no length. */
export function pixels(value: string | undefined): number | null {
  const [, number, unit = ""] =
    /^(-?(?:\d+\.?\d*|\.\d+))(px|pt|em|rem|ex|ch|vw|vh|%|in|cm|mm)?$/.exec(value ?? "") ?? [];
  if (number === undefined) return null;
  const factor =
    unit === "" || unit === "px" || unit === "pt" || unit === "mm" ? 1 : unit === "%" ? 0.16 : 16;
  return Number(number) * factor;
}

export type Colour = readonly [red: number, green: number, blue: number, opacity: number];

const named: Readonly<Record<string, Colour>> = {
  white: [255, 255, 255, 1],
  black: [0, 0, 0, 1],
  snow: [255, 250, 250, 1],
  ivory: [255, 255, 240, 1],
  ghostwhite: [248, 248, 255, 1],
  whitesmoke: [245, 245, 245, 1],
  floralwhite: [255, 250, 240, 1],
  red: [255, 0, 0, 1],
  green: [0, 128, 0, 1],
  blue: [0, 0, 255, 1],
  yellow: [255, 255, 0, 1],
  gray: [128, 128, 128, 1],
  grey: [128, 128, 128, 1],
  silver: [192, 192, 192, 1],
  navy: [0, 0, 128, 1],
  transparent: [0, 0, 0, 0],
};

/** Null for what is no colour that we know. */
export function colour(value: string | undefined): Colour | null {
  if (value === undefined) return null;
  if (Object.hasOwn(named, value)) return named[value]!;
  const hex = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.exec(value)?.[1];
  if (hex !== undefined) {
    const wide = hex.length <= 4 ? hex.replaceAll(/./g, "$&$&") : hex;
    const [red, green, blue, opacity = 255] = wide.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
    return [red!, green!, blue!, opacity / 255];
  }
  const parts =
    /^rgba?\(([^)]*)\)$/
      .exec(value)?.[1]
      ?.split(/[\s,/]+/)
      .filter(Boolean) ?? [];
  const numbers = parts.map((part) =>
    part.endsWith("%") ? (Number(part.slice(0, -1)) * 255) / 100 : Number(part),
  );
  if (numbers.length < 3 || numbers.some(Number.isNaN)) return null;
  const opacity = parts[3]?.endsWith("%") === true ? numbers[3]! / 255 : (numbers[3] ?? 1);
  return [numbers[0]!, numbers[1]!, numbers[2]!, opacity];
}

/** Nobody can read one on the other. */
export const isSameColour = (a: Colour, b: Colour) =>
  [0, 1, 2].every((index) => Math.abs(a[index as 0 | 1 | 2] - b[index as 0 | 1 | 2]) <= 16);
