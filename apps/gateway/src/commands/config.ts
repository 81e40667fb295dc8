/** `clawdbot config validate`, `config apply` and `config schema`. */
import { toJsonSchema } from "@clawd/config/schema";
import type { Offer } from "@clawd/core";
import type { Issue } from "@clawd/kernel";
import { notRunning } from "@clawd/server";
import { type Arguments, print, printError, printJson } from "../cli.ts";
import { callGateway, runningGateway } from "../control-client.ts";
import { printIssues } from "../issues.ts";
import { loadOrExplain, loadWhole } from "../load.ts";
import { pathsFrom } from "../paths.ts";
import { policyOf } from "../policy-of.ts";
import { configOptions } from "../settings.ts";
import { version } from "../version.ts";

export async function validate({ options }: Arguments): Promise<number> {
  const { config: path } = pathsFrom(process.env);
  const loaded = await loadWhole(path);
  const issues = loaded.ok ? loaded.warnings : loaded.issues;
  if (options["json"] === true) printJson({ ok: loaded.ok, issues });
  else {
    printIssues(issues);
    if (loaded.ok)
      print(loaded.value.found ? `${path} is valid.` : `There is no ${path}; the defaults are in force.`);
  }
  return loaded.ok ? 0 : 1;
}

/** Has the running gateway look at the config now, and says what it made of it. */
export async function apply({ options }: Arguments): Promise<number> {
  const { config: path } = pathsFrom(process.env);
  const { ack } = options;
  if (runningGateway() === undefined) return applyForNextStart(path, ack);
  const answer = (await callGateway("/control/config", { ...(ack !== undefined && { ack }) })) as
    | Offer
    | { readonly state: "invalid"; readonly issues: readonly Issue[] };
  if (options["json"] === true) printJson(answer);
  else if (answer.state === "invalid") printIssues(answer.issues);
  else if (answer.state === "in-force") print(`${path} is in force.`);
  else {
    print([`${path} is not in force: it widens access.`, ...answer.lines].join("\n"));
    printError(`Hint: to accept exactly this, clawdbot config apply --ack ${answer.shortHash}`);
  }
  return answer.state === "in-force" ? 0 : 1;
}

/** The start itself accepts what a person wrote; only an update that reads it as more than before has to be accepted. */
async function applyForNextStart(path: string, ack: string | boolean | undefined): Promise<number> {
  const loaded = await loadOrExplain(path);
  if (loaded === undefined) return 1;
  if (typeof ack === "string") {
    const { acceptUpdate } = await import("@clawd/core");
    const { runtime } = pathsFrom(process.env);
    if (!(await acceptUpdate(runtime, version, policyOf(loaded), ack))) throw notRunning();
  }
  printError("No gateway is running; the config is in force from its next start.");
  return 0;
}

export async function schema(): Promise<number> {
  const options = await configOptions(pathsFrom(process.env).config);
  printJson(toJsonSchema(options.schema));
  return 0;
}
