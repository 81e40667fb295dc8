/** The config as every command and the gateway load it: valid, and true to the examples that stand in it. */
import { loadConfig, type LoadedConfig } from "@clawd/config";
import type { Issue, Result } from "@clawd/kernel";
import type { Config } from "./config.ts";
import { printIssues } from "./issues.ts";
import { analysisOptions } from "./policy-of.ts";
import { configOptions } from "./settings.ts";

/** `mustExist`: a file that is not there is a mistake and not the defaults. */
export async function loadWhole(path: string, mustExist = false): Promise<Result<LoadedConfig<Config>>> {
  const loaded = loadConfig<Config>({ ...(await configOptions(path)), mustExist });
  if (!loaded.ok) return loaded;
  const violated = await violatedExamples(loaded.value);
  return violated.length === 0 ? loaded : { ok: false, issues: violated };
}

/** The same for a command: what is wrong is printed, and nothing is given. */
export async function loadOrExplain(
  path: string,
  mustExist = false,
): Promise<LoadedConfig<Config> | undefined> {
  const loaded = await loadWhole(path, mustExist);
  if (loaded.ok) return loaded.value;
  printIssues(loaded.issues);
  return undefined;
}

/** One error for each of `access.examples` that does not hold. */
export async function violatedExamples(loaded: LoadedConfig<Config>): Promise<readonly Issue[]> {
  const { value } = loaded;
  if (value.access?.examples === undefined) return [];
  // Most configs have no examples, and never load this.
  const { exampleIssues } = await import("@clawd/policy/analysis");
  return exampleIssues(value, analysisOptions(loaded));
}
