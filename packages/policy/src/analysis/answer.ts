/** What of a decision is access, and which of two is more of it. */
import type { Decision, RunIn } from "../decision.ts";
import type { Answer, Direction } from "./types.ts";

export const denied: Answer = Object.freeze({ effect: "deny" });
export const challenged: Answer = Object.freeze({ effect: "challenge" });

/** Equal answers have equal keys. */
export const keyOfAnswer = (answer: Answer): string =>
  JSON.stringify(words.map((word) => answer[word] ?? null));

export function isSameAnswer(a: Answer, b: Answer): boolean {
  if (a === b) return true;
  return words.every((word) =>
    word === "budget" ? JSON.stringify(a.budget) === JSON.stringify(b.budget) : a[word] === b[word],
  );
}

const words = [
  "effect",
  "does",
  "authority",
  "agent",
  "session",
  "place",
  "workspaceAccess",
  "scope",
  "approval",
  "budget",
] as const satisfies readonly (keyof Answer)[];

/** The answer that a decision is. `session`: the key with `*` for the id of the sender or the chat, where it has one. */
export function answerOf(decision: Decision, session = decision.session): Answer {
  const { effect, obligations, agent } = decision;
  const at = { ...(agent !== null && { agent }), ...(session !== null && { session }) };
  const answer: { -readonly [Word in keyof Answer]: Answer[Word] } = { effect };
  for (const obligation of obligations) {
    switch (obligation.kind) {
      case "start-turn":
        Object.assign(answer, { does: "turn", authority: obligation.authority, ...at });
        break;
      case "run-command":
        Object.assign(answer, { does: "command", authority: obligation.authority, ...at });
        break;
      case "remember-as-context":
        Object.assign(answer, { does: "context", ...at });
        break;
      case "run-in":
        // On the host and in the gateway no container is shared and no mount is chosen.
        Object.assign(
          answer,
          obligation.place === "sandbox" ? runIn(obligation) : { place: obligation.place },
        );
        break;
      case "await-approval":
        answer.approval = true;
        break;
      case "count-against-budget":
        answer.budget = { profile: obligation.profile, ...obligation.budget };
        break;
      case "send-pairing-code":
      case "stay-silent":
      case "tell-budget-spent":
      default:
        break;
    }
  }
  return answer;
}

const runIn = ({ place, workspaceAccess, scope }: RunIn) => ({ place, workspaceAccess, scope });

const order = {
  effect: ["deny", "challenge", "allow"],
  authority: ["stranger", "listed", "owner"],
  workspaceAccess: ["none", "ro", "rw"],
  scope: ["session", "agent", "shared"],
} as const;

/** One thing that changed: more, less, or neither. */
type Step = 1 | 0 | -1 | "moved";

/** `before` and `after` differ. Whatever is more in any way widens; what is neither more nor less moves. */
export function directionOf(before: Answer, after: Answer): Direction {
  const steps = stepsBetween(before, after);
  if (steps.includes(1)) return "widens";
  return steps.includes("moved") ? "moves" : "narrows";
}

function stepsBetween(before: Answer, after: Answer): readonly Step[] {
  const effect = ranked("effect", before, after);
  if (effect !== 0) return [effect];
  if (before.does !== after.does)
    return [before.does === undefined ? 1 : after.does === undefined ? -1 : "moved"];
  return [
    ranked("authority", before, after),
    before.agent === after.agent ? 0 : "moved",
    before.session === after.session ? 0 : "moved",
    placed(before, after),
    ranked("workspaceAccess", before, after),
    ranked("scope", before, after),
    before.approval === after.approval ? 0 : before.approval === true ? 1 : -1,
    ...budgeted(before, after),
  ];
}

function ranked(word: keyof typeof order, before: Answer, after: Answer): Step {
  const words: readonly (string | undefined)[] = order[word];
  return sign(words.indexOf(after[word]) - words.indexOf(before[word]));
}

const sign = (difference: number): Step => (difference > 0 ? 1 : difference < 0 ? -1 : 0);

function placed({ place: from }: Answer, { place: to }: Answer): Step {
  if (from === to) return 0;
  if (from === "sandbox" && to === "host") return 1;
  return from === "host" && to === "sandbox" ? -1 : "moved";
}

function budgeted({ budget: from }: Answer, { budget: to }: Answer): readonly Step[] {
  if (from === undefined || to === undefined) return [from === to ? 0 : to === undefined ? 1 : -1];
  const bounds = (["turnsPerHour", "turnsPerDay", "tokensPerDay"] as const).map((key) => {
    const [least, most] = [from[key] ?? Number.POSITIVE_INFINITY, to[key] ?? Number.POSITIVE_INFINITY];
    return most > least ? 1 : most < least ? -1 : 0;
  });
  return [...bounds, from.profile === to.profile ? 0 : "moved"];
}
