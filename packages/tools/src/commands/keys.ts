/** Keys by their names, as the bytes that a terminal sends. */

const named: ReadonlyMap<string, string> = new Map(
  Object.entries({
    enter: "\r",
    tab: "\t",
    escape: "\x1b",
    space: " ",
    backspace: "\x7f",
    delete: "\x1b[3~",
    insert: "\x1b[2~",
    up: "\x1b[A",
    down: "\x1b[B",
    right: "\x1b[C",
    left: "\x1b[D",
    home: "\x1b[H",
    end: "\x1b[F",
    pageup: "\x1b[5~",
    pagedown: "\x1b[6~",
  }),
);

/** `Enter`, `Up`, `C-c`, `M-x`, or characters as they are; undefined for a name that is none. */
export function keyBytes(key: string): string | undefined {
  const control = /^C-([a-z@[\\\]^_])$/i.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
  const meta = /^M-(.)$/u.exec(key)?.[1];
  if (meta !== undefined) return `\x1b${meta}`;
  return named.get(key.toLowerCase()) ?? (/^.$/su.test(key) ? key : undefined);
}

/** As a terminal hands over what was pasted, so that no line of it counts as entered. */
export const pasted = (text: string): string => `\x1b[200~${text.replaceAll("\x1b", "")}\x1b[201~`;
