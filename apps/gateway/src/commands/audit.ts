/** `clawdbot audit list` and `audit verify`. */
import { describeRecord, openStoreReader } from "@clawd/store";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { pathsFrom } from "../paths.ts";

/** One record a line; with `--json` one JSON document a line. */
export function list({ options }: Arguments): number {
  const since = options["since"] === undefined ? undefined : timeFrom(String(options["since"]));
  const reader = openStoreReader({ directory: pathsFrom(process.env).runtime });
  if (reader === undefined) return nothingYet();
  try {
    const records = reader.audit.list({
      ...(since === undefined ? {} : { since }),
      ...(options["limit"] === undefined ? {} : { limit: countFrom(String(options["limit"])) }),
    });
    let found = 0;
    for (const record of records) {
      found++;
      print(options["json"] === true ? JSON.stringify(record) : describeRecord(record));
    }
    return found === 0 ? nothingYet() : 0;
  } finally {
    reader.close();
  }
}

export function verify({ options }: Arguments): number {
  const reader = openStoreReader({ directory: pathsFrom(process.env).runtime });
  if (reader === undefined) return nothingYet();
  try {
    const verdict = reader.audit.verify();
    if (options["json"] === true) printJson(verdict);
    else if (verdict.ok)
      print(`${verdict.count} records, unbroken. Head: ${verdict.head.seq} ${verdict.head.hash}`);
    else printError(`Record ${verdict.badSeq} is the first bad one: ${verdict.reason}`);
    return verdict.ok ? 0 : 1;
  } finally {
    reader.close();
  }
}

function nothingYet(): number {
  printError("Nothing is recorded yet.");
  return 0;
}

/** A date (`2026-01-31`, with or without a time) or a duration before now (`90m`, `24h`, `7d`). */
function timeFrom(text: string): number {
  const duration = /^(\d+)([smhd])$/.exec(text);
  const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (duration) return Date.now() - Number(duration[1]) * units[duration[2] as keyof typeof units];
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`No time: ${text}`, "write 24h, 7d or 2026-01-31T12:00");
  return time;
}

function countFrom(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`No count: ${text}`, "write a whole number from 1");
  return count;
}
