/** Where the files of this installation are. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

export interface Paths {
  /** `~/.clawdbot`, or CLAWDBOT_STATE_DIR. */
  readonly stateDir: string;
  /** `<stateDir>/clawdbot.json`, or CLAWDBOT_CONFIG_PATH. */
  readonly config: string;
  readonly credentials: string;
  /** Inbox, outbox, audit. */
  readonly runtime: string;
}

export function pathsFrom(environment: NodeJS.ProcessEnv): Paths {
  const stateDir = resolve(environment["CLAWDBOT_STATE_DIR"] || join(homedir(), ".clawdbot"));
  const config = resolve(environment["CLAWDBOT_CONFIG_PATH"] || join(stateDir, "clawdbot.json"));
  return { stateDir, config, credentials: join(stateDir, "credentials"), runtime: join(stateDir, "state") };
}

/** `~/x` as the shell would read it. */
export function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
