/** Lists and answers in words. */
import type { Answer } from "./types.ts";

/** How many names of a list are spelled out. */
const most = 6;

export function listText(items: readonly string[]): string {
  const shown = items.slice(0, most);
  const left = items.length - shown.length;
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${left} more`;
}

/** The first lines, and how many are left out. */
export function someOf(lines: readonly string[]): readonly string[] {
  const left = lines.length - most;
  return left <= 1 ? lines : [...lines.slice(0, most), `  and ${left} more`];
}

export function answerText(answer: Answer): string {
  const { effect, does, authority, agent, session, place, workspaceAccess, scope, approval, budget } = answer;
  if (effect === "challenge") return "a pairing code";
  if (effect === "deny" && does === undefined) return "denied";
  const parts = [
    effect === "deny" ? "denied, kept as context" : deed(does),
    ...(authority === undefined ? [] : [`as ${authority}`]),
    ...(agent === undefined ? [] : [`of ${agent}`]),
    ...(session === undefined ? [] : [`in ${session}`]),
    ...(place === undefined ? [] : [`in the ${place}`.replace("in the host", "on the host")]),
    ...(workspaceAccess === undefined ? [] : [`workspace ${workspaceAccess}`]),
    ...(scope === undefined ? [] : [`container by ${scope}`]),
    ...(approval === true ? ["after an owner's approval"] : []),
    ...(budget === undefined ? [] : [`on the budget of ${budgetText(budget)}`]),
  ];
  return parts.join(", ");
}

const deed = (does: Answer["does"]): string =>
  does === undefined
    ? "allowed"
    : { turn: "a turn", command: "the command runs", context: "kept as context" }[does];

function budgetText({ profile, ...bounds }: NonNullable<Answer["budget"]>): string {
  const words = {
    turnsPerHour: "turns an hour",
    turnsPerDay: "turns a day",
    tokensPerDay: "tokens a day",
  } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((key) =>
    bounds[key] === undefined ? [] : [`${bounds[key]} ${words[key]}`],
  );
  return `${profile} (${parts.join(", ")})`;
}
