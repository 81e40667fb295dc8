/** The name of a file as people read it: one visible line, no path, and whole at its end, which has the type. */

const longest = 100;
const keptEnd = 40;

export function shownName(name: string): string {
  const plain = Array.from(
    name
      .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, "")
      .replace(/[/\\]+/g, "_")
      .trim(),
  );
  if (plain.length === 0) return "file";
  if (plain.length <= longest) return plain.join("");
  return [...plain.slice(0, longest - keptEnd - 1), "…", ...plain.slice(-keptEnd)].join("");
}
