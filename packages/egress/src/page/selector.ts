/** Selectors of CSS without pseudo-classes and neighbours, and whether an element is meant by one. */
import type { DefaultTreeAdapterTypes as Tree } from "parse5";
import type { Budget } from "./bounds.ts";

export interface Selector {
  /** Under which its last part is found: an id, else a class, else a tag, else `*`. */
  readonly key: string;
  /** Specificity as one number. */
  readonly weight: number;
  /** The element itself first, then whom it must be below. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly tag: string | null;
  readonly tests: readonly { readonly name: string; readonly value: string | null }[];
  /** It is the parent of the part before, not just some ancestor. */
  readonly isParent: boolean;
}

const name = String.raw`[^\s.#\[\]>+~:,()*"'=]+`;
const compound = new RegExp(String.raw`^(\*|${name})?((?:#${name}|\.${name}|\[[^\]]*\])*)$`);
const test = new RegExp(
  String.raw`#(${name})|\.(${name})|\[\s*(${name})\s*(?:=\s*["']?([^"'\]]*)["']?)?\s*\]`,
  "g",
);

/** Null for one with anything else in it. */
export function parseSelector(text: string): Selector | null {
  if (text.length > 1000) return null;
  const words = text.replaceAll(">", " > ").trim().split(/\s+/);
  const parts: Part[] = [];
  let isParent = false;
  for (const word of words) {
    if (word === ">") {
      isParent = true;
      continue;
    }
    const part = parsePart(word, false);
    if (part === null) return null;
    // What stands before this part is its parent, where a ">" came between.
    if (isParent && parts[0] !== undefined) parts[0] = { ...parts[0], isParent: true };
    isParent = false;
    parts.unshift(part);
  }
  const [own] = parts;
  if (own === undefined || isParent) return null;
  const valueOf = (wanted: string) =>
    own.tests.find((one) => one.name === wanted && one.value !== null)?.value ?? null;
  const [id, className] = [valueOf("id"), valueOf("class")];
  const key = id !== null ? `#${id}` : className !== null ? `.${className}` : (own.tag ?? "*");
  return { key, weight: parts.reduce((sum, part) => sum + weightOf(part), 0), parts };
}

function parsePart(word: string, isParent: boolean): Part | null {
  const [whole, tag, rest = ""] = compound.exec(word) ?? [];
  if (whole === undefined || whole === "") return null;
  const tests: { name: string; value: string | null }[] = [];
  let read = 0;
  for (const [all, id, className, attribute, value] of rest.matchAll(test)) {
    read += all.length;
    if (id !== undefined) tests.push({ name: "id", value: id });
    else if (className !== undefined) tests.push({ name: "class", value: className });
    else tests.push({ name: attribute!.toLowerCase(), value: value ?? null });
  }
  if (read !== rest.length) return null;
  return { tag: tag === undefined || tag === "*" ? null : tag.toLowerCase(), tests, isParent };
}

const weightOf = ({ tag, tests }: Part) =>
  tests.reduce((sum, one) => sum + (one.name === "id" ? 10_000 : 100), tag === null ? 0 : 1);

/** @throws BeyondBounds */
export function fits(element: Tree.Element, { parts }: Selector, budget: Budget): boolean {
  const [own, ...above] = parts;
  if (!isPart(element, own!, budget)) return false;
  return areAbove(element, above, budget);
}

function areAbove(element: Tree.Element, parts: readonly Part[], budget: Budget): boolean {
  const [next, ...others] = parts;
  if (next === undefined) return true;
  for (let parent = element.parentNode; parent !== null && "tagName" in parent; parent = parent.parentNode) {
    if (isPart(parent, next, budget) && areAbove(parent, others, budget)) return true;
    if (next.isParent) return false;
  }
  return false;
}

function isPart({ tagName, attrs }: Tree.Element, { tag, tests }: Part, budget: Budget): boolean {
  budget.spend(1 + tests.length);
  if (tag !== null && tag !== tagName) return false;
  return tests.every(({ name: wanted, value }) => {
    const has = attrs.find((attr) => attr.name === wanted)?.value;
    if (has === undefined || value === null) return has !== undefined;
    return wanted === "class" ? has.split(/\s+/).includes(value) : has === value;
  });
}
