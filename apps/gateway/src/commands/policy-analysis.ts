/** `clawdbot policy reach`, `diff` and `lint`: exact answers about everybody, from the config alone. */
import { compile, type CompileOptions, type Policy } from "@clawd/policy";
import {
  capabilities,
  type Capability,
  linesOfLint,
  linesOfReach,
  lint as lintOf,
  reach as reachOf,
} from "@clawd/policy/analysis";
import { resolve } from "node:path";
import { type Arguments, print, printJson, UsageError } from "../cli.ts";
import type { Config } from "../config.ts";
import { printIssues } from "../issues.ts";
import { loadOrExplain } from "../load.ts";
import { pathsFrom } from "../paths.ts";
import { analysisOptions } from "../policy-of.ts";
import { networks, secretSettingsOf } from "../providers.ts";
import { concealed, settingChanges } from "../own-config/setting-changes.ts";

interface LoadedPolicy {
  readonly policy: Policy;
  readonly config: Config;
  readonly options: CompileOptions;
  readonly secrets: readonly string[];
}

/** Everyone who can get to a capability, or to any of them. */
export async function reach({ options }: Arguments): Promise<number> {
  const capability = capabilityFrom(options["capability"]);
  const loaded = await loadPolicy(pathsFrom(process.env).config, true);
  if (loaded === undefined) return 1;
  const found = reachOf(loaded.policy, capability === undefined ? {} : { capability });
  if (options["json"] === true) printJson({ policy: loaded.policy.hash, reach: found });
  else if (found.length === 0) print(`Nobody reaches ${capability ?? "anything"}.`);
  else print(linesOfReach(found).join("\n"));
  return 0;
}

/** Every change of access between two config files, and of what calls reach; exit status 1 when anything widens. */
export async function diff({ options, positionals }: Arguments): Promise<number> {
  const [before, after] = positionals;
  if (before === undefined || after === undefined)
    throw new UsageError("Two configs are compared.", "clawdbot policy diff old.json new.json");
  const [old, next] = [await loadPolicy(resolve(before), false), await loadPolicy(resolve(after), false)];
  if (old === undefined || next === undefined) return 1;
  const { configDifference } = await import("@clawd/core");
  const changes = settingChanges(old.config, next.config, {
    paths: pathsFrom(process.env),
    secretSettings: await secretSettingsOf(),
  });
  const settings = concealed(changes, [...old.secrets, ...next.secrets]);
  const { policy, ...found } = await configDifference(old.policy, next.policy, settings);
  if (options["json"] === true)
    printJson({ hash: found.hash, widens: found.widens, changes: policy.changes, settings: found.settings });
  else print(found.lines.join("\n"));
  return found.widens ? 1 : 0;
}

/** What of the config decides nothing, contradicts itself or is dangerous; exit status 1 when there is more than notes. */
export async function lint({ options }: Arguments): Promise<number> {
  const { config: path } = pathsFrom(process.env);
  const loaded = await loadPolicy(path, true);
  if (loaded === undefined) return 1;
  const findings = lintOf(loaded.policy, { config: loaded.config, options: loaded.options });
  if (options["json"] === true) printJson({ findings });
  else if (findings.length === 0) print(`Nothing to say about ${path}.`);
  else print(linesOfLint(findings).join("\n"));
  return findings.some(({ severity }) => severity !== "note") ? 1 : 0;
}

function capabilityFrom(word: string | boolean | undefined): Capability | undefined {
  if (word === undefined) return undefined;
  const known = capabilities.find((capability) => capability === word);
  if (known !== undefined) return known;
  throw new UsageError(
    `There is no capability "${String(word)}".`,
    `write one of ${capabilities.join(", ")}`,
  );
}

/** `connectedOnly`: without networks that the config does not set up. */
async function loadPolicy(path: string, connectedOnly: boolean): Promise<LoadedPolicy | undefined> {
  const loaded = await loadOrExplain(path, path !== pathsFrom(process.env).config);
  if (loaded === undefined) return undefined;
  const { value } = loaded;
  const options = connectedOnly ? analysisOptions(loaded) : { networks, locate: loaded.locate };
  const compiled = compile(value, options);
  if (compiled.ok) return { policy: compiled.policy, config: value, options, secrets: loaded.secrets };
  printIssues(compiled.issues);
  return undefined;
}
