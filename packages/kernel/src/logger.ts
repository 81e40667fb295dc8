/** What a package may say about its work; where it goes and what is redacted is the application's business. */

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Messages are constant strings; everything variable is a field. No message bodies, no secrets. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
