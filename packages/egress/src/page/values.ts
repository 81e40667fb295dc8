/** Values of CSS: lengths and colours. What is not understood is null. */

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
