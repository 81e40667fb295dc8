/** May this run write to that chat: one person's answer. */
import { core } from "./core.ts";
import type { Decision, RuleReference } from "./decision.ts";
import type { Facts } from "./facts.ts";
import type { Question } from "./read-message.ts";
import type { RunQuestion } from "./read-run.ts";
import { runDecision } from "./run-decision.ts";
import { sendCore } from "./send-core.ts";
import type { Standpoint } from "./standpoint.ts";
import { sendChecks, type SendCheck, type SendFacts } from "./tool-facts.ts";
import { accountOf } from "./unanswerable.ts";
import { isHere, scopeOf, view } from "./view.ts";

export type SendQuestion = Extract<RunQuestion, { readonly action: "send" }>;

/** `call`: what the call of the tool is answered. */
export function decideSend(at: Standpoint, call: Decision, { to }: SendQuestion): Decision {
  if (call.effect !== "allow" || at.profile === null || at.standing === "refused") return call;
  const target = targetOf(at, to);
  const facts: SendFacts = {
    call: "allowed",
    standing: at.standing,
    target: target.word,
    sends: at.profile.sends,
  };
  const rules: Readonly<Record<SendCheck, RuleReference>> = {
    call: call.rules[0]!,
    standing: at.admission.rules[0]!,
    target: target.rule,
    sends: at.profile.rules.sends,
  };
  return runDecision(call, sendCore(facts), facts, rules, sendChecks);
}

const hereRule: RuleReference = Object.freeze({ path: "built-in.chat-of-the-run" });

/** What the other chat's own rules say of the bot talking there, whoever is behind the run. */
export function targetOf(
  at: Pick<Standpoint, "plan" | "origin" | "state" | "standing">,
  to: Question,
): { readonly word: SendFacts["target"]; readonly rule: RuleReference } {
  if (isHere(at.origin, to)) return { word: "here", rule: hereRule };
  const account = accountOf(at.plan, to);
  if ("effect" in account) return { word: "refused", rule: account.rules[0]! };
  const scope = scopeOf(account, to);
  // The page behind the gateway's token is the owner's own.
  if (scope.chat === "operator" && at.standing !== "owner")
    return { word: "refused", rule: scope.rules.sender };
  const facts = withoutSender(view(account, scope, to, { isPaired: at.state.isTargetPaired === true }));
  const outcome = core(facts);
  const rules = scope.rules as Readonly<Record<string, RuleReference>>;
  return { word: outcome.effect === "allow" ? "accepted" : "refused", rule: rules[outcome.rules[0]]! };
}

/** A room is written to as a whole: its own switches count, and not who in it may trigger the bot. */
function withoutSender(facts: Facts): Facts {
  if (facts.chat !== "group") return facts;
  return { ...facts, roomList: "named", groupList: "named", fallbackList: "named" };
}
