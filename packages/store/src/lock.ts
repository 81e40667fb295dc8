/** One gateway for one state directory. The operating system holds the lock, so that it dies with its holder, even on SIGKILL. */
import { ClawdError } from "@clawd/kernel";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createPrivateFile } from "./database.ts";
import { isBusy, storeFault } from "./fault.ts";

export interface StateLock {
  /** Idempotent. */
  release(): void;
}

/**
 * Takes the lock of the directory, which must exist, without waiting.
 * @throws CLAWD_STATE_IN_USE when another gateway, in this process or another one, holds it.
 */
export function lockState(directory: string): StateLock {
  const path = join(directory, "gateway.lock");
  let connection: DatabaseSync | undefined;
  try {
    createPrivateFile(path);
    connection = new DatabaseSync(path, { timeout: 0 });
    // Nothing is ever written here, so no journal file is needed beside it.
    connection.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    connection?.close();
    if (!isBusy(cause)) throw storeFault(path, cause);
    throw new ClawdError("CLAWD_STATE_IN_USE", `Another gateway is running on ${directory}.`, {
      hint: "Stop it first (`clawdbot status` shows it), or give this one a directory of its own with CLAWDBOT_STATE_DIR.",
      cause,
    });
  }
  const held = connection;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}
