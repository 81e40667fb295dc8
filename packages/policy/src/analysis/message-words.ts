/** Shapes of messages in words. */
import { dimensions } from "./message-changes.ts";
import type { CommandClass } from "./message-shapes.ts";
import { any, type Product } from "./products.ts";

const eventWords = [
  "writes",
  "gives an unknown native command",
  "presses a button",
  "edits or reacts",
] as const;
const commandWords = ["", "natively", "by a button", "in an edit"] as const;
const mentionWords = ["with a mention", "without a mention", "where no mention can be seen"] as const;

export const valuesOf = (product: Product, dimension: (typeof dimensions)[number]): readonly number[] =>
  product[dimensions.indexOf(dimension)]!;

/** `writes, with a mention`; `/status`; `/verbose, natively, without a mention`. */
export function shapeTexts(product: Product, commands: readonly CommandClass[]): readonly string[] {
  const values = (dimension: (typeof dimensions)[number], all: number) => {
    const found = valuesOf(product, dimension);
    return found[0] === any ? Array.from({ length: all }, (_, at) => at) : found;
  };
  const [happened, said] = [values("event", eventWords.length), values("command", commands.length)];
  const [mentions, others] = [valuesOf(product, "mention"), valuesOf(product, "others")];
  const after = [
    ...(mentions[0] === any ? [] : [mentions.map((at) => mentionWords[at]!).join(" or ")]),
    ...(others[0] === any ? [] : [`mentioning ${others[0] === 1 ? "somebody" : "nobody"} else`]),
  ];
  const qualified = (...parts: readonly string[]) =>
    [...parts, ...after].filter((part) => part !== "").join(", ");
  return said.flatMap((at) => {
    const names = commands[at] ?? null;
    if (names === null) return happened.map((event) => qualified(eventWords[event]!));
    const how = happened.includes(0) ? "" : happened.map((event) => commandWords[event]!).join(" or ");
    return names.map(({ name }) => qualified(`/${name}`, how));
  });
}
