/** What the command line asks of scheduled jobs, behind the gateway's token: an owner's word about each of them. */
import { type Job, jobRow, type JobOrigin, type Scheduling } from "@clawd/core";
import { jobPatchSchema, jobSchema } from "@clawd/cron/schema";
import type { Policy } from "@clawd/policy";
import type { HttpMount } from "@clawd/provider-kit";
import { z } from "zod";
import { networks } from "./providers.ts";

/** Of expressions that name no other, where the config names none. */
export const machineTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const job = z.string().min(1).max(200);
const requests = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("status") }),
  z.strictObject({ action: z.literal("list") }),
  z.strictObject({ action: z.literal("add"), job: jobSchema }),
  z.strictObject({ action: z.literal("edit"), id: job, patch: jobPatchSchema }),
  z.strictObject({ action: z.literal("enable"), id: job, renew: z.boolean() }),
  z.strictObject({ action: z.literal("disable"), id: job }),
  z.strictObject({ action: z.literal("remove"), id: job }),
  z.strictObject({ action: z.literal("run"), id: job }),
  z.strictObject({ action: z.literal("runs"), id: job, limit: z.int().min(1).max(100) }),
]);
type CronRequest = z.output<typeof requests>;

interface CronPorts {
  readonly scheduled: Pick<Scheduling, "jobs" | "status">;
  readonly policy: () => Policy;
}

/** `POST /control/cron {action, …}`: what `clawdbot cron` does. */
export function mountCron(mount: HttpMount, ports: CronPorts): void {
  mount.handle("/control/cron", "token", async (request) => {
    if (request.method !== "POST")
      return refusal(405, "Only POST is answered here.", "Use `clawdbot cron list`.");
    const parsed = requests.safeParse(await request.json().catch(() => undefined));
    if (!parsed.success) return refusal(400, "The request is not understood.", linesOf(parsed.error));
    return answer(parsed.data, ports);
  });
}

function answer(request: CronRequest, { scheduled, policy }: CronPorts): Response {
  const { jobs } = scheduled;
  if (request.action === "status") return Response.json(scheduled.status());
  if (request.action === "list") return Response.json({ jobs: jobs.list().map(jobRow) });
  if (request.action === "add") {
    const maker = operatorOf(policy());
    return maker === null
      ? refusal(409, "Nobody answers the operator's page.", "Switch it on, or have an agent add the job.")
      : shown(jobs.add(request.job, { by: "operator", ...maker }));
  }
  const found = find(jobs.list(), request.id);
  if (found === undefined)
    return refusal(404, `There is no job ${request.id}.`, "`clawdbot cron list` shows their ids.");
  switch (request.action) {
    case "edit":
      return shown(jobs.change(found, request.patch, "operator"));
    case "enable":
      return shown(request.renew ? jobs.renew(found) : jobs.change(found, { enabled: true }, "operator"));
    case "disable":
      return shown(jobs.change(found, { enabled: false }, "operator"));
    case "run":
      return shown(jobs.runNow(found, "operator"));
    case "runs":
      return Response.json({ id: found.id, runs: jobs.runs(found, request.limit) });
    case "remove":
      jobs.remove(found, "operator");
      return Response.json({ removed: found.id });
  }
}

/** By its id, by what only one id begins with, or by a name that only one has. */
function find(jobs: readonly Job[], text: string): Job | undefined {
  const byId = jobs.filter(({ id }) => id === text || (text.length >= 4 && id.startsWith(text)));
  const byName = jobs.filter(({ definition }) => definition.name === text);
  return byId.length === 1 ? byId[0] : byId.length === 0 && byName.length === 1 ? byName[0] : undefined;
}

/** Whoever holds the gateway's token, on the page that is theirs, and the agent that answers there. */
function operatorOf(policy: Policy): { readonly agent: string; readonly origin: JobOrigin } | null {
  const network = networks.find(({ layout }) => layout === "operator");
  if (network?.operator === undefined) return null;
  const { id: provider, operator: id } = network;
  const chat = { kind: "dm", id, parent: null, thread: null, guild: null, team: null, title: null } as const;
  const sender = { id, isBot: false, isSelf: false, name: null, username: null };
  const origin: JobOrigin = { provider, account: "default", chat, sender };
  const { title: _title, ...place } = chat;
  const asked = {
    action: "message",
    provider,
    account: "default",
    chat: place,
    sender: { id },
    mentioned: true,
  };
  const { effect, agent } = policy.decide(asked);
  return effect === "allow" && agent !== null ? { agent, origin } : null;
}

function shown(done: Job | { readonly refused: string }): Response {
  return "refused" in done
    ? refusal(409, messageOf(done.refused), hintOf(done.refused))
    : Response.json(jobRow(done));
}

const isCode = (reason: string): boolean => /^[a-z-]+$/.test(reason);
const messageOf = (reason: string): string => (isCode(reason) ? `It may not run (${reason}).` : reason);

function hintOf(reason: string): string {
  if (reason.startsWith("Its time is over"))
    return "`clawdbot cron edit ID --at 20m` gives it one, then `clawdbot cron enable ID`.";
  if (!isCode(reason)) return "Nothing was changed; `clawdbot cron add --help` shows what can be written.";
  return (
    hints[reason] ??
    "Its creator might not make it now, or not with the rights it was made with: `clawdbot policy explain --tool cron` with their network and id says which key decides."
  );
}

const hints: Readonly<Record<string, string>> = {
  "agent-gone": "The config has no such agent any more. Remove the job: `clawdbot cron rm ID`.",
  "rights-unreadable":
    "Another version made it. `clawdbot cron enable ID --renew` gives it the rights that its creator has now.",
  "routed-elsewhere": "Another agent answers that chat now (bindings). Have that one add the job.",
};

const linesOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");

function refusal(status: number, message: string, hint: string): Response {
  return Response.json({ error: { code: "CLAWD_CRON", message, hint } }, { status });
}
