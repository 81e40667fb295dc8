/** The newest known place of the audit chain, kept outside the database, so that a chain cut off at its end is noticed. */
import { writeFileAtomic } from "@clawd/kernel/files";
import { readFileSync } from "node:fs";
import type { AuditHead } from "./audit-record.ts";

export interface Anchor {
  /** `missing` when there is none, `unreadable` when it holds anything but a place in a chain. */
  read(): AuditHead | "missing" | "unreadable";
  /** @throws CLAWD_FILE_WRITE */
  write(head: AuditHead): void;
}

export function fileAnchor(path: string): Anchor {
  return {
    read() {
      let text;
      try {
        text = readFileSync(path, "utf8");
      } catch (thrown) {
        return (thrown as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : "unreadable";
      }
      return parseHead(text) ?? "unreadable";
    },
    write: (head) =>
      writeFileAtomic(path, `${JSON.stringify({ version: 1, seq: head.seq, hash: head.hash })}\n`),
  };
}

export function memoryAnchor(): Anchor {
  let anchored: AuditHead | "missing" = "missing";
  return {
    read: () => anchored,
    write: (head) => {
      anchored = head;
    },
  };
}

function parseHead(text: string): AuditHead | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, seq, hash } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isHead =
    version === 1 && Number.isSafeInteger(seq) && (seq as number) >= 0 && /^[0-9a-f]{64}$/.test(String(hash));
  return isHead ? { seq: seq as number, hash: String(hash) } : undefined;
}
