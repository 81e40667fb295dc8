/** Globs: `*` and `?` within a name, `**` across directories, `[…]`, `{a,b}`, and `\` before what is meant as it stands. */
import { compile, type Matcher } from "./matcher.ts";
import {
  assertion,
  characterClass,
  choice,
  type ClassMember,
  literalCharacter,
  type PatternNode,
  repeat,
  sequence,
} from "./node.ts";
import { PatternProblem } from "./regular-expression.ts";

const slash = { from: 47, to: 47 };
const anyInName = characterClass([slash], { isNegated: true });
const anything = repeat(characterClass([], { isNegated: true }), 0, Infinity);
const directories = repeat(sequence([anything, literalCharacter("/")]), 0, 1);

/** A matcher for whole paths, without a slash at the beginning. Braces are plain characters in a .gitignore. */
export function compileGlob(glob: string, { hasBraces = true } = {}): Matcher | PatternProblem {
  try {
    const parts = new GlobParser(glob, hasBraces).parts(() => false);
    return (
      compile(sequence([assertion("start"), ...parts, assertion("end")])) ??
      new PatternProblem("The glob is too large.")
    );
  } catch (problem) {
    if (problem instanceof PatternProblem) return problem;
    throw problem;
  }
}

class GlobParser {
  readonly #characters: readonly string[];
  readonly #hasBraces: boolean;
  #at = 0;
  #depth = 0;

  constructor(glob: string, hasBraces: boolean) {
    this.#characters = Array.from(glob);
    this.#hasBraces = hasBraces;
  }

  parts(isEnd: (character: string) => boolean): PatternNode[] {
    const parts: PatternNode[] = [];
    for (;;) {
      const character = this.#characters[this.#at];
      if (character === undefined || isEnd(character)) return parts;
      this.#at++;
      parts.push(this.#part(character));
    }
  }

  #part(character: string): PatternNode {
    if (character === "*") return this.#star();
    if (character === "?") return anyInName;
    if (character === "[") return this.#class();
    if (character === "{" && this.#hasBraces) return this.#braces();
    if (character === "\\") return literalCharacter(this.#next());
    return literalCharacter(character);
  }

  /** `**` stands for directories only where it is a whole component; elsewhere it is one more star. */
  #star(): PatternNode {
    const before = this.#characters[this.#at - 2];
    let stars = 1;
    while (this.#characters[this.#at] === "*") {
      this.#at++;
      stars++;
    }
    const after = this.#characters[this.#at];
    const isComponent =
      stars >= 2 && (before === undefined || before === "/" || before === "{" || before === ",");
    if (isComponent && after === "/") {
      this.#at++;
      return directories;
    }
    if (isComponent && (after === undefined || after === "}" || after === ","))
      return sequence([characterClass([], { isNegated: true }), anything]);
    return repeat(anyInName, 0, Infinity);
  }

  #class(): PatternNode {
    const members: ClassMember[] = [];
    const isNegated = ["!", "^"].includes(this.#characters[this.#at] ?? "");
    if (isNegated) this.#at++;
    for (let isFirst = true; ; isFirst = false) {
      let from = this.#next();
      if (from === "]" && !isFirst) break;
      if (from === "\\") from = this.#next();
      let to = from;
      if (this.#characters[this.#at] === "-" && this.#characters[this.#at + 1] !== "]") {
        this.#at++;
        to = this.#next();
        if (to === "\\") to = this.#next();
      }
      const range = { from: from.codePointAt(0)!, to: to.codePointAt(0)! };
      if (range.to < range.from) throw new PatternProblem("A range in `[…]` of the glob is not understood.");
      members.push(range);
    }
    // No class matches a slash, written or not.
    const node = characterClass(members, { isNegated });
    return { ...node, test: (codePoint) => codePoint !== 47 && node.test(codePoint) };
  }

  #braces(): PatternNode {
    if (++this.#depth > 10) throw new PatternProblem("The braces of the glob are nested too deep.");
    const ways: PatternNode[] = [];
    do ways.push(sequence(this.parts((character) => character === "," || character === "}")));
    while (this.#next() === ",");
    this.#depth--;
    return choice(ways);
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw new PatternProblem("The glob ends too early.");
    return character;
  }
}
