/**
 * Regular expressions as ripgrep's are, without what would need going back (backreferences, lookaround): parsed here, so that
 * every place understands the same and refuses the same.
 */
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

/** What is wrong with a pattern, for whoever wrote it. */
export class PatternProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const mostRepeats = 500;
const deepest = 50;

const classes: Readonly<Record<string, readonly ClassMember[]>> = {
  d: [{ property: "Nd", isNegated: false }],
  s: [{ property: "White_Space", isNegated: false }],
  w: ["Alphabetic", "M", "Nd", "Pc", "Join_Control"].map((property) => ({ property, isNegated: false })),
};
const controls: Readonly<Record<string, string>> = { t: "\t", f: "\f", v: "\v", a: "\x07" };
const categories = new Set("L Lu Ll Lt Lm Lo M Mn Mc N Nd Nl No P Pc Pd Ps Pe S Sm Sc Z Zs".split(" "));

export function parsePattern(text: string, ignoreCase: boolean): PatternNode | PatternProblem {
  try {
    return new Parser(text, ignoreCase).whole();
  } catch (problem) {
    if (problem instanceof PatternProblem) return problem;
    throw problem;
  }
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;
  #ignoreCase: boolean;

  constructor(text: string, ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase || text.startsWith("(?i)");
    this.#characters = Array.from(text.startsWith("(?i)") ? text.slice(4) : text);
  }

  whole(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#characters.length) throw new PatternProblem("There is a `)` without its `(`.");
    return node;
  }

  #choice(): PatternNode {
    if (++this.#depth > deepest) throw new PatternProblem("The groups are nested too deep.");
    const parts = [this.#sequence()];
    while (this.#takes("|")) parts.push(this.#sequence());
    this.#depth--;
    return parts.length === 1 ? parts[0]! : choice(parts);
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek())
      parts.push(this.#repeated(this.#atom()));
    return sequence(parts);
  }

  #atom(): PatternNode {
    const character = this.#next();
    if (character === "(") return this.#group();
    if (character === "[") return this.#class();
    if (character === "\\") return this.#escape();
    if (character === ".") return characterClass([{ from: 10, to: 10 }], { isNegated: true });
    if (character === "^") return assertion("start");
    if (character === "$") return assertion("end");
    if ("*+?".includes(character))
      throw new PatternProblem(`There is nothing before \`${character}\` to repeat.`);
    if (character === "{")
      throw new PatternProblem("There is nothing before `{` to repeat; write `\\{` for a brace.");
    if (character === "\n") throw oneLine();
    return literalCharacter(character, this.#ignoreCase);
  }

  #repeated(part: PatternNode): PatternNode {
    let node = part;
    for (let count = 0; ; count++) {
      const bounds = this.#bounds();
      if (bounds === null) return node;
      if (count > 0 || part.kind === "assertion")
        throw new PatternProblem("A repetition stands after what cannot be repeated.");
      // Whether it takes much or little makes no difference to whether a line has it.
      this.#takes("?");
      node = repeat(node, ...bounds);
    }
  }

  #bounds(): [least: number, most: number] | null {
    if (this.#takes("*")) return [0, Infinity];
    if (this.#takes("+")) return [1, Infinity];
    if (this.#takes("?")) return [0, 1];
    if (!this.#takes("{")) return null;
    const least = this.#number();
    const most = this.#takes(",") ? (this.#peek() === "}" ? Infinity : this.#number()) : least;
    if (!this.#takes("}") || most < least)
      throw new PatternProblem("The counts in `{…}` are not understood.");
    return [least, most];
  }

  #number(): number {
    let digits = "";
    while (/^[0-9]$/.test(this.#peek() ?? "")) digits += this.#next();
    if (digits === "") throw new PatternProblem("A `{` needs a count after it; write `\\{` for a brace.");
    if (Number(digits) > mostRepeats)
      throw new PatternProblem(`More than ${mostRepeats} repetitions are refused.`);
    return Number(digits);
  }

  #group(): PatternNode {
    if (this.#takes("?")) this.#groupKind();
    const node = this.#choice();
    if (!this.#takes(")")) throw new PatternProblem("A `(` is not closed.");
    return node;
  }

  #groupKind(): void {
    if (this.#takes(":")) return;
    this.#takes("P");
    if (!this.#takes("<") || "=!".includes(this.#peek() ?? "="))
      throw new PatternProblem("Lookaround and flags inside a pattern are not supported.");
    while (!this.#takes(">"))
      if (!/^[A-Za-z0-9_]$/.test(this.#next()))
        throw new PatternProblem("The name of a group is not understood.");
  }

  #escape(): PatternNode {
    const character = this.#next();
    if (character === "b") return assertion("word");
    if (character === "B") return assertion("no-word");
    if (character === "A" || character === "z") return assertion(character === "A" ? "start" : "end");
    if (/^[1-9]$/.test(character)) throw new PatternProblem("Backreferences are not supported.");
    const members = this.#escapedMembers(character);
    const [first] = members;
    if (members.length === 1 && first && "from" in first && first.from === first.to)
      return literalCharacter(String.fromCodePoint(first.from), this.#ignoreCase);
    const isNegated = /^[DSW]$/.test(character);
    return characterClass(isNegated ? classes[character.toLowerCase()]! : members, {
      isNegated,
      ignoreCase: this.#ignoreCase,
    });
  }

  /** What an escape stands for, in a class and outside. */
  #escapedMembers(character: string): readonly ClassMember[] {
    const known =
      classes[character] ?? (character === "D" || character === "S" ? negated(character) : undefined);
    if (known !== undefined) return known;
    if (character === "W") return [];
    if (character === "p" || character === "P") return [this.#property(character === "P")];
    if (character === "x" || character === "u") return single(this.#code(character === "x" ? 2 : 4));
    if (character === "n" || character === "r") throw oneLine();
    const control = controls[character];
    if (control !== undefined) return single(control.codePointAt(0)!);
    if (/^[\p{L}\p{N}]$/u.test(character))
      throw new PatternProblem(`The escape \\${character} is not known.`);
    return single(character.codePointAt(0)!);
  }

  #property(isNegated: boolean): ClassMember {
    const name = this.#takes("{") ? this.#until("}") : this.#next();
    if (!categories.has(name))
      throw new PatternProblem(`The property \\p{${name.slice(0, 20)}} is not known.`);
    return { property: name, isNegated };
  }

  #code(digits: number): number {
    let text = "";
    if (this.#takes("{")) text = this.#until("}");
    else for (let count = 0; count < digits; count++) text += this.#next();
    const code = /^[0-9a-fA-F]{1,6}$/.test(text) ? Number.parseInt(text, 16) : Infinity;
    if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff))
      throw new PatternProblem("A character's number is not understood.");
    if (code === 10) throw oneLine();
    return code;
  }

  #class(): PatternNode {
    const isNegated = this.#takes("^");
    const members: ClassMember[] = [];
    for (let isFirst = true; isFirst || this.#peek() !== "]"; isFirst = false)
      members.push(...this.#member());
    this.#next();
    // A line holds no line break, so that what is not in the class must not be one either.
    if (isNegated) members.push({ from: 10, to: 10 });
    return characterClass(members, { isNegated, ignoreCase: this.#ignoreCase });
  }

  #member(): readonly ClassMember[] {
    const first = this.#endOfRange();
    const [start] = first;
    if (this.#peek() !== "-" || this.#characters[this.#at + 1] === "]") return first;
    this.#next();
    const [end] = this.#endOfRange();
    if (!start || !end || !("from" in start) || !("from" in end) || end.to < start.from)
      throw new PatternProblem("A range in `[…]` is not understood.");
    return [{ from: start.from, to: end.to }];
  }

  #endOfRange(): readonly ClassMember[] {
    const character = this.#next();
    // Rust's expressions have classes in classes, and sets of them; nobody writes them to a grep.
    if (character === "[" || (/^[&~-]$/.test(character) && this.#peek() === character))
      throw new PatternProblem(`Write \`\\${character}\` for a \`${character}\` in \`[…]\`.`);
    if (character === "\n") throw oneLine();
    if (character !== "\\") return single(character.codePointAt(0)!);
    const escaped = this.#next();
    if (escaped === "W" || escaped === "b")
      throw new PatternProblem(`\\${escaped} is not supported in \`[…]\`.`);
    return this.#escapedMembers(escaped);
  }

  #until(end: string): string {
    let text = "";
    for (let next = this.#next(); next !== end; next = this.#next()) text += next;
    return text;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw new PatternProblem("The pattern ends too early.");
    return character;
  }

  #takes(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }
}

const single = (codePoint: number): readonly ClassMember[] => [{ from: codePoint, to: codePoint }];

const negated = (character: string): readonly ClassMember[] =>
  classes[character.toLowerCase()]!.map((member) => ({ ...member, isNegated: true }));

const oneLine = () =>
  new PatternProblem("A pattern is held against one line at a time: it has no line break.");
