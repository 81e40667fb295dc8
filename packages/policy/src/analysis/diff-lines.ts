/** A difference for people: widenings first, one paragraph for each change. */
import { answerText, listText, someOf } from "./texts.ts";
import type { Change, Direction, PolicyDiff } from "./types.ts";
import { runText } from "./words.ts";

const heads: Readonly<Record<Direction, string>> = {
  widens: "Widens",
  moves: "Moves",
  narrows: "Narrows",
};

export function linesOfDiff({ changes, hash, widens }: PolicyDiff): readonly string[] {
  if (changes.length === 0) return ["No request is answered otherwise."];
  const last = widens ? [`Hash of what widens or moves: ${hash}`] : ["Nothing widens."];
  return [...changes.flatMap(linesOf), ...last];
}

function linesOf(change: Change): readonly string[] {
  const { direction, agents, what, before, after, whom } = change;
  const as = agents.length === 0 ? "" : ` of ${listText(agents)}`;
  return [
    `${heads[direction]}: ${listText(what)}${as}${runText(change.runs, change.models)}`,
    `  ${answerText(before)} -> ${answerText(after)}`,
    ...someOf(whom.map(({ who, where }) => `  for ${listText(who)}, in ${listText(where)}`)),
  ];
}
