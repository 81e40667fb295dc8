/** A job as people and models are shown it. */
import { scheduleInWords } from "@clawd/cron";
import type { JobRow } from "@clawd/tools";
import type { Job } from "./job.ts";

export function jobRow({ id, definition, state }: Job): JobRow {
  const { deliver, origin, made } = definition;
  return {
    id,
    name: definition.name,
    description: definition.description,
    agent: definition.agent,
    enabled: state.isEnabled,
    schedule: { ...definition.schedule },
    when: scheduleInWords(definition.schedule),
    message: definition.message,
    timeoutSeconds: definition.timeoutMs / 1000,
    deliverTo: deliver && `${deliver.provider} ${deliver.chat.kind} ${deliver.chat.id}`,
    createdAt: made.at,
    createdBy: made.by === "operator" ? "operator" : `${origin.provider}:${origin.sender.id ?? ""}`,
    nextRunAt: state.nextAt,
    isRunning: typeof state.open?.startedAt === "number",
    lastRunAt: state.last?.endedAt ?? null,
    lastOutcome: state.last?.outcome ?? null,
    stopped: state.stopped?.code ?? null,
  };
}
