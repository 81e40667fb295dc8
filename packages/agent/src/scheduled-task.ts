/**
 * What a scheduled run is told: its task, in the words of whoever set it up, behind a line that nobody can imitate.
 * INVARIANT: neither the name nor the task can begin another message or end a block (scheduled-task.test.ts).
 */
import type { Boundary } from "./boundary.ts";
import { asLabel } from "./label.ts";
import { silence } from "./system-prompt.ts";

export interface ScheduledTask {
  readonly boundary: Boundary;
  readonly name: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function scheduledTask({ boundary, name, text, at }: ScheduledTask): string {
  const speaker = `the schedule, for the person you work for; the task ${asLabel(name, "unnamed", 100)} is due, and nobody is there to be asked`;
  return [
    boundary.head(speaker, new Date(at).toISOString()),
    boundary.clean(text),
    "",
    `Your answer is sent as it is. When there is nothing to tell, answer exactly ${silence}.`,
  ].join("\n");
}
