/** The environment of commands on the host: built from a list, never from the gateway's own. */
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { checkEnvironment, environmentFault, type PlaceEnvironment } from "@clawd/sandbox";
import { loadsCode } from "./dangerous-names.ts";

export interface HostEnvironmentSettings {
  /** Directories, absolute. Absent: the usual ones of the system that are there. */
  readonly path?: readonly string[];
  /** Variables that commands have besides, by name. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Names that a call may set, besides `TZ`, `NO_COLOR` and the like. */
  readonly settable?: readonly string[];
}

const usualPath = [
  "/opt/homebrew/bin",
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** Not what the gateway's own environment says. */
const temporary = "/tmp";

/** Names that change how a program speaks, and nothing of what it runs. */
const harmlessNames: readonly string[] =
  "TZ LANG LC_ALL LC_CTYPE TERM NO_COLOR FORCE_COLOR CLICOLOR COLUMNS LINES CI NODE_ENV".split(" ");

/** @throws CLAWD_COMMAND_ENVIRONMENT for a setting that no command may get. */
export function hostEnvironment(settings: HostEnvironmentSettings = {}): PlaceEnvironment {
  const path = settings.path ?? usualPath.filter((directory) => existsSync(directory));
  if (path.some((directory) => !directory.startsWith("/") || directory.includes(":")))
    throw environmentFault("PATH", "its directories are absolute paths");
  const { username, homedir } = user();
  const base = {
    PATH: path.join(":"),
    HOME: homedir,
    LANG: "C.UTF-8",
    TERM: "dumb",
    USER: username,
    TMPDIR: temporary,
    ...settings.variables,
  };
  const settable = [...harmlessNames, ...(settings.settable ?? [])];
  for (const name of [...Object.keys(settings.variables ?? {}), ...(settings.settable ?? [])])
    if (loadsCode(name)) throw environmentFault(name, "it makes programs run other code");
  const environment: PlaceEnvironment = { base, settable };
  checkEnvironment({ ...base, ...Object.fromEntries(settable.map((name) => [name, ""])) }, environment);
  return environment;
}

/** By the system's list of users, where this one may be missing. */
function user(): { readonly username: string; readonly homedir: string } {
  try {
    return userInfo();
  } catch {
    return { username: `uid-${process.getuid?.() ?? "unknown"}`, homedir: temporary };
  }
}
