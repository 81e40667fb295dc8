/** What would get a message through: the facts of the core with one or two of them changed, and then the sender's profile. */
import { core } from "../core.ts";
import { rightsFor } from "../decide-message.ts";
import type { RuleReference } from "../decision.ts";
import type { Check, Facts } from "../facts.ts";
import type { AccountPlan, Plan, Scope } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { StateFacts } from "../request.ts";
import { refusalOf, scopeOf, seatOf, view } from "../view.ts";
import type { World } from "./changed-plan.ts";
import { commandFlips, grantFlips, unknownProfileFlips } from "./profile-flips.ts";
import { smallestRemedies, type Flip, type Remedy } from "./remedy-search.ts";

interface MessageWorld extends World<StateFacts> {
  readonly facts: Facts;
}

export function remediesForMessage(plan: Plan, question: Question, state: StateFacts): readonly Remedy[] {
  const account = plan.networks.get(question.provider)?.accounts.get(question.account);
  if (account === undefined) return [];
  const scope = scopeOf(account, question);
  const isOff = account.isOn === "off";
  const facts = view(isOff ? { ...account, isOn: "on" } : account, scope, question, state);
  // Nobody can turn one sender into another.
  if (facts.chat === "unreached") return [];
  const world = { plan, state, facts };
  const isThrough = (each: MessageWorld) => limitIn(each, account, question)?.limit === null;
  const flips = (each: MessageWorld) => [
    ...factFlips(account, scope, question, each.facts).map(asFlip),
    ...rightFlips(each, account, question),
  ];
  if (!isOff) return smallestRemedies(world, flips, isThrough);
  const rule = scope.rules.account;
  const switchOn = { text: `${rule.path} were true`, rule };
  const found = isThrough(world) ? [{ changes: [] }] : smallestRemedies(world, flips, isThrough, 1);
  return found.map(({ changes }) => ({ changes: [switchOn, ...changes] }));
}

/** What the sender's profile says of it; null where the message is turned away before. */
function limitIn({ facts, plan, state }: MessageWorld, account: AccountPlan, question: Question) {
  const outcome = core(facts);
  if (outcome.effect !== "allow") return null;
  return rightsFor(plan, account, question, facts, outcome, seatOf(account, question), state);
}

function rightFlips(
  world: MessageWorld,
  account: AccountPlan,
  question: Question,
): readonly Flip<MessageWorld>[] {
  const found = limitIn(world, account, question);
  if (found === null || found.limit === null) return [];
  const { profile } = found;
  const without = (state: StateFacts): StateFacts => ({ ...state, profile: null });
  if (profile === null) return unknownProfileFlips(world, "the sender", without).map(keepingFacts);
  const rule = profile.rules.budget;
  return [
    ...[
      ...grantFlips(profile, [seatOf(account, question).agent]),
      ...(question.command === null ? [] : commandFlips(profile, question.command.name)),
    ].map(keepingFacts),
    {
      changes: [{ text: `something were left of the budget (${rule.path})`, rule }],
      apply: (before) => ({ ...before, state: { ...before.state, isWithinBudget: true } }),
    },
  ];
}

const keepingFacts = ({ changes, apply }: Flip<World<StateFacts>>): Flip<MessageWorld> => ({
  changes,
  apply: (world) => ({ ...apply(world), facts: world.facts }),
});

interface FactFlip extends Remedy {
  readonly check: Check;
  readonly to: string | boolean;
}

const asFlip = ({ check, to, changes }: FactFlip): Flip<MessageWorld> => ({
  changes,
  apply: (world) => ({ ...world, facts: { ...world.facts, [check]: to } as Facts }),
});

/** The changes that somebody can bring about: to the config, to the pairings, to the message; not who the sender is. */
function factFlips(
  account: AccountPlan,
  scope: Scope,
  question: Question,
  facts: Facts,
): readonly FactFlip[] {
  const rules = scope.rules as Readonly<Record<Check, RuleReference>>;
  const flip: MakeFlip = (check, to, text, rule = rules[check]) => ({
    check,
    to,
    changes: [{ text, rule }],
  });
  const listed = (check: Check, keys: readonly RuleReference[] = [rules[check]]): FactFlip => ({
    check,
    to: "named",
    changes: keys.map((rule) => ({ text: `the sender were listed in ${rule.path}`, rule })),
  });
  const commands = refusedCommandFlips(account, question, facts, flip);
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
  return [
    ...(facts.groupPolicy === "disabled"
      ? [flip("groupPolicy", "unset", `${rules.groupPolicy.path} were removed`)]
      : []),
    ...roomFlips(facts.room, rules.room, flip),
    listed("roomList", keepingOut(scope, question.senderId ?? "")),
    ...(hasGroupList ? [listed("groupList"), listed("fallbackList")] : []),
    ...owner,
    ...commands,
    ...mentionFlips(facts.mention, flip),
    flip("requireMention", "no", `${rules.requireMention.path} were false`),
    flip("activation", "always", "an owner switched the chat's activation to always"),
    flip("mentionsOthers", false, "the message mentioned nobody else"),
  ];
}

/** Every list of the place that keeps the sender out; where none does, the nearest. */
function keepingOut(scope: Scope, id: string): readonly RuleReference[] {
  if (scope.chat !== "group") return [];
  const lists = scope.roomLists.filter(({ people }) => !people.everyone && !people.ids.has(id));
  return lists.length === 0 ? [scope.rules.roomList] : lists.map(({ rule }) => rule);
}

type MakeFlip = (check: Check, to: string | boolean, text: string, rule?: RuleReference) => FactFlip;

function refusedCommandFlips(
  account: AccountPlan,
  question: Question,
  facts: Facts,
  flip: MakeFlip,
): readonly FactFlip[] {
  if (!("command" in facts) || facts.command !== "refused" || question.command === null) return [];
  const rule = refusalOf(account, question, question.command);
  if (rule === null) return [];
  const isList = rule === account.commands.listRule;
  const text = isList ? `the sender were listed in ${rule.path}` : `${rule.path} were true`;
  return [flip("command", question.command.right, text, rule)];
}

function roomFlips(room: string, rule: RuleReference, flip: MakeFlip): readonly FactFlip[] {
  if (room === "named") return [];
  const text =
    room === "disabled" ? `the chat were switched on (${rule.path})` : `${rule.path} named the chat`;
  return [flip("room", "named", text)];
}

function mentionFlips(mention: string, flip: MakeFlip): readonly FactFlip[] {
  if (mention === "mentioned") return [];
  const isSeen = mention === "absent";
  const text = isSeen ? "the message mentioned the bot" : "a mention could be seen and the message had one";
  return [flip("mention", "mentioned", text)];
}
