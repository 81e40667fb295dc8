/** What would get a message through: every change is made to the plan, the state or the message, and the plan is asked again. */
import { core } from "../core.ts";
import { rightsFor } from "../decide-message.ts";
import type { AccountPlan, GroupScope, Plan, Scope } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { StateFacts } from "../request.ts";
import { refusalOf, scopeOf, seatOf, view } from "../view.ts";
import { admissionFlips } from "./admission-flips.ts";
import { withAccounts, withScope, type World } from "./changed-plan.ts";
import { commandFlips, grantFlips, ownerFlips, unknownProfileFlips } from "./profile-flips.ts";
import { smallestRemedies, type Flip, type Remedy } from "./remedy-search.ts";

interface MessageWorld extends World<StateFacts> {
  readonly question: Question;
}

type MessageFlip = Flip<MessageWorld>;

export function remediesForMessage(plan: Plan, question: Question, state: StateFacts): readonly Remedy[] {
  return smallestRemedies<MessageWorld>(
    { plan, question, state },
    flipsOf,
    (world) => standingIn(world)?.rights?.limit === null,
  );
}

/** Null where the network has no such account; `rights` null where the message is turned away before the sender's profile. */
function standingIn({ plan, question, state }: MessageWorld) {
  const account = plan.networks.get(question.provider)?.accounts.get(question.account);
  if (account === undefined) return null;
  const scope = scopeOf(account, question);
  const facts = view(account, scope, question, state);
  const outcome = core(facts);
  const seat = seatOf(account, question);
  const rights =
    outcome.effect === "allow" ? rightsFor(plan, account, question, facts, outcome, seat, state) : null;
  return { account, scope, facts, seat, rights };
}

function flipsOf(world: MessageWorld): readonly MessageFlip[] {
  const found = standingIn(world);
  if (found === null) return [];
  const { account, scope, facts, rights } = found;
  const { question } = world;
  if (rights !== null) return rightFlips(world, rights, found.seat.agent);
  const pair = (state: StateFacts): StateFacts => ({ ...state, isPaired: true });
  const admission = admissionFlips(world, { name: "the sender", chat: "the chat", question, pair });
  // Nobody can turn one sender into another.
  if (facts.chat === "unreached") return admission.map(ofPlan);
  const isRoom = isPlaced(world.plan, question);
  const isOwner = facts.chat === "operator" || facts.isOwner;
  return [
    ...admission.map(ofPlan),
    ...(isOwner ? [] : ownerFlips(world, account.network, question.senderId ?? "", "the sender")).map(ofPlan),
    ...commandSwitches(account, question),
    ...(scope.chat === "group" ? mentionFlips(scope, question, isRoom) : []),
    ...(isRoom ? [] : guildFlips(account, scope)),
  ];
}

/** Whether the chat is where rules could be written for it: a room of guilds is, when its guild is known. */
const isPlaced = ({ networks }: Plan, { provider, kind, guild }: Question): boolean =>
  networks.get(provider)?.layout !== "guilds" || kind !== "channel" || guild !== null;

const mostGuilds = 8;

/** For whoever makes the requests: a room that says nothing of its guild stands under no rules but those for none. */
function guildFlips({ guilds }: AccountPlan, scope: Scope): readonly MessageFlip[] {
  if (guilds === null || scope.chat !== "group") return [];
  return [...guilds.keys()]
    .slice(0, mostGuilds)
    .map((guild) =>
      ofQuestion(`the request said that the chat is in guild ${guild}`, scope.rules.room, { guild }),
    );
}

/** A change to the plan or the state alone. */
const ofPlan = ({ changes, apply }: Flip<World<StateFacts>>): MessageFlip => ({
  changes,
  apply: (world) => ({ ...world, ...apply(world) }),
});

const ofQuestion = (
  text: string,
  rule: Remedy["changes"][number]["rule"],
  said: Partial<Question>,
): MessageFlip => ({
  changes: [{ text, rule }],
  apply: (world) => ({ ...world, question: { ...world.question, ...said } }),
});

function rightFlips(
  world: MessageWorld,
  { profile }: NonNullable<NonNullable<ReturnType<typeof standingIn>>["rights"]>,
  agent: string,
): readonly MessageFlip[] {
  const { command } = world.question;
  if (profile === null) {
    const without = (state: StateFacts): StateFacts => ({ ...state, profile: null });
    return unknownProfileFlips(world, "the sender", without).map(ofPlan);
  }
  const rule = profile.rules.budget;
  return [
    ...grantFlips(profile, [agent]).map(ofPlan),
    ...(command === null ? [] : commandFlips(profile, command.name)).map(ofPlan),
    {
      changes: [{ text: `something were left of the budget (${rule.path})`, rule }],
      apply: (before) => ({ ...before, state: { ...before.state, isWithinBudget: true } }),
    },
  ];
}

/** The key that refuses the command, whoever gives it. */
function commandSwitches(account: AccountPlan, question: Question): readonly MessageFlip[] {
  const { command, senderId } = question;
  const rule = command === null ? null : refusalOf(account, question, command);
  if (command === null || rule === null) return [];
  const change = (commands: AccountPlan["commands"]): AccountPlan["commands"] => {
    if (rule === commands.textOff) return { ...commands, textOff: null };
    if (rule === commands.nativeOff) return { ...commands, nativeOff: null };
    if (rule === commands.listRule)
      return { ...commands, list: new Set([...(commands.list ?? []), senderId ?? ""]) };
    return { ...commands, off: new Map([...commands.off].filter(([, off]) => off !== rule)) };
  };
  const isList = rule === account.commands.listRule;
  const text = isList ? `the sender were listed in ${rule.path}` : `${rule.path} were true`;
  return [
    ofPlan({
      changes: [{ text, rule }],
      apply: ({ plan, state }) => ({
        plan: withAccounts(plan, account.network, (each) => ({ ...each, commands: change(each.commands) })),
        state,
      }),
    }),
  ];
}

function mentionFlips(scope: GroupScope, question: Question, isRoom: boolean): readonly MessageFlip[] {
  const { rules } = scope;
  const { isMentioned, isMentionDetectable, mentionsOthers } = question;
  const seen = isMentionDetectable
    ? "the message mentioned the bot"
    : "a mention could be seen and the message had one";
  return [
    ...(isMentioned
      ? []
      : [ofQuestion(seen, rules.mention, { isMentioned: true, isMentionDetectable: true })]),
    ...(isRoom ? [unrequired(scope, question)] : []),
    ofPlan({
      changes: [{ text: "an owner switched the chat's activation to always", rule: rules.activation }],
      apply: ({ plan, state }) => ({ plan, state: { ...state, activation: "always" } }),
    }),
    ...(mentionsOthers
      ? [ofQuestion("the message mentioned nobody else", rules.mentionsOthers, { mentionsOthers: false })]
      : []),
  ];
}

function unrequired(scope: GroupScope, question: Question): MessageFlip {
  const rule = scope.rules.requireMention;
  return ofPlan({
    changes: [{ text: `${rule.path} were false`, rule }],
    apply: ({ plan, state }) => ({
      plan: withScope(plan, question, { ...scope, requireMention: "no" }),
      state,
    }),
  });
}
