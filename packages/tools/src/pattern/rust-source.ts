/** A pattern in the words of ripgrep: written from what was understood, not from what was typed. */
import type { PatternNode } from "./node.ts";

export function rustSource(node: PatternNode): string {
  switch (node.kind) {
    case "character":
      return node.source;
    case "assertion":
      return { start: "^", end: "$", word: "\\b", "no-word": "\\B" }[node.what];
    case "sequence":
      return node.parts.map(rustSource).join("");
    case "choice":
      return `(?:${node.parts.map(rustSource).join("|")})`;
    case "repeat": {
      const most = node.most === Infinity ? "" : node.most;
      return `(?:${rustSource(node.part)}){${node.least},${most}}`;
    }
  }
}
