/** Values that are no requests, each one step away from a good one. */
import type { Decision } from "../src/decision.ts";
import type { StateFacts } from "../src/request.ts";
import type { Compile } from "./compare.ts";
import { runDeviations } from "./malformed-runs.ts";
import { circle, networks } from "./networks.ts";

export const good = {
  action: "message",
  provider: circle.id,
  chat: { kind: "dm", id: "alice" },
  sender: { id: "alice" },
} as const;

/** Everybody may write, and alice's runs may do everything, so that only the form of a request can be at fault. */
export const open = {
  commands: { ownerAllowFrom: ["circle:alice"] },
  agents: { defaults: { sandbox: { mode: "off" } } },
  [circle.id]: { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" },
};

const deviations: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["a text", "message"],
  ["a list", [good]],
  ["an empty object", {}],
  ["an unknown field", { ...good, approved: true }],
  ["an unknown field that is undefined", { ...good, elevated: undefined, isOwner: true }],
  ["an unknown action", { ...good, action: "tool-ish" }],
  ["no action", { ...good, action: undefined }],
  ["a provider that is no text", { ...good, provider: 1 }],
  ["a provider in a list", { ...good, provider: [circle.id] }],
  ["an account that is no text", { ...good, account: 1 }],
  ["no chat", { ...good, chat: null }],
  ["a chat of an unknown kind", { ...good, chat: { kind: "room", id: "g1" } }],
  ["a chat without kind", { ...good, chat: { id: "g1" } }],
  ["a chat whose kind is a prototype key", { ...good, chat: { kind: "constructor", id: "g1" } }],
  ["a chat without id", { ...good, chat: { kind: "group" } }],
  ["a chat with an empty id", { ...good, chat: { kind: "group", id: "" } }],
  ["a chat whose id is a number", { ...good, chat: { kind: "group", id: 1 } }],
  ["a chat with an unknown field", { ...good, chat: { ...good.chat, trusted: true } }],
  ["a thread that is no text", { ...good, chat: { ...good.chat, thread: 7 } }],
  ["a guild that is a list", { ...good, chat: { ...good.chat, guild: ["G1"] } }],
  ["no sender", { ...good, sender: undefined }],
  ["a sender that is null", { ...good, sender: null }],
  ["a sender without id", { ...good, sender: {} }],
  ["a sender whose id is a number", { ...good, sender: { id: 42 } }],
  ["a sender with an unknown field", { ...good, sender: { id: "alice", owner: true } }],
  ["a sender whose isBot is a text", { ...good, sender: { id: "alice", isBot: "no" } }],
  ["an unknown event", { ...good, event: "pin" }],
  ["an event that is null", { ...good, event: null }],
  ["a mention that is a text", { ...good, mentioned: "yes" }],
  ["a command that is a number", { ...good, command: 1 }],
  ["an empty thread", { ...good, chat: { ...good.chat, thread: "" } }],
  [
    "a field that throws when it is read",
    Object.defineProperty({ ...good }, "chat", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    }),
  ],
];

export const everyDeviation = [...deviations, ...runDeviations];

/** What is no name of a profile is a name that no profile has. */
export const strangeProfiles: readonly unknown[] = [7, true, {}, [], ["friend"], new Date(0)];

/** Whoever says nothing of the sender has made a request, of nobody. */
const refusals = new Set(["bad-request", "no-sender", "bot-sender"]);

/** What is wrong with the answer to a value that is no request; null when it is a plain refusal. */
export function faultOf(decide: () => Decision): string | null {
  let decision: Decision;
  try {
    decision = decide();
  } catch {
    return "no answer";
  }
  const { effect, code, rules, obligations } = decision;
  if (effect !== "deny") return `effect ${effect}`;
  if (!refusals.has(code)) return `code ${code}`;
  if (rules.length === 0) return "no rule";
  return obligations.some(({ kind }) => kind !== "stay-silent") ? "an act" : null;
}

/** The first deviation that this engine does not simply refuse, or null. */
export function firstAccepted(compile: Compile): string | null {
  const result = compile(open, { networks });
  if (!result.ok) return "the open config";
  const deviation = everyDeviation.find(
    ([, request]) => faultOf(() => result.policy.decide(request)) !== null,
  );
  if (deviation !== undefined) return deviation[0];
  const hasRights = (profile: unknown) =>
    result.policy.decide({ ...good, sender: { id: "bob" }, chat: { kind: "dm", id: "bob" } }, {
      profile,
    } as StateFacts).code !== "profile-unknown";
  return strangeProfiles.some(hasRights) ? "a profile that is no text" : null;
}
