/** The command line: a table of commands, parsed strictly, answered with a hint when it is wrong. */
import { ClawdError, isClawdError, messageOf, nearestName } from "@clawd/kernel";
import { parseArgs } from "node:util";
import { visible } from "./visible.ts";

export interface Option {
  readonly type: "string" | "boolean";
  readonly summary: string;
  /** The word for the value in the help text. */
  readonly value?: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

export interface CommandLine {
  /** The words that call it, and the positionals that it takes at the most: `pairing approve [provider] [code]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Resolves to the exit status: 0 done or nothing found, 1 something found or failed, 2 wrong usage. */
  readonly load: () => Promise<(args: Arguments) => Promise<number> | number>;
}

/** Wrong usage of the command line; exit status 2. */
export class UsageError extends ClawdError {
  constructor(message: string, hint: string) {
    super("CLAWD_USAGE", message, { hint });
  }
}

export const printError = (line: string) => process.stderr.write(`${visible(line)}\n`);
export const print = (line: string) => process.stdout.write(`${visible(line)}\n`);
export const printJson = (value: unknown) => print(JSON.stringify(value, null, 2));

/** Runs the command that the words name. Never throws. */
export async function runCommandLine(
  words: readonly string[],
  table: readonly CommandLine[],
  version: string,
): Promise<number> {
  try {
    if (words[0] === "--version" || words[0] === "-v" || words[0] === "-V") return (print(version), 0);
    const command = find(words, table);
    if (command === undefined) return overview(words, table);
    const args = parse(command, words.slice(wordsOf(command).length));
    if (args.options["help"] === true) return (print(helpOf(command)), 0);
    const run = await command.load();
    return await run(args);
  } catch (fault) {
    return explainFault(fault);
  }
}

function explainFault(fault: unknown): number {
  printError(messageOf(fault));
  if (fault instanceof UsageError) return (printError(`Hint: ${fault.hint}`), 2);
  if (isClawdError(fault)) printError(`Hint: ${fault.hint} (${fault.code})`);
  else printError("Hint: this is a defect of Clawdbot; please report it with the command that led to it.");
  return 1;
}

function wordsOf(command: CommandLine): string[] {
  return command.usage.split(" ").filter((word) => /^[a-z]/.test(word));
}

function find(words: readonly string[], table: readonly CommandLine[]): CommandLine | undefined {
  return table
    .filter((command) => wordsOf(command).every((word, index) => words[index] === word))
    .toSorted((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
}

function parse(command: CommandLine, words: readonly string[]): Arguments {
  const options = { help: { type: "boolean", short: "h" } as const, ...command.options };
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const most = command.usage.split("[").length - 1;
    if (positionals.length > most)
      throw new UsageError(
        `Too many arguments: ${positionals.slice(most).join(" ")}`,
        `clawdbot ${command.usage}`,
      );
    return { positionals, options: values as Arguments["options"] };
  } catch (fault) {
    if (fault instanceof UsageError) throw fault;
    const flag = /'(--?[\w-]+)/.exec(messageOf(fault))?.[1];
    const near = flag && nearestName(flag.replace(/^--?/, ""), Object.keys(options));
    const hint =
      near && near !== flag.replace(/^--?/, "")
        ? `did you mean --${near}?`
        : `clawdbot ${command.usage} --help`;
    throw new UsageError(messageOf(fault).split(". ")[0]!, hint);
  }
}

function overview(words: readonly string[], table: readonly CommandLine[]): number {
  const asked = words.filter((word) => !word.startsWith("-"));
  const help = words.some((word) => word === "--help" || word === "-h" || word === "help");
  const group = table.filter((command) => wordsOf(command)[0] === asked[0]);
  if (asked.length > 0 && asked[0] !== "help" && group.length === 0) {
    const near = nearestName(asked[0]!, new Set(table.map((command) => wordsOf(command)[0]!)));
    throw new UsageError(
      `No such command: ${asked[0]}`,
      near ? `did you mean \`clawdbot ${near}\`?` : "clawdbot --help",
    );
  }
  const list = group.length > 0 ? group : table;
  const width = Math.max(...list.map(({ usage }) => usage.length));
  const lines = list.map(({ usage, summary }) => `  clawdbot ${usage.padEnd(width)}  ${summary}`);
  (help || asked.length === 0 ? print : printError)(lines.join("\n"));
  return help || asked.length === 0 ? 0 : 2;
}

function helpOf(command: CommandLine): string {
  const options = Object.entries(command.options).map(
    ([name, option]) =>
      [`--${name}${option.type === "string" ? ` ${option.value ?? "TEXT"}` : ""}`, option.summary] as const,
  );
  const width = Math.max(0, ...options.map(([flag]) => flag.length));
  const lines = options.map(([flag, summary]) => `  ${flag.padEnd(width)}  ${summary}`);
  return [`clawdbot ${command.usage}`, "", command.summary, ...(lines.length > 0 ? ["", ...lines] : [])].join(
    "\n",
  );
}
