/** Who reaches what, for people: one paragraph for each capability, one line for each entry. */
import { listText } from "./texts.ts";
import type { Reach } from "./types.ts";

export function linesOfReach(entries: readonly Reach[]): readonly string[] {
  const lines: string[] = [];
  let last: string | undefined;
  for (const entry of entries) {
    if (entry.capability !== last) lines.push(`${entry.capability}:`);
    last = entry.capability;
    lines.push(`  ${lineOf(entry)}`);
  }
  return lines.length === 0 ? ["Nobody."] : lines;
}

function lineOf({ agent, through, who, where, needsApproval, place, workspaceAccess, by }: Reach): string {
  const how = [
    `as ${[...through, agent].join(" -> ")}`,
    ...(place === null ? [] : [place === "host" ? "on the host" : `in the ${place}`]),
    ...(workspaceAccess === null ? [] : [`workspace ${workspaceAccess}`]),
    ...(needsApproval ? ["after an owner's approval"] : []),
    ...(by.length === 0 ? [] : [`by ${listText(by)}`]),
  ];
  return `${listText(who)}, in ${listText(where)}: ${how.join(", ")}`;
}
