/** What would let somebody in: the lists of a chat, its switches, an approval. */
import { formatPath } from "../config-path.ts";
import type { RuleReference } from "../decision.ts";
import { guildRoomOf } from "../guild-room.ts";
import type { AccountPlan, GroupScope, People, Plan } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { StateFacts } from "../request.ts";
import { scopeOf, view } from "../view.ts";
import { withAccounts, withScope, type World } from "./changed-plan.ts";
import type { Flip } from "./remedy-search.ts";

export type RunWorld = World<StateFacts>;

/** Who is to be let in, and how an approval of theirs is written down. */
interface Newcomer {
  readonly name: string;
  /** What the chat is called in texts. */
  readonly chat: string;
  readonly question: Question;
  readonly pair: (state: StateFacts) => StateFacts;
}

export function admissionFlips({ plan }: RunWorld, newcomer: Newcomer): readonly Flip<RunWorld>[] {
  const { question } = newcomer;
  const account = plan.networks.get(question.provider)?.accounts.get(question.account);
  if (account === undefined) return [];
  const scope = scopeOf(account, question);
  const rule = scope.rules.account;
  if (account.isOn === "off") {
    const isThis = (each: AccountPlan) => each.account === account.account;
    return [
      changing(`${rule.path} were true`, rule, (before) =>
        withAccounts(before, account.network, (each) => (isThis(each) ? { ...each, isOn: "on" } : each)),
      ),
    ];
  }
  // Nobody can turn one sender into another.
  if (view(account, scope, question, {}).chat === "unreached" || scope.chat === "operator") return [];
  return scope.chat === "dm" ? directFlips(account, newcomer) : roomFlips(plan, account, scope, newcomer);
}

const changing = (text: string, rule: RuleReference, change: (plan: Plan) => Plan): Flip<RunWorld> => ({
  changes: [{ text, rule }],
  apply: ({ plan, state }) => ({ plan: change(plan), state }),
});

const plus = (people: People | null, id: string): People => ({
  ids: new Set([...(people?.ids ?? []), id]),
  everyone: people?.everyone ?? false,
});

function directFlips({ network, direct }: AccountPlan, { name, question, pair }: Newcomer) {
  const { rules, dmPolicy, allowFrom } = direct;
  const id = question.senderId ?? "";
  const found: Flip<RunWorld>[] = [];
  // Which policy would hold then, the plan does not say; everybody who is listed is let in by each of them.
  if (dmPolicy === "disabled")
    found.push(
      changing(`direct messages were on (${rules.dmPolicy.path})`, rules.dmPolicy, (plan) =>
        withScope(plan, question, { ...direct, dmPolicy: "allowlist" }),
      ),
    );
  if (allowFrom?.ids.has(id) !== true)
    found.push(
      changing(`${name} were listed in ${rules.allowFrom.path}`, rules.allowFrom, (plan) =>
        withScope(plan, question, { ...direct, allowFrom: plus(allowFrom, id) }),
      ),
    );
  const text = `${name} were paired: clawdbot pairing approve ${network} <code>`;
  found.push({
    changes: [{ text, rule: rules.isPaired }],
    apply: ({ plan, state }) => ({ plan, state: pair(state) }),
  });
  return found;
}

