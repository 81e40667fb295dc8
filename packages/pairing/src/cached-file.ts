/** One file, parsed once for each change of it. A file that cannot be trusted is never taken for an empty one. */
import { ClawdError } from "@clawd/kernel";
import type { Disk, Stamp } from "./disk.ts";
import type { Document, Format } from "./document.ts";

export interface CachedFile<Value> {
  /** A stat when nothing changed. The same value until the file changes. @throws CLAWD_PAIRING_CORRUPT */
  look(): Value;
  /** Reads in any case; for use under the lock. @throws CLAWD_PAIRING_CORRUPT */
  read(): Value;
  /** Under the lock, after `read`. Keeps what a person added to the document. */
  write(value: Value): void;
}

interface Cached<Value> {
  readonly stamp: Stamp;
  readonly text: string | undefined;
  readonly document: Document<Value>;
}

export function cachedFile<Value>(disk: Disk, path: string, format: Format<Value>): CachedFile<Value> {
  let cached: Cached<Value> | undefined;

  const load = (stamp: Stamp): Value => {
    const text = disk.read(path);
    const isSame = cached !== undefined && cached.text === text;
    const document = isSame ? cached!.document : parse(text, format);
    cached = { stamp, text, document };
    return document.value;
  };
  const trusted = (act: () => Value): Value => {
    try {
      return act();
    } catch (cause) {
      throw corrupt(path, cause);
    }
  };

  return {
    look: () =>
      trusted(() => {
        // The stamp comes first: content newer than its stamp is read again, older content never stays.
        const stamp = disk.stamp(path);
        const isFresh = cached?.stamp.isSettled === true && cached.stamp.id === stamp.id;
        return isFresh ? cached!.document.value : load(stamp);
      }),
    read: () => trusted(() => load(disk.stamp(path))),
    write(value) {
      disk.replace(path, format.write(value, cached?.document.fields ?? {}));
    },
  };
}

function parse<Value>(text: string | undefined, format: Format<Value>): Document<Value> {
  return text === undefined ? { value: format.empty, fields: {} } : format.parse(text);
}

function corrupt(path: string, cause: unknown): ClawdError {
  // The message of a JSON.parse error quotes the file, which holds codes.
  return new ClawdError("CLAWD_PAIRING_CORRUPT", `Cannot trust ${path}: ${reasonOf(cause)}.`, {
    hint: "Nothing was changed. Mend the file, or move it away; `clawdbot doctor` looks at it.",
    cause,
  });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof SyntaxError) return "it is not JSON";
  const code = (cause as NodeJS.ErrnoException).code;
  return code === undefined && cause instanceof Error ? cause.message : `it cannot be read (${code})`;
}
