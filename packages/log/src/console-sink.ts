/** The log on the terminal: standard error, because standard output belongs to `--json`. */
import { jsonLine, type LogEntry } from "./entry.ts";
import type { LogLevel } from "./level.ts";

export const consoleStyles = ["pretty", "compact", "json"] as const;
export type ConsoleStyle = (typeof consoleStyles)[number];

/** What is used of a stream such as `process.stderr`. */
export interface ConsoleStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  on?(event: "error", listener: () => void): unknown;
  off?(event: "error", listener: () => void): unknown;
}

export interface ConsoleSinkOptions {
  readonly stream: ConsoleStream;
  /** Absent means `pretty` on a terminal and `compact` elsewhere. */
  readonly style?: ConsoleStyle | undefined;
  /** Absent means colours on a terminal, unless NO_COLOR is set in `environment`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface ConsoleSink {
  write(entry: LogEntry): void;
  close(): void;
}

const colours: Readonly<Record<LogLevel, string>> = {
  silent: "",
  error: "31",
  warn: "33",
  info: "36",
  debug: "90",
};

export function consoleSink({ stream, style, environment = {} }: ConsoleSinkOptions): ConsoleSink {
  const chosen = style ?? (stream.isTTY === true ? "pretty" : "compact");
  const hasColours = stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "";
  // A terminal that went away must not end the gateway.
  const ignore = () => {};
  stream.on?.("error", ignore);
  return {
    write(entry) {
      try {
        stream.write(`${lineOf(entry, chosen, hasColours)}\n`);
      } catch {
        // Nobody is there to read it.
      }
    },
    close: () => void stream.off?.("error", ignore),
  };
}

function lineOf(entry: LogEntry, style: ConsoleStyle, hasColours: boolean): string {
  if (style === "json") return jsonLine(entry);
  const paint = (colour: string, text: string) => (hasColours ? `\u001B[${colour}m${text}\u001B[0m` : text);
  const fields = [...entry.fields]
    .map(([key, value]) => ` ${paint("90", `${key}=`)}${fieldText(value)}`)
    .join("");
  const level = paint(colours[entry.level], entry.level.padEnd(5));
  const time = style === "pretty" ? entry.time.slice(11, 19) : entry.time;
  return `${paint("90", time)} ${level} ${entry.message}${fields}`;
}

function fieldText(value: string | number | boolean | null): string {
  return typeof value === "string" && !/^[^\s"=]+$/.test(value) ? JSON.stringify(value) : String(value);
}
