/** The parts of a pattern, whoever wrote it: a regular expression, a glob, a line of a .gitignore. */

/** One character. `source` is the same as a class of Rust's regular expressions; `literal` is there when it is one character. */
export interface CharacterNode {
  readonly kind: "character";
  readonly test: (codePoint: number) => boolean;
  readonly source: string;
  readonly literal?: string;
}

export type PatternNode =
  | CharacterNode
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly part: PatternNode; readonly least: number; readonly most: number }
  | { readonly kind: "assertion"; readonly what: Assertion };

export type Assertion = "start" | "end" | "word" | "no-word";

export const sequence = (parts: readonly PatternNode[]): PatternNode => ({ kind: "sequence", parts });
export const choice = (parts: readonly PatternNode[]): PatternNode => ({ kind: "choice", parts });
export const repeat = (part: PatternNode, least: number, most: number): PatternNode => ({
  kind: "repeat",
  part,
  least,
  most,
});
export const assertion = (what: Assertion): PatternNode => ({ kind: "assertion", what });

/** One member of a class: a range of characters, or a property of Unicode such as `L`. */
export type ClassMember =
  | { readonly from: number; readonly to: number }
  | { readonly property: string; readonly isNegated: boolean };

export interface ClassOptions {
  readonly isNegated?: boolean;
  readonly ignoreCase?: boolean;
}

/** Each test looks at one character, so that no pattern of JavaScript's own can run away. */
export function characterClass(members: readonly ClassMember[], options: ClassOptions = {}): CharacterNode {
  const { isNegated = false, ignoreCase = false } = options;
  const flags = ignoreCase ? "iu" : "u";
  const tests = members.map((member) =>
    "property" in member
      ? { pattern: new RegExp(`\\p{${member.property}}`, flags), isNegated: member.isNegated }
      : { pattern: new RegExp(`[${hex(member.from)}-${hex(member.to)}]`, flags), isNegated: false },
  );
  const test = (codePoint: number) => {
    const text = String.fromCodePoint(codePoint);
    return tests.some((each) => each.pattern.test(text) !== each.isNegated) !== isNegated;
  };
  const inside = members
    .map((member) =>
      "property" in member
        ? `\\${member.isNegated ? "P" : "p"}{${member.property}}`
        : `\\x{${member.from.toString(16)}}-\\x{${member.to.toString(16)}}`,
    )
    .join("");
  const source = `[${isNegated ? "^" : ""}${inside}]`;
  return { kind: "character", test, source: ignoreCase ? `(?i:${source})` : source };
}

export function literalCharacter(character: string, ignoreCase = false): CharacterNode {
  const codePoint = character.codePointAt(0)!;
  const node = characterClass([{ from: codePoint, to: codePoint }], { ignoreCase });
  return { ...node, literal: character };
}

export const literalText = (text: string, ignoreCase = false): PatternNode =>
  sequence(Array.from(text, (character) => literalCharacter(character, ignoreCase)));

const hex = (codePoint: number) => `\\u{${codePoint.toString(16)}}`;
