/** `clawdbot config validate` and `config schema`. */
import { loadConfig } from "@clawd/config";
import { toJsonSchema } from "@clawd/config/schema";
import type { Issue } from "@clawd/kernel";
import { type Arguments, print, printError, printJson } from "../cli.ts";
import { pathsFrom } from "../paths.ts";
import { configOptions } from "../settings.ts";

export async function validate({ options }: Arguments): Promise<number> {
  const { config: path } = pathsFrom(process.env);
  const loaded = loadConfig(await configOptions(path));
  const issues = loaded.ok ? loaded.warnings : loaded.issues;
  if (options["json"] === true) printJson({ ok: loaded.ok, issues });
  else {
    printIssues(issues);
    if (loaded.ok)
      print(loaded.value.found ? `${path} is valid.` : `There is no ${path}; the defaults are in force.`);
  }
  return loaded.ok ? 0 : 1;
}

export async function schema(): Promise<number> {
  const options = await configOptions(pathsFrom(process.env).config);
  printJson(toJsonSchema(options.schema));
  return 0;
}

/** Each problem with its place and its remedy, on stderr. */
export function printIssues(issues: readonly Issue[]): void {
  for (const { severity, path, message, hint, file, line, column } of issues) {
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    printError(`${severity === "warning" ? "warning" : "error"}: ${[place, path].filter(Boolean).join(" ")}`);
    printError(`  ${message}`);
    printError(`  Hint: ${hint}`);
  }
}
