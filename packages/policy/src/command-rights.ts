/** Every command and the right it asks for. A command that is not in this table does not exist. */

export interface CommandRight {
  /** The name it runs under; an alias carries the name of the command it stands for. */
  readonly name: string;
  /** `listed`: somebody named in the lists of the chat, or an owner. `owner`: `commands.ownerAllowFrom` alone. */
  readonly right: "listed" | "owner";
  /** The key under `commands` that must be true first. Absent: always on. */
  readonly switchedOnBy?: CommandSwitch;
}

export type CommandSwitch = "config" | "debug" | "restart";

const listed = ["help", "status", "whoami", "commands", "new", "reset", "stop"];
const owner = [
  "activation",
  "allowlist",
  "approve",
  "bash",
  "compact",
  "context",
  "cost",
  "deny",
  "elevated",
  "exec",
  "model",
  "queue",
  "reasoning",
  "send",
  "skill",
  "subagents",
  "think",
  "tts",
  "verbose",
];
const switched = ["config", "debug", "restart"] as const;
const aliases: Readonly<Record<string, string>> = {
  elev: "elevated",
  id: "whoami",
  models: "model",
  reason: "reasoning",
  t: "think",
  thinking: "think",
  usage: "status",
  v: "verbose",
};

function table(): Record<string, CommandRight> {
  const rights: Record<string, CommandRight> = {};
  for (const name of listed) rights[name] = { name, right: "listed" };
  for (const name of owner) rights[name] = { name, right: "owner" };
  for (const name of switched) rights[name] = { name, right: "owner", switchedOnBy: name };
  for (const [alias, name] of Object.entries(aliases)) rights[alias] = rights[name]!;
  return rights;
}

/** By name and by alias. */
export const commandRights: Readonly<Record<string, CommandRight>> = Object.freeze(table());

const byName: ReadonlyMap<string, CommandRight> = new Map(Object.entries(commandRights));

/**
 * The command of that name, or null: then the text is ordinary text.
 * Letter case, spaces, a leading `/` and invisible characters do not make a command unknown: `/Config` is `config`.
 */
export function findCommand(name: string | null): CommandRight | null {
  if (name === null) return null;
  return byName.get(name) ?? (name.length > 64 ? null : (byName.get(fold(name)) ?? null));
}

const fold = (name: string): string =>
  name
    .normalize("NFKC")
    .replace(/[\p{Cf}\p{Cc}\s/]/gu, "")
    .toLowerCase();
