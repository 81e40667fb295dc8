/** Requests with every field written, for tests that spoil one field after the other; and what every answer must be. */
import type { Decision, Obligation } from "../src/index.ts";

export const origin = {
  provider: "flat",
  account: "default",
  chat: { kind: "dm", id: "42", parent: null, thread: null, guild: null, team: null },
  sender: { id: "42", isBot: false, isSelf: false },
};
const run = {
  ...origin,
  agent: "main",
  run: "turn",
  via: [{ agent: "main", run: "turn" }],
  contributors: [origin],
  model: "model/large",
};
/** One of each kind, with every field written; each is allowed. */
export const full: Readonly<Record<string, object>> = {
  message: {
    action: "message",
    ...origin,
    event: "message",
    mentioned: true,
    mentionDetectable: true,
    mentionsOthers: false,
    command: "status",
  },
  tool: { action: "tool", ...run, tool: "read", elevated: false },
  send: {
    action: "send",
    ...run,
    agent: "bare",
    via: [],
    to: { provider: "flat", account: "default", chat: origin.chat },
  },
  session: { action: "session", ...run, operation: "read", session: "agent:main:main" },
  spawn: { action: "session", ...run, operation: "spawn", target: "main" },
};

const acts: readonly Obligation["kind"][] = ["start-turn", "run-command", "run-in", "send-pairing-code"];

/** What every decision is, whatever was asked. */
export function isDecision({ effect, code, rules, obligations, trace, policy: hash }: Decision): boolean {
  const isEffect = effect === "allow" || effect === "deny" || effect === "challenge";
  const isIdle = obligations.every(({ kind }) => !acts.includes(kind));
  return (
    isEffect &&
    (effect !== "deny" || isIdle) &&
    typeof code === "string" &&
    rules.length > 0 &&
    trace.length > 0 &&
    hash.startsWith("sha256:")
  );
}

/** Of somebody who is listed and no owner, so that a profile counts. */
export const friend = { ...origin, account: "work", chat: { kind: "dm", id: "1" }, sender: { id: "1" } };
export const friends = { action: "tool", ...friend, agent: "main", tool: "read", contributors: [friend] };
