/** People, states and requests in words. */
import type { RunKind } from "../request.ts";
import type { Wanted } from "./run-items.ts";
import type { Conditions, Senders } from "./types.ts";

/**
 * `telegram:42`, `any stranger on telegram`, `any paired sender on telegram, paired as guest`. `hasListed`: among those who
 * are not named one by one are some whom the config names.
 */
export function sendersText(
  senders: Senders,
  when: Conditions,
  unknownProfile: string,
  hasListed = false,
): readonly string[] {
  const { network, kind, ids } = senders;
  const state = stateText(when, unknownProfile);
  if (kind === "only") return ids.map((id) => `${network}:${id}${state}`);
  const named = profileNames(when, unknownProfile);
  const who =
    named !== null && when.isPaired === true
      ? `anyone paired as ${named}`
      : `any ${when.isPaired === true ? "paired sender" : "stranger"}${named === null ? "" : ` as ${named}`}`;
  const stranger = `${who} on ${network}`;
  if (!hasListed) return [stranger];
  const but = ids.length === 0 ? "" : ` but ${ids.map((id) => `${network}:${id}`).join(", ")}`;
  return [stranger, `everyone listed there${but}`];
}

function stateText(when: Conditions, unknownProfile: string): string {
  const paired = when.isPaired === undefined ? "" : when.isPaired ? ", paired" : ", not paired";
  const named = profileNames(when, unknownProfile);
  return named === null ? paired : `${paired} as ${named}`;
}

/** Null where a sender without a profile is meant too: that is the rule, and only its exceptions are worth a word. */
function profileNames({ profile }: Conditions, unknownProfile: string): string | null {
  if (profile === undefined || profile.includes(null)) return null;
  const known = profile.filter((name) => name !== unknownProfile);
  return known.length === 0 ? "a profile that does not exist" : known.join(" or ");
}

const operationWords = { list: "lists", read: "reads", send: "writes to" } as const;
const sessionWords = {
  own: "its own session",
  "own-before": "the session that was its own",
  "own-after": "the session that becomes its own",
  "same-agent": "other sessions of its agent",
} as const;

export function wantedText(wanted: Wanted): readonly string[] {
  if (wanted.action === "tool") return [wanted.isElevated ? `${wanted.tool} elevated` : wanted.tool];
  if (wanted.action === "send") {
    if (wanted.target === null) return [`writes to its own chat on ${wanted.network}`];
    return wanted.target.chats.map(({ text }) => `writes to ${text}`);
  }
  if (wanted.operation === "spawn") return wanted.agents.map((agent) => `spawns ${agent}`);
  const { whose, operation, agents, isSpawned } = wanted;
  if (whose === "same-agent" && isSpawned) return [`${operationWords[operation]} sessions that it spawned`];
  const also = isSpawned ? ", having spawned it" : "";
  if (whose !== "other-agent") return [`${operationWords[operation]} ${sessionWords[whose]}${also}`];
  return agents.map((agent) => `${operationWords[operation]} sessions of ${agent}`);
}

const runWords: Readonly<Record<RunKind, string>> = {
  turn: "a turn",
  subagent: "a sub-agent",
  cron: "a cron job",
  hook: "a hook",
};

/** ` (in a turn or a cron job; with anthropic/claude-opus-4-5)`; empty where neither matters. */
export function runText(runs: readonly RunKind[] | undefined, models: readonly string[] | undefined): string {
  const parts = [
    ...(runs === undefined ? [] : [`in ${runs.map((run) => runWords[run]).join(" or ")}`]),
    ...(models === undefined ? [] : [`with ${models.join(" or ")}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}
