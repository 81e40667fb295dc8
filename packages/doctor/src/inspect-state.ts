/** Looks at everything that the gateway keeps on disk. */
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileFacts, FileRole } from "./facts.ts";
import { inspectPath } from "./inspect-path.ts";

export interface StatePlaces {
  readonly stateDir: string;
  readonly config: string;
  /** Files that the config includes. */
  readonly includes?: readonly string[];
  /** The log of today; absent when logging to a file is off. */
  readonly logFile?: string;
}

/** The newest or oldest do not matter: so many of a kind show what is wrong. */
const MOST_ENTRIES = 1000;

/** Of `@clawd/egress`: with it one can be any host to this gateway's containers. */
const authorityFile = "egress-authority.pem";

export function inspectState({ stateDir, config, includes = [], logFile }: StatePlaces): FileFacts[] {
  const look = (role: FileRole, path: string): FileFacts => ({ role, ...inspectPath(path) });
  const inside = (role: FileRole, directory: string, ending = "") =>
    namesIn(directory)
      .filter((name) => name.endsWith(ending))
      .map((name) => look(role, join(directory, name)));
  const present = (facts: FileFacts) => facts.kind !== "missing";

  const credentials = join(stateDir, "credentials");
  const runtime = join(stateDir, "state");
  const media = join(stateDir, "media");
  const agents = join(stateDir, "agents");
  const sessions = namesIn(agents).map((agent) => join(agents, agent, "sessions"));
  return [
    look("state_dir", stateDir),
    look("config", config),
    ...includes.map((path) => look("config_include", path)),
    look("credentials_dir", credentials),
    ...inside("credentials_file", credentials).filter(({ kind }) => kind !== "directory"),
    look("runtime_dir", runtime),
    ...inside("runtime_file", runtime).map((file) =>
      // The key of the way out stands beside the database, and is none of it.
      basename(file.path) === authorityFile ? { ...file, role: "credentials_file" as const } : file,
    ),
    look("media_dir", media),
    ...inside("media_file", media),
    ...sessions.flatMap((directory) => [
      look("sessions_dir", directory),
      look("sessions_store", join(directory, "sessions.json")),
      ...inside("transcript", directory, ".jsonl"),
    ]),
    ...(logFile === undefined ? [] : [look("log_dir", dirname(logFile)), look("log_file", logFile)]),
  ].filter((facts) => present(facts) || facts.role === "state_dir");
}

function namesIn(directory: string): string[] {
  // A link in a directory's place is reported, not walked through.
  if (inspectPath(directory).kind !== "directory") return [];
  try {
    return readdirSync(directory).sort().slice(0, MOST_ENTRIES);
  } catch {
    return [];
  }
}
