/** The secret from which the boundaries of data in the prompts are made; it outlives a restart, as the transcripts do. */
import { writeFileAtomic } from "@clawd/kernel/files";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "./paths.ts";

/** Made at the first start, 0600; a damaged one is replaced. */
export function boundaryKey({ credentials }: Paths): Buffer {
  const path = join(credentials, "boundary-key");
  const kept = existsSync(path) ? Buffer.from(readFileSync(path, "utf8").trim(), "base64url") : undefined;
  if (kept?.length === 32) return kept;
  const made = randomBytes(32);
  writeFileAtomic(path, `${made.toString("base64url")}\n`);
  return made;
}
