/** `clawdbot cron …`: scheduled jobs of the running gateway. */
import { type JobRow, type JobRunRow, type JobsStatus } from "@clawd/tools";
import { type Arguments, print, printError, printJson, UsageError } from "../cli.ts";
import { callGateway } from "../control-client.ts";

export const ask = (request: Readonly<Record<string, unknown>>): Promise<unknown> =>
  callGateway("/control/cron", request);

export async function status({ options }: Arguments): Promise<number> {
  const now = (await ask({ action: "status" })) as JobsStatus;
  if (options["json"] === true) return (printJson(now), 0);
  print(now.enabled ? "Scheduled runs are on." : "Scheduled runs are switched off (cron.enabled).");
  print(`Jobs: ${now.jobs}, running: ${now.running}, at once at most: ${now.maxConcurrentRuns}`);
  print(`Next: ${timeOf(now.nextRunAt) ?? "none"}`);
  print(`Now: ${now.nowText}; expressions without a time zone are in ${now.timeZone}.`);
  return 0;
}

export async function list({ options }: Arguments): Promise<number> {
  const { jobs } = (await ask({ action: "list" })) as { readonly jobs: readonly JobRow[] };
  const shown = jobs.filter(({ enabled }) => enabled || options["all"] === true);
  if (options["json"] === true) return (printJson({ jobs: shown }), 0);
  const rest = jobs.length - shown.length;
  if (shown.length === 0) printError("There are no scheduled jobs that are on.");
  for (const job of shown) for (const line of linesOf(job)) print(line);
  if (rest > 0) printError(`${rest} more are off: \`clawdbot cron list --all\` shows them.`);
  return 0;
}

export const enable = (args: Arguments) =>
  change(args, "enable", { renew: args.options["renew"] === true }, "On again");
export const disable = (args: Arguments) => change(args, "disable", {}, "Switched off");
export const run = (args: Arguments) => change(args, "run", {}, "It begins");

async function change(args: Arguments, action: string, more: object, done: string): Promise<number> {
  const job = (await ask({ action, id: idOf(args, action), ...more })) as JobRow;
  return shownAs(done, job, args);
}

export function shownAs(done: string, job: JobRow, { options }: Arguments): number {
  if (options["json"] === true) return (printJson(job), 0);
  print(`${done}:`);
  for (const line of linesOf(job)) print(line);
  return 0;
}

export async function remove(args: Arguments): Promise<number> {
  const { removed } = (await ask({ action: "remove", id: idOf(args, "rm") })) as { readonly removed: string };
  if (args.options["json"] === true) printJson({ removed });
  else print(`Removed ${removed}.`);
  return 0;
}

export async function runs(args: Arguments): Promise<number> {
  const limit = wholeNumber(args.options["limit"], "limit") ?? 20;
  const answer = (await ask({ action: "runs", id: idOf(args, "runs"), limit })) as {
    readonly id: string;
    readonly runs: readonly JobRunRow[];
  };
  if (args.options["json"] === true) return (printJson(answer), 0);
  if (answer.runs.length === 0) printError("It has not run yet.");
  for (const { endedAt, outcome, tries, reason, number } of answer.runs) {
    const again = tries > 1 ? ` after ${tries} tries` : "";
    print(`${timeOf(endedAt)}  #${number}  ${outcome}${again}${reason === null ? "" : ` (${reason})`}`);
  }
  return 0;
}

export function idOf({ positionals }: Arguments, word: string): string {
  const [id] = positionals;
  if (id === undefined)
    throw new UsageError(
      "Which job?",
      `clawdbot cron ${word} ID; \`clawdbot cron list --all\` shows the ids`,
    );
  return id;
}

export function wholeNumber(value: string | boolean | undefined, name: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new UsageError(`--${name} is no number: ${String(value)}`, "write a whole number");
  return number;
}

function linesOf(job: JobRow): readonly string[] {
  const state = job.isRunning ? "runs now" : stateOf(job);
  const last = job.lastRunAt === null ? "" : `; last ${timeOf(job.lastRunAt)}: ${job.lastOutcome}`;
  return [
    `${job.id}  ${job.name}`,
    `  ${job.when}; ${state}${last}`,
    `  ${job.agent}, for ${job.createdBy}; ${job.deliverTo === null ? "sends nothing" : `to ${job.deliverTo}`}`,
  ];
}

function stateOf({ enabled, stopped, nextRunAt }: JobRow): string {
  if (stopped !== null) return `stopped (${stopped})`;
  return enabled ? `next ${timeOf(nextRunAt) ?? "never"}` : "off";
}

const timeOf = (at: number | null): string | null =>
  at === null ? null : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
