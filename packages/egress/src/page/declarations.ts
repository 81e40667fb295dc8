/** What a style says: properties with their values, those that are important apart. */

export interface Declarations {
  readonly plain: ReadonlyMap<string, string>;
  readonly important: ReadonlyMap<string, string>;
}

export function parseDeclarations(text: string): Declarations {
  const plain = new Map<string, string>();
  const important = new Map<string, string>();
  for (const part of withoutComments(withoutEscapes(text)).split(";")) {
    const colon = part.indexOf(":");
    if (colon === -1) continue;
    const name = part.slice(0, colon).trim().toLowerCase();
    const value = part
      .slice(colon + 1)
      .trim()
      .toLowerCase();
    const end = /\s*!\s*important$/.exec(value.slice(-40));
    if (end === null) plain.set(name, value);
    else important.set(name, value.slice(0, -end[0].length).trim());
  }
  return { plain, important };
}

/** Later ones win, important ones over all others. */
export function cascade(layers: readonly Declarations[]): ReadonlyMap<string, string> {
  return new Map([
    ...layers.flatMap(({ plain }) => [...plain]),
    ...layers.flatMap(({ important }) => [...important]),
  ]);
}

export function withoutComments(css: string): string {
  const kept: string[] = [];
  for (let at = 0; ;) {
    const open = css.indexOf("/*", at);
    kept.push(css.slice(at, open === -1 ? undefined : open));
    const close = open === -1 ? -1 : css.indexOf("*/", open + 2);
    if (close === -1) return kept.join("");
    at = close + 2;
  }
}

/** `n\6fne` is `none`. */
export function withoutEscapes(css: string): string {
  if (!css.includes("\\")) return css;
  return css.replaceAll(
    /\\(?:([0-9a-f]{1,6})\s?|([^\n]))/gi,
    (_, hex: string | undefined, letter: string | undefined) => {
      const point = hex === undefined ? 0 : Number.parseInt(hex, 16);
      return letter ?? (point <= 0x10ffff ? String.fromCodePoint(point) : "");
    },
  );
}