function roomFlips(
  { networks }: Plan,
  { network, guilds }: AccountPlan,
  scope: GroupScope,
  { name, chat, question }: Newcomer,
): readonly Flip<RunWorld>[] {
  const { rules, room, groupPolicy, groupList, fallbackList } = scope;
  const id = question.senderId ?? "";
  const becoming = (changes: Flip<RunWorld>["changes"], rights: Partial<GroupScope>): Flip<RunWorld> => ({
    changes,
    apply: ({ plan, state }) => ({ plan: withScope(plan, question, { ...scope, ...rights }), state }),
  });
  const become = (text: string, rule: RuleReference, rights: Partial<GroupScope>) =>
    becoming([{ text, rule }], rights);
  const found: Flip<RunWorld>[] = [];
  if (groupPolicy === "disabled")
    found.push(become(`${rules.groupPolicy.path} were removed`, rules.groupPolicy, { groupPolicy: "unset" }));
  const layout = networks.get(network)?.layout;
  // The rules of a group of people are not known before it is named, and those of a guild's room are found elsewhere.
  const isKnown = layout === "groups" || (question.kind === "channel" && layout === "channels");
  if (question.kind === "group" && layout !== "groups")
    found.push(...groupDmFlips(scope, question, chat).map((changes) => becoming(changes, { room: "named" })));
  if (room === "disabled" && (isKnown || question.kind === "channel"))
    found.push(become(`${chat} were switched on (${rules.room.path})`, rules.room, { room: "named" }));
  if ((room === "unnamed" || room === "unmapped") && isKnown)
    found.push(become(`${rules.room.path} named ${chat}`, rules.room, { room: "named" }));
  if (room === "unnamed" && question.kind === "channel" && question.guild !== null) {
    const guild = guilds?.get(question.guild);
    const named = guild && guildRoomOf(guild);
    if (named !== undefined) found.push(become(`${rules.room.path} named ${chat}`, rules.room, named));
  }
  if (isKnown || (room !== "unnamed" && room !== "unmapped"))
    found.push(...listFlip(scope, name, id, question));
  if (layout !== "groups") return found;
  const listed = ({ path }: RuleReference) => `${name} were listed in ${path}`;
  if (groupList?.ids.has(id) !== true)
    found.push(become(listed(rules.groupList), rules.groupList, { groupList: plus(groupList, id) }));
  if (fallbackList?.ids.has(id) !== true)
    found.push(
      become(listed(rules.fallbackList), rules.fallbackList, { fallbackList: plus(fallbackList, id) }),
    );
  return found;
}

/** Conversations of several people that belong to no room: what would switch this one on, all of it at once. */
function groupDmFlips(
  { room, rules, groupPolicy }: GroupScope,
  { provider, account }: Question,
  chat: string,
): readonly Flip<RunWorld>["changes"][] {
  const { path } = rules.room;
  const isOwn = account !== "default" || path.startsWith(`${formatPath([provider, "accounts", account])}.`);
  const section = isOwn ? [provider, "accounts", account, "dm"] : [provider, "dm"];
  const at = (key: string): RuleReference => {
    const own = formatPath([...section, key]);
    return own === path ? rules.room : { path: own };
  };
  const list = at("groupChannels");
  const on = (key: string) => ({ text: `${at(key).path} were true`, rule: at(key) });
  if (room === "unnamed") return [[{ text: `${path} named ${chat}`, rule: rules.room }]];
  if (room !== "disabled") return [];
  return [
    [
      ...(path.endsWith(".groupEnabled") ? [] : [on("enabled")]),
      on("groupEnabled"),
      // Which chats it names is not known before they are on; an allowlist asks for it.
      {
        text: `${list.path}${groupPolicy === "rooms" ? "" : ", where it is set,"} named ${chat}`,
        rule: list,
      },
    ],
  ];
}

/** In every list of the place that keeps them out; where none does, in the nearest. */
function listFlip(
  scope: GroupScope,
  name: string,
  id: string,
  question: Question,
): readonly Flip<RunWorld>[] {
  const { roomList, roomLists, rules } = scope;
  if (roomList?.ids.has(id) === true) return [];
  const keepingOut = roomLists.filter(({ people }) => !people.everyone && !people.ids.has(id));
  const extended = keepingOut.length > 0 ? keepingOut : roomLists.slice(0, 1);
  const lists =
    roomLists.length === 0
      ? [{ people: plus(null, id), rule: rules.roomList }]
      : roomLists.map((list) =>
          extended.includes(list) ? { ...list, people: plus(list.people, id) } : list,
        );
  const keys = extended.length === 0 ? [rules.roomList] : extended.map(({ rule }) => rule);
  const changes = keys.map((rule) => ({ text: `${name} were listed in ${rule.path}`, rule }));
  return [
    {
      changes,
      apply: ({ plan, state }) => ({
        plan: withScope(plan, question, { ...scope, roomList: plus(roomList, id), roomLists: lists }),
        state,
      }),
    },
  ];
}
