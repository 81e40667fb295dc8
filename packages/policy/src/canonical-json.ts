/** One text for each JSON value: keys in order, no spaces. What JSON has no word for counts as null. */

export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) {
    // Most lists hold words alone, and those are quoted in one go.
    return value.some(isContainer) ? `[${value.map(canonicalJson).join(",")}]` : JSON.stringify(value);
  }
  let text = "";
  for (const key of Object.keys(value).toSorted()) {
    const field = canonicalJson((value as Readonly<Record<string, unknown>>)[key]);
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${field}`;
  }
  return `{${text}}`;
}

const isContainer = (value: unknown): boolean => typeof value === "object" && value !== null;
