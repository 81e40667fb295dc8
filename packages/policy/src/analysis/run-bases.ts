/**
 * Whose runs there are: every standing in every state of approval, reduced to what the decision about a call can depend on.
 * What a room says of a tool is one more list, so it is kept apart (`passes`) from all the rest (`base`).
 */
import type { AgentPlan, GroupScope, Plan } from "../plan.ts";
import { standpointOf, type Standpoint } from "../standpoint.ts";
import { refusingList } from "../tool-view.ts";
import { pairings, questionOf, stateOf, type Landscape, type Standing } from "./landscape.ts";
import { sorted } from "./named-ids.ts";
import type { SpotSide } from "./spots.ts";
import { profileContent } from "./plan-content.ts";

/** Somebody who could be behind a run: for each policy their standpoint, null where no message of theirs starts one. */
export interface Base {
  /** Of all that there is to know of it. */
  readonly key: string;
  /** As any agent, in a place without rules about tools. */
  readonly sides: readonly (Standpoint | null)[];
  /** Whether the policies name the session of their turns differently. */
  readonly isMoved: boolean;
  /** Nothing but the agent can make the policies answer their runs differently. */
  readonly isSame: boolean;
}

export interface Origin {
  readonly index: number;
  /** Index of the landscape's standing. */
  readonly standing: number;
  readonly isPaired: boolean | null;
  /** Index of the landscape's profile. */
  readonly profile: number;
  /** Index of the base. */
  readonly base: number;
  /** For each policy the name of the profile whose rights hold; null where that is none. */
  readonly held: readonly (string | null)[];
}

export interface RunLandscape extends Landscape {
  readonly bases: readonly Base[];
  readonly origins: readonly Origin[];
  /** The names that lists can hold, of all policies. */
  readonly tools: readonly string[];
  /** For each standing and policy, one character for each tool: `1` where no rule of the place refuses it. */
  readonly passes: readonly (readonly string[])[];
  /** Agents of any policy. */
  readonly agents: readonly string[];
}

export function runLandscapeOf(landscape: Landscape): RunLandscape {
  const { plans, standings, profiles } = landscape;
  const agents = sorted(plans.flatMap((plan) => [...plan.agents.keys()]));
  const common = agents.find((agent) => plans.every((plan) => plan.agents.has(agent)));
  const bases: Base[] = [];
  const known = new Map<string, number>();
  const origins: Origin[] = [];
  for (const [standing, who] of standings.entries())
    for (const isPaired of pairings(who))
      for (const [profile, name] of profiles.entries()) {
        const sides = sidesOf(plans, who, isPaired, name, common);
        const [first, second] = sides;
        const isMoved = common !== undefined && !!first && !!second && first.session !== second.session;
        const keys = sides.map((side, at) =>
          standpointKey(side, who.spot.network, who.senders.elevated[at]!),
        );
        const isSame = !isMoved && keys.every((each) => each === keys[0]);
        const key = `${keys.join("\n")} ${isMoved}`;
        let base = known.get(key);
        if (base === undefined) {
          known.set(key, (base = bases.length));
          bases.push({
            sides: sides.map((side) => side && withoutTools(side)),
            key,
            isMoved,
            isSame,
          });
        }
        const held = sides.map((side) => side?.profile?.name ?? null);
        origins.push({ index: origins.length, standing, isPaired, profile, base, held });
      }
  const tools = sorted(plans.flatMap((plan) => [...plan.tools.values()].map((tool) => tool.name)));
  const passes = standings.map((who) =>
    plans.map((_, at) => passesOf(who.spot.sides[at], who.senders.witness, tools)),
  );
  return { ...landscape, bases, origins, tools, passes, agents };
}

function sidesOf(
  plans: readonly Plan[],
  who: Standing,
  isPaired: boolean | null,
  profile: string | null,
  common: string | undefined,
): readonly (Standpoint | null)[] {
  const question = questionOf(who);
  return plans.map((plan) => {
    const agent = common ?? [...plan.agents.keys()][0] ?? "";
    const at = standpointOf(plan, question, stateOf(isPaired, profile), agent, "turn");
    return "effect" in at || at.standing === "refused" ? null : at;
  });
}

/** Everything of a standpoint but its agent that a decision about a call looks at. `lists`: its marks in elevated mode. */
export function standpointKey(side: Standpoint | null, network: string, lists: string): string {
  if (side === null) return "";
  const { standing, profile, scope } = side;
  // The same marks stand for other lists on another network.
  const elevated = lists.includes("1") ? `${network} ${lists}` : "";
  return `${standing} ${profile === null ? "" : profileContent(profile)} ${scope.chat === "group"} ${elevated}`;
}

export const withoutTools = (side: Standpoint): Standpoint =>
  side.scope.chat === "group" ? { ...side, scope: { ...side.scope, roomTools: [] } } : side;

/** An agent about whom no list says anything, so that only what the place says is left. */
const noLists = { lists: [], byModel: new Map() } as unknown as AgentPlan;

/** One character for each tool: `1` where no rule of the place refuses it to this sender. */
export function passesOf(
  side: SpotSide | null | undefined,
  senderId: string,
  tools: readonly string[],
): string {
  if (!side || side.scope.chat !== "group" || side.scope.roomTools.length === 0)
    return "1".repeat(tools.length);
  // Of the sender only the lists that name them are asked.
  const isNamed = side.scope.roomTools.some(({ bySender }) => bySender.has(senderId));
  const known = passesKnown(tools, side.scope);
  const key = isNamed ? `named ${senderId}` : "";
  const passes = known.get(key) ?? passing(side, senderId, tools);
  known.set(key, passes);
  return passes;
}

const byTools = new WeakMap<readonly string[], WeakMap<GroupScope, Map<string, string>>>();

function passesKnown(tools: readonly string[], scope: GroupScope): Map<string, string> {
  const byScope = byTools.get(tools) ?? new WeakMap<GroupScope, Map<string, string>>();
  byTools.set(tools, byScope);
  const known = byScope.get(scope) ?? new Map<string, string>();
  byScope.set(scope, known);
  return known;
}

function passing(side: SpotSide, senderId: string, tools: readonly string[]): string {
  const ground = {
    ...side,
    senderId,
    standing: "stranger",
    profile: null,
    agent: noLists,
    run: "turn",
  } as const;
  const call = { model: null, modelProvider: null };
  return tools.map((tool) => (refusingList(ground, tool, call) === null ? "1" : "0")).join("");
}
