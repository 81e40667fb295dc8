/** Config keys as people read them: `telegram.groups["-1001"].topics["7"].enabled`. */

export type ConfigPath = readonly (string | number)[];

export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const key of path) text = withKey(text, key);
  return text;
}

/** The text of a path that is one key longer. */
export function withKey(text: string, key: string | number): string {
  if (typeof key === "number") return `${text}[${key}]`;
  if (!isWord(key)) return `${text}[${JSON.stringify(key)}]`;
  return text === "" ? key : `${text}.${key}`;
}

/** Letter by letter: a compilation asks for every key of a config. */
function isWord(key: string): boolean {
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36;
    if (!isLetter && (at === 0 || code < 48 || code > 57)) return false;
  }
  return key !== "";
}
