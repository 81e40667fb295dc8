/** Names and lines as a model sees them: one line each, nothing invisible in it, and of bounded length. */

export function shownPath(path: string): string {
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path) ? JSON.stringify(path) : path;
}

const longestLine = 500;

export function shownLine(line: string): string {
  const clean = line.replaceAll(/(?!\t)[\p{Cc}\p{Cf}\p{Cs}]/gu, "");
  return clean.length > longestLine ? `${clean.slice(0, longestLine)} [line cut]` : clean;
}

/** Lines up to so many bytes, with a note of what is left out. */
export function shownList(lines: readonly string[], notes: readonly string[], mostBytes = 51_200): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > mostBytes) break;
    kept.push(line);
  }
  const cut = kept.length < lines.length ? ["The list is cut at 50 KB: ask for less at once."] : [];
  const all = [...cut, ...notes];
  return [kept.join("\n"), ...(all.length > 0 ? [`[${all.join(" ")}]`] : [])].filter(Boolean).join("\n\n");
}
