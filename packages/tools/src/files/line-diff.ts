/** What changed between two texts, as one hunk of a unified diff: from the first line that differs to the last. */

const around = 3;
const mostCharacters = 30_000;

/** Empty when nothing changed. */
export function lineDiff(before: string, after: string): string {
  if (before === after) return "";
  const old = before.split("\n");
  const now = after.split("\n");
  let top = 0;
  while (top < old.length && top < now.length && old[top] === now[top]) top++;
  let bottom = 0;
  const room = Math.min(old.length, now.length) - top;
  while (bottom < room && old[old.length - 1 - bottom] === now[now.length - 1 - bottom]) bottom++;
  const start = Math.max(0, top - around);
  const lines = [
    ...old.slice(start, top).map((line) => ` ${line}`),
    ...old.slice(top, old.length - bottom).map((line) => `-${line}`),
    ...now.slice(top, now.length - bottom).map((line) => `+${line}`),
    ...old.slice(old.length - bottom, old.length - bottom + around).map((line) => ` ${line}`),
  ];
  const shown = Math.min(bottom, around);
  const header = `@@ -${start + 1},${old.length - bottom + shown - start} +${start + 1},${now.length - bottom + shown - start} @@`;
  const diff = [header, ...lines].join("\n");
  return diff.length > mostCharacters ? `${diff.slice(0, mostCharacters)}\n[diff cut]` : diff;
}
