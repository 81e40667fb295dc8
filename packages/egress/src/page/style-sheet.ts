/**
 * The style sheets in a page, as far as they say which elements are shown: selectors of tags, ids, classes, attributes, ancestors and
 * parents, in blocks that hold for a screen of usual size. Selectors with anything else in them hide nothing.
 */
import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import type { Budget } from "./bounds.ts";
import { parseDeclarations, withoutComments, withoutEscapes, type Declarations } from "./declarations.ts";
import { fits, parseSelector, type Selector } from "./selector.ts";

export interface StyleSheet {
  /** What the rules for an element say, the strongest last. @throws BeyondBounds */
  of(element: Tree.Element): readonly Declarations[];
}

interface Rule {
  readonly order: number;
  readonly selector: Selector;
  readonly says: Declarations;
}

export function parseStyleSheet(text: string, budget: Budget): StyleSheet {
  const byKey = new Map<string, Rule[]>();
  let order = 0;
  for (const [selectors, body] of rulesIn(withoutComments(withoutEscapes(text)))) {
    const says = parseDeclarations(body);
    for (const one of selectors.split(",")) {
      budget.spend(20);
      const selector = parseSelector(one);
      if (selector === null) continue;
      const list = byKey.get(selector.key) ?? [];
      list.push({ order: order++, selector, says });
      byKey.set(selector.key, list);
    }
  }
  return {
    of(element) {
      if (order === 0) return [];
      const found = keysOf(element).flatMap((key) => byKey.get(key) ?? []);
      budget.spend(found.length);
      return found
        .filter(({ selector }) => fits(element, selector, budget))
        .toSorted((a, b) => a.selector.weight - b.selector.weight || a.order - b.order)
        .map(({ says }) => says);
    },
  };
}

function keysOf({ tagName, attrs }: Tree.Element): readonly string[] {
  const named = attrs.flatMap(({ name, value }) => {
    if (name === "id") return [`#${value}`];
    return name === "class" ? value.split(/\s+/).map((part) => `.${part}`) : [];
  });
  return [...new Set(["*", tagName, ...named])];
}

function* rulesIn(css: string): Generator<readonly [selectors: string, body: string]> {
  for (let at = 0; at < css.length;) {
    const open = css.indexOf("{", at);
    if (open === -1) return;
    const before = css.slice(at, open);
    const selectors = before.slice(before.lastIndexOf(";") + 1).trim();
    const close = endOfBlock(css, open);
    const body = css.slice(open + 1, close);
    if (!selectors.startsWith("@")) yield [selectors, body];
    else if (holdsOnScreen(selectors.toLowerCase())) yield* rulesIn(body);
    at = close + 1;
  }
}

function endOfBlock(css: string, open: number): number {
  let depth = 0;
  for (let at = open; at < css.length; at++) {
    const letter = css.charCodeAt(at);
    if (letter === 0x7b) depth++;
    else if (letter === 0x7d && --depth === 0) return at;
  }
  return css.length;
}

/** Pixels of a usual screen. */
const screen = 1280;

function holdsOnScreen(prelude: string): boolean {
  if (/^@(?:supports|layer|container|scope)\b/.test(prelude)) return true;
  if (!prelude.startsWith("@media")) return false;
  if (/\b(?:print|speech|prefers-|max-height|orientation|not)\b/.test(prelude)) return false;
  const widths = [...prelude.slice(0, 1000).matchAll(/\b(min|max)-width\s*:\s*([\d.]+)(px|r?em)/g)];
  return widths.every(([, side, number, unit]) => {
    const limit = Number(number) * (unit === "px" ? 1 : 16);
    return side === "min" ? limit <= screen : limit >= screen;
  });
}
