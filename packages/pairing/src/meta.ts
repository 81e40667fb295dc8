/** What a stranger's network profile adds to a request: few, short, non-empty texts. */

const maxEntries = 8;
const maxLength = 200;

export function cleanMeta(
  meta: Readonly<Record<string, string | null | undefined>>,
): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(meta)) {
    const text = typeof value === "string" ? shorten(value.trim()) : "";
    if (text !== "" && key.length <= maxLength && entries.length < maxEntries) entries.push([key, text]);
  }
  // fromEntries defines properties, so a key `__proto__` is a key like any other.
  return Object.fromEntries(entries);
}

/** By whole characters: half of an emoji is no text. */
function shorten(text: string): string {
  return Array.from(text.slice(0, 2 * maxLength))
    .slice(0, maxLength)
    .join("");
}
