/** What a profile of rights could grant, and whose profile it is. */
import type { RuleReference } from "../decision.ts";
import type { Plan, Profile } from "../plan.ts";
import type { StateFacts } from "../request.ts";
import { withAccounts, withProfile, type World } from "./changed-plan.ts";
import type { Flip } from "./remedy-search.ts";

type ProfileWorld = World<StateFacts>;

const changing = (text: string, rule: RuleReference, change: (plan: Plan) => Plan): Flip<ProfileWorld> => ({
  changes: [{ text, rule }],
  apply: ({ plan, state }) => ({ plan: change(plan), state }),
});

/** `without`: the state without the profile that the approval names. */
export function unknownProfileFlips(
  { plan }: ProfileWorld,
  name: string,
  without: (state: StateFacts) => StateFacts,
): readonly Flip<ProfileWorld>[] {
  const rule = plan.profiles.unknownRule;
  return [
    {
      changes: [{ text: `the approval of ${name} named no profile`, rule }],
      apply: ({ plan: same, state }) => ({ plan: same, state: without(state) }),
    },
  ];
}

/** `agents`: those that the profile has to reach. */
export function grantFlips(profile: Profile, agents: readonly string[]): readonly Flip<ProfileWorld>[] {
  const { rules } = profile;
  const grant = (text: string, rule: RuleReference, changes: Partial<Profile>) =>
    changing(`${rule.path} ${text}`, rule, (plan) => withProfile(plan, profile, changes));
  const found: Flip<ProfileWorld>[] = [];
  const granted = profile.agents;
  const missing = granted === null ? [] : [...new Set(agents)].filter((agent) => !granted.has(agent));
  if (granted !== null && missing.length > 0)
    found.push(
      grant(`named ${missing.join(" and ")}`, rules.agents, { agents: new Set([...granted, ...missing]) }),
    );
  if (!profile.mayUseSandbox) found.push(grant("named sandbox", rules.places, { mayUseSandbox: true }));
  if (!profile.mayUseHost) found.push(grant("named host", rules.places, { mayUseHost: true }));
  if (!profile.mayUseGateway) found.push(grant("named gateway", rules.places, { mayUseGateway: true }));
  if (profile.sends === "here") found.push(grant('were "accepted"', rules.sends, { sends: "accepted" }));
  if (profile.sessions === "own") found.push(grant('were "agent"', rules.sessions, { sessions: "agent" }));
  return found;
}

export function commandFlips(profile: Profile, command: string): readonly Flip<ProfileWorld>[] {
  const { commands, rules } = profile;
  if (commands === null || commands.has(command)) return [];
  return [
    changing(`${rules.commands.path} named ${command}`, rules.commands, (plan) =>
      withProfile(plan, profile, { commands: new Set([...commands, command]) }),
    ),
  ];
}

export function ownerFlips({ plan }: ProfileWorld, network: string, id: string, name: string) {
  const rule = plan.ownerRule;
  return [
    changing(`${name} were listed in ${rule.path}`, rule, (before) =>
      withAccounts(before, network, (account) => ({
        ...account,
        commands: { ...account.commands, owners: new Set([...account.commands.owners, id]) },
      })),
    ),
  ];
}
