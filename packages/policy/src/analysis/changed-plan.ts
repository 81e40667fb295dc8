/** Plans as they would be if the config said one thing otherwise. The plan itself is never touched. */
import type { AccountPlan, AgentPlan, GroupScope, Plan, Profile, Rooms, Scope, ToolList } from "../plan.ts";
import type { Question } from "../read-message.ts";
import { scopeOf } from "../view.ts";

/** What an answer about a run depends on beside the request. */
export interface World<State> {
  readonly plan: Plan;
  readonly state: State;
}

const mapped = <Key, Value>(map: ReadonlyMap<Key, Value>, change: (value: Value) => Value) =>
  new Map([...map].map(([key, value]) => [key, change(value)] as const));

export const withAgents = (plan: Plan, change: (agent: AgentPlan) => AgentPlan): Plan => ({
  ...plan,
  agents: mapped(plan.agents, change),
});

export function withProfile(plan: Plan, profile: Profile, changes: Partial<Profile>): Plan {
  const changed = { ...profile, ...changes };
  const change = (each: Profile) => (each === profile ? changed : each);
  const { byName, byMember, owner, listed, stranger } = plan.profiles;
  return {
    ...plan,
    profiles: {
      ...plan.profiles,
      byName: mapped(byName, change),
      byMember: mapped(byMember, (members) => mapped(members, change)),
      owner: change(owner),
      listed: change(listed),
      stranger: change(stranger),
    },
  };
}

export function withAccounts(
  plan: Plan,
  network: string,
  change: (account: AccountPlan) => AccountPlan,
): Plan {
  const found = plan.networks.get(network);
  if (found === undefined) return plan;
  const networks = new Map(plan.networks);
  networks.set(network, { ...found, accounts: mapped(found.accounts, change) });
  return { ...plan, networks };
}

/**
 * The same account with another scope at this very chat.
 * INVARIANT: it remembers its own verdicts, or the plan would be told what holds only in this one (explain-run.test.ts).
 */
export function withScope(plan: Plan, question: Question, changed: Scope): Plan {
  const scope: Scope = { ...changed, verdicts: new Map() };
  return withAccounts(plan, question.provider, (account) => {
    if (account.account !== question.account || scope.chat === "operator") return account;
    if (scope.chat === "dm") return { ...account, direct: scope };
    return withRoom(account, question, placed(account, question, scope));
  });
}

/** The room of the scope: itself, or the one whose topic it is. */
function placed(account: AccountPlan, question: Question, scope: GroupScope): GroupScope {
  const room = scopeOf(account, { ...question, thread: null });
  if (question.thread === null || room.chat !== "group" || room === scopeOf(account, question)) return scope;
  return { ...room, topics: new Map(room.topics).set(question.thread, scope) };
}

function withRoom(
  account: AccountPlan,
  { kind, chatId, parent, guild }: Question,
  scope: GroupScope,
): AccountPlan {
  const at = (rooms: Rooms, id: string): Rooms => ({ ...rooms, byId: new Map(rooms.byId).set(id, scope) });
  if (kind === "group") return { ...account, groups: at(account.groups, chatId) };
  const room = parent ?? chatId;
  if (account.guilds === null) return { ...account, channels: at(account.channels, room) };
  if (guild === null) return { ...account, nowhere: scope };
  const guilds = new Map(account.guilds).set(guild, at(account.guilds.get(guild) ?? account.channels, room));
  return { ...account, guilds };
}

/** Every one of the lists lets the tool through. `question`: the chat among whose rules some of them may be. */
export function withMended(plan: Plan, lists: ReadonlySet<ToolList>, tool: string, question: Question): Plan {
  const mend = (list: ToolList): ToolList => (lists.has(list) ? mended(list, tool) : list);
  const mendOrNull = (list: ToolList | null) => list && mend(list);
  const changed: Plan = {
    ...withAgents(plan, (agent) => ({
      ...agent,
      lists: agent.lists.map(mend),
      byModel: mapped(agent.byModel, (each) => each.map(mend)),
      named: agent.lists.some((list) => lists.has(list) && isNaming(list, tool))
        ? new Set([...agent.named, tool])
        : agent.named,
      sandbox: {
        ...agent.sandbox,
        lists: agent.sandbox.lists.map(mend),
        unlisted: mendOrNull(agent.sandbox.unlisted),
      },
    })),
    runs: {
      subagent: plan.runs.subagent.map(mend),
      cron: plan.runs.cron.map(mend),
      hook: plan.runs.hook.map(mend),
    },
  };
  const narrowing = [...plan.profiles.byName.values()].filter(
    ({ tools }) => tools !== null && lists.has(tools),
  );
  const granted = narrowing.reduce(
    (sum, profile) => withProfile(sum, profile, { tools: mendOrNull(profile.tools) }),
    changed,
  );
  const account = granted.networks.get(question.provider)?.accounts.get(question.account);
  const scope = account && scopeOf(account, question);
  if (scope?.chat !== "group" || scope.roomTools.length === 0) return granted;
  const roomTools = scope.roomTools.map(({ tools, bySender, others }) => ({
    tools: mendOrNull(tools),
    bySender: mapped(bySender, mend),
    others: mendOrNull(others),
  }));
  return withScope(granted, question, { ...scope, roomTools });
}

const mended = ({ allow, deny, ...rules }: ToolList, tool: string): ToolList => ({
  ...rules,
  allow: allow && new Set([...allow, tool]),
  deny: new Set([...deny].filter((name) => name !== tool)),
});

/** An agent's own list that comes to name the tool: what the built-in list for sandboxed sessions gives way to. */
const isNaming = ({ allow, allowRule }: ToolList, tool: string): boolean =>
  allow?.has(tool) === false &&
  allowRule.path.startsWith("agents.list[") &&
  allowRule.path.endsWith(".tools.allow");
