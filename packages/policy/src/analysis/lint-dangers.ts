/** What a config makes possible that is seldom meant, each with somebody who can do it. */
import type { AgentPlan, Plan } from "../plan.ts";
import { findingBy, type Found } from "./finding.ts";
import { listText } from "./texts.ts";
import type { Capability, Finding, Reach } from "./types.ts";

/** What is looked at. */
export const dangerous: ReadonlySet<Capability> = new Set([
  "turn",
  "host-exec",
  "sandbox-exec",
  "elevated",
  "read",
  "write",
  "sessions",
] as const);

export function dangers(plan: Plan, entries: readonly Reach[]): readonly Finding[] {
  return [
    ...noOwner(plan),
    ...[...plan.agents.values()].flatMap((agent) =>
      ofAgent(
        agent,
        entries.filter((entry) => entry.agent === agent.id),
      ),
    ),
    ...elevatedAmongStrangers(plan, entries),
  ];
}

const people = (entries: readonly Reach[]): string =>
  listText([...new Set(entries.flatMap(({ who }) => who))]);

function noOwner({ networks, ownerRule }: Plan): readonly Finding[] {
  const accounts = [...networks.values()].flatMap((network) => [...network.accounts.values()]);
  const chats = accounts.filter(({ operator, isOn }) => operator === null && isOn === "on");
  if (chats.length === 0 || chats.some(({ commands }) => commands.owners.size > 0)) return [];
  const message =
    "Nobody on a chat network is an owner: nobody is asked for approvals there, and nobody can command.";
  const hint = "Name yourself in commands.ownerAllowFrom, as <network>:<id>.";
  return [findingBy(ownerRule, { code: "no-owner", severity: "warning", message, hint })];
}

type Danger = Pick<Found, "code" | "severity" | "hint"> & {
  readonly rule: keyof AgentPlan["sandbox"]["rules"];
  readonly is: (entry: Reach) => boolean;
  readonly says: (who: string, agent: string) => string;
};

const isStranger = ({ standing }: Reach): boolean => standing === "stranger";
const isFriend = ({ standing }: Reach): boolean => standing === "listed";

const ofSandbox: readonly Danger[] = [
  {
    code: "host-exec-by-others",
    severity: "danger",
    rule: "mode",
    is: (entry) =>
      entry.capability === "host-exec" && entry.standing !== "owner" && !entry.by.every(isElevated),
    says: (who, agent) => `${who} can run commands on the host as ${agent}, each after an owner's approval.`,
    hint: 'Set sandbox.mode to "all" or "non-main" for this agent, or bind it to the owner alone.',
  },
  {
    code: "host-files-by-others",
    severity: "danger",
    rule: "mode",
    is: (entry) =>
      (entry.capability === "read" || entry.capability === "write") &&
      entry.place === "host" &&
      isFriend(entry),
    says: (who, agent) => `${who} can read or change files of the host as ${agent}, and nobody is asked.`,
    hint: 'Set sandbox.mode to "all" or "non-main" for this agent, or take "host" out of places of their profile.',
  },
  {
    code: "strangers-without-sandbox",
    severity: "danger",
    rule: "mode",
    is: (entry) => entry.capability === "turn" && isStranger(entry),
    says: (who, agent) => `${who} can talk to ${agent}, which has no sandbox.`,
    hint: 'Bind strangers to an agent of their own with sandbox.mode "all".',
  },
  {
    code: "strangers-change-workspace",
    severity: "danger",
    rule: "workspaceAccess",
    is: (entry) =>
      isStranger(entry) &&
      entry.workspaceAccess === "rw" &&
      (entry.capability === "write" || entry.capability === "sandbox-exec"),
    says: (who, agent) => `${who} can change the workspace of ${agent}.`,
    hint: 'Set workspaceAccess to "none" or "ro" for an agent that strangers reach.',
  },
  {
    code: "sessions-by-others",
    severity: "warning",
    rule: "visibility",
    // Whom an owner approves with the rights of an owner has them.
    is: (entry) =>
      entry.capability === "sessions" &&
      isFriend(entry) &&
      entry.place !== null &&
      entry.when.profile?.join() !== "owner",
    says: (who, agent) => `${who} can reach other people's sessions of ${agent}.`,
    hint: 'Set sessions to "own" in their profile, or sessionToolsVisibility to "spawned".',
  },
];

const isElevated = (tool: string): boolean => tool.includes(" elevated");

function ofAgent(agent: AgentPlan, entries: readonly Reach[]): readonly Finding[] {
  const { rules, mode } = agent.sandbox;
  const found = ofSandbox.flatMap(({ rule, is, says, ...danger }) => {
    const meant = entries.filter(is);
    const [first] = meant;
    if (first === undefined || (danger.code === "strangers-without-sandbox" && mode !== "off")) return [];
    const found: Found = { ...danger, message: says(people(meant), agent.id), witness: first.witness };
    return [findingBy(rules[rule], found)];
  });
  return [...found, ...sharedContainer(agent, entries), ...sharedSession(agent, entries)];
}

function sharedContainer({ id, sandbox }: AgentPlan, entries: readonly Reach[]): readonly Finding[] {
  const inside = entries.filter(({ place }) => place === "sandbox");
  const isShared =
    new Set(inside.flatMap(({ who }) => who)).size > 1 ||
    inside.some(({ senders }) => senders.kind === "all-but");
  const [first] = inside;
  if (sandbox.scope !== "shared" || !isShared || first === undefined) return [];
  const message = `${people(inside)} share one container as ${id}, and with every other agent of this scope.`;
  const hint = 'Set sandbox.scope to "agent" or "session".';
  return [
    findingBy(sandbox.rules.scope, {
      code: "shared-container",
      severity: "warning",
      message,
      hint,
      witness: first.witness,
    }),
  ];
}

function sharedSession({ id }: AgentPlan, entries: readonly Reach[]): readonly Finding[] {
  const shared = entries.filter(({ capability, place }) => capability === "sessions" && place === null);
  const [first] = shared;
  if (first === undefined) return [];
  const message = `${people(shared)} share the owner's session of ${id}: everybody in it reads what the others wrote.`;
  const hint = "Remove session.dmScope, so that everybody but the owner has a session of their own.";
  return [
    findingBy(
      { path: "session.dmScope" },
      { code: "shared-main-session", severity: "danger", message, hint, witness: first.witness },
    ),
  ];
}

/** Where strangers write, what the model reads is theirs as well, whoever asked for the host. */
function elevatedAmongStrangers({ agents }: Plan, entries: readonly Reach[]): readonly Finding[] {
  const open = new Set(
    entries
      .filter((entry) => entry.capability === "turn" && isStranger(entry))
      .flatMap(({ chats }) => chats.filter(({ kind }) => kind !== "dm").map(({ text }) => text)),
  );
  return [...agents.values()].flatMap((agent) => {
    const meant = entries.filter(
      (entry) =>
        entry.capability === "elevated" &&
        entry.agent === agent.id &&
        entry.chats.some(({ text }) => open.has(text)),
    );
    const [first] = meant;
    if (first === undefined) return [];
    const places = meant.flatMap(({ chats }) => chats.map(({ text }) => text));
    const where = listText([...new Set(places.filter((text) => open.has(text)))]);
    const message = `${people(meant)} can leave the sandbox in ${where}, where strangers write too.`;
    const hint =
      "Keep elevated mode to people who write in direct messages, or name who may write in these groups.";
    const rule = agent.elevated.global.listRule;
    return [
      findingBy(rule, {
        code: "elevated-among-strangers",
        severity: "danger",
        message,
        hint,
        witness: first.witness,
      }),
    ];
  });
}
