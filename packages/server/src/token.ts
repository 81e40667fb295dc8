/** The gateway's token: strong, kept privately, compared in constant time. */
import { ClawdError } from "@clawd/kernel";
import { writeFileAtomic } from "@clawd/kernel/files";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface GatewayToken {
  readonly token: string;
  readonly source: "config" | "file";
  /** True when it was made just now. */
  readonly isNew: boolean;
  /** Where it is kept; null when the config has it. */
  readonly path: string | null;
}

/**
 * The configured token, else the one kept in `<stateDir>/credentials/gateway-token`, else a new one of 256 bits, kept there.
 * Call it after the state's lock is taken, so that two first starts do not make two.
 * @throws CLAWD_TOKEN_WEAK, CLAWD_TOKEN_READ, CLAWD_FILE_WRITE
 */
export function ensureToken(options: {
  readonly configured: string | undefined;
  readonly stateDir: string;
}): GatewayToken {
  if (options.configured !== undefined) {
    checkToken(
      options.configured,
      "Write a longer one (`openssl rand -hex 32`), or remove gateway.auth.token to have one made.",
    );
    return { token: options.configured, source: "config", isNew: false, path: null };
  }
  const path = tokenPath(options.stateDir);
  const kept = readKept(path);
  if (kept !== undefined) {
    checkToken(kept, `Delete ${path}; the next start makes a new one.`);
    return { token: kept, source: "file", isNew: false, path };
  }
  const token = randomBytes(32).toString("base64url");
  writeFileAtomic(path, `${token}\n`);
  return { token, source: "file", isNew: true, path };
}

/** Whether it can hold 128 bits and travel in a header. */
export function isStrongToken(token: string): boolean {
  const isSendable = /^[\x21-\x7e]{1,512}$/.test(token);
  return isSendable && roomFor(token) >= 128 && new Set(token).size >= 8;
}

/** @throws CLAWD_TOKEN_WEAK when the token is not strong. */
export function checkToken(token: string, hint: string): void {
  if (isStrongToken(token)) return;
  throw new ClawdError("CLAWD_TOKEN_WEAK", "The gateway's token is too easy to guess (less than 128 bits).", {
    hint,
  });
}

/** Compares without telling by its time how much of a guess was right. */
export function createTokenCheck(token: string): (guess: string) => boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (guess) => timingSafeEqual(digest(guess), expected);
}

/** Bits in a random text of this length over the kinds of characters that occur in it. */
function roomFor(token: string): number {
  if (/^[0-9a-f]*$/i.test(token)) return token.length * (/^\d*$/.test(token) ? Math.log2(10) : 4);
  const kinds = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[-_]/, 2],
    [/[^-_a-zA-Z0-9]/, 30],
  ] as const;
  const alphabet = kinds.reduce((size, [kind, count]) => size + (kind.test(token) ? count : 0), 0);
  return token.length * Math.log2(alphabet);
}

const tokenPath = (stateDir: string) => join(stateDir, "credentials", "gateway-token");

/** The token that an earlier start made; undefined when none did. @throws CLAWD_TOKEN_READ */
export const keptToken = (stateDir: string): string | undefined => readKept(tokenPath(stateDir));

function readKept(path: string): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return readFileSync(file, "utf8").trim();
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    if (reason === "ENOENT") return undefined;
    throw new ClawdError("CLAWD_TOKEN_READ", `Cannot read ${path} (${reason}).`, {
      hint: "Give this user read access; a symbolic link in its place is refused. Deleting it makes a new token.",
      cause,
    });
  }
}
