/**
 * Text for a terminal: names and ids that strangers chose can neither turn it round, hide in it nor steer it.
 * JSON stays the same document: inside its texts the escape means the character.
 */

const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

export function visible(text: string): string {
  return text.replace(hidden, (character) =>
    Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(""),
  );
}

const escaped = (unit: number) => `\\u${unit.toString(16).padStart(4, "0")}`;
