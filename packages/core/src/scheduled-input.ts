/** What a scheduled run is told: its task, in the words of whoever set it up, behind a line that nobody can imitate. */
import { type Boundary, silence } from "@clawd/agent";

export function scheduledInput(text: string, name: string, boundary: Boundary, now: number): string {
  const speaker = `the schedule, for the person you work for: the task "${name}" is due; nobody is there to be asked`;
  return [
    boundary.head(speaker, new Date(now).toISOString()),
    boundary.clean(text),
    "",
    `(Your answer is sent as it is. When there is nothing to tell, answer exactly ${silence}.)`,
  ].join("\n");
}
