/** Every name that a list of tools may hold, and what it spells out to. */
import type { Network } from "./network.ts";
import type { ToolEntry } from "./plan.ts";
import { standardTools, type ToolDescriptor } from "./tool-catalogue.ts";

export interface ToolNames {
  /** By name, by alias, and by network for `message` to it. */
  readonly entries: ReadonlyMap<string, ToolEntry>;
  /** The names that an entry of a list stands for; empty for a wildcard that matches nothing; undefined: no such name. */
  spellOut(entry: string): readonly string[] | undefined;
  /** The known name or group that is most like this one. */
  nearest(entry: string): string | undefined;
}

/** The tool that a network's id stands for. */
export const messageTool = "message";

export function toolNames(
  networks: readonly Network[],
  tools: readonly ToolDescriptor[] = standardTools,
): ToolNames {
  const entries = new Map<string, ToolEntry>();
  let index = 0;
  const members = new Map<string, string[]>();
  for (const { name, kind, groups = [], aliases = [] } of tools) {
    const entry = { index: index++, name, kind };
    for (const known of [name, ...aliases]) entries.set(known, entry);
    for (const group of groups) members.set(group, [...(members.get(group) ?? []), name]);
  }
  const places = entries.has(messageTool) ? networks.map(({ id }) => id) : [];
  for (const name of places)
    if (!entries.has(name)) entries.set(name, { index: index++, name, kind: "gateway" });
  const spelled = new Map<string, readonly string[] | undefined>();
  const namesLike = (parts: readonly string[]) =>
    [...entries].filter(([known]) => matches(known, parts)).map(([, { name }]) => name);
  const spell = (entry: string) => {
    if (entry.startsWith("group:")) return members.get(entry.slice(6));
    if (entry.includes("*")) return namesLike(entry.split("*"));
    const known = entries.get(entry);
    return known && [known.name];
  };
  return {
    entries,
    spellOut(written) {
      // Lists say the same few names over and over.
      if (!spelled.has(written)) spelled.set(written, spell(written.trim().toLowerCase()));
      return spelled.get(written);
    },
    nearest: (written) =>
      nearestOf(written.trim().toLowerCase(), [
        ...entries.keys(),
        ...[...members.keys()].map((group) => `group:${group}`),
      ]),
  };
}

/** Whether the parts stand in the text one after the other, the first at its beginning and the last at its end. */
export function matches(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

/** The candidate with the fewest changed letters, if they are few. */
function nearestOf(text: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, text.length / 2) + 1;
  for (const candidate of candidates) {
    const changed = distance(text.slice(0, 64), candidate);
    if (changed < least) [best, least] = [candidate, changed];
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
