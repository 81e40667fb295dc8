/** Tells whether a person's own text is a command. Used on the raw text only, never on a text that something was added to. */

export interface ParsedCommand {
  /** Lower-case, without the slash. */
  readonly name: string;
  /** What follows, without the white space around it. */
  readonly args: string;
}

/** White space and what nobody sees: phones put direction marks before a slash in right-to-left languages. */
const leading = /^[\s\p{Default_Ignorable_Code_Point}\p{Cf}]+/u;

const command = /^\/([A-Za-z][A-Za-z0-9_-]{0,63})(?:@([A-Za-z0-9_.-]{1,64}))?(?::|(?=[^\S\ufeff])|$)/;

/**
 * `/name`, `/name args`, `/name: args`, each also with `@bot` after the name; null for every other text and for a command
 * that is addressed to another bot. Invisible characters before the slash are skipped, anywhere else in the
 * name they make the text no command; so does any slash but `/`.
 * @param botNames the names this bot answers to, with or without `@`, in any letter case
 */
export function parseCommand(text: string, botNames: readonly string[]): ParsedCommand | null {
  const own = text.replace(leading, "");
  const match = command.exec(own);
  if (match === null) return null;
  const [head, name = "", addressee] = match;
  if (addressee !== undefined && !botNames.some((bot) => isSameName(bot, addressee))) return null;
  return { name: name.toLowerCase(), args: own.slice(head.length).trim() };
}

function isSameName(bot: string, addressee: string): boolean {
  return bot.replace(/^@/, "").toLowerCase() === addressee.toLowerCase();
}
