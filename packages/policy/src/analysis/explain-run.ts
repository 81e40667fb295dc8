/** What would get a call, a sending or a session through: every change is made to the plan, and the plan is asked again. */
import { decideRun } from "../decide-run.ts";
import { sessionTools } from "../decide-session.ts";
import type { Plan, ToolEntry } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { RunQuestion } from "../read-run.ts";
import type { StateFacts } from "../request.ts";
import { standpointOf, type Standpoint } from "../standpoint.ts";
import { noState } from "../state.ts";
import { admissionFlips, type RunWorld } from "./admission-flips.ts";
import { grantFlips, ownerFlips, unknownProfileFlips } from "./profile-flips.ts";
import { smallestRemedies, type Flip, type Remedy } from "./remedy-search.ts";
import { sessionFlips } from "./session-flips.ts";
import { elevatedFlips, listFlips, placeFlips } from "./tool-flips.ts";

export function remediesForRun(plan: Plan, asked: RunQuestion, state: StateFacts): readonly Remedy[] {
  const tool = plan.tools.get(toolOf(asked));
  if (tool === undefined) return [];
  return smallestRemedies<RunWorld>(
    { plan, state },
    (world) => flipsOf(world, asked, tool),
    // Without the memory of the policy's own plan, which must not learn what holds in another.
    (world) => decideRun(world.plan, asked, world.state).effect === "allow",
  );
}

function toolOf(asked: RunQuestion): string {
  if (asked.action === "tool") return asked.tool;
  return asked.action === "send" ? asked.to.provider : sessionTools[asked.operation];
}

/** Somebody behind the run, and where in the state they are. */
interface Person {
  readonly name: string;
  readonly chat: string;
  readonly origin: Question;
  readonly state: StateFacts;
  readonly change: (state: StateFacts, changes: StateFacts) => StateFacts;
}

function peopleOf(asked: RunQuestion, state: StateFacts): readonly Person[] {
  const sender: Person = {
    name: "the sender",
    chat: "the chat",
    origin: asked.origin,
    state,
    change: (before, changes) => ({ ...before, ...changes }),
  };
  const others = asked.contributors.map((origin, at): Person => ({
    name: `${origin.provider}:${origin.senderId ?? ""}`,
    chat: chatText(origin),
    origin,
    state: state.contributors?.[at] ?? noState,
    change: (before, changes) => withContributors(asked, before, (each) => (each === at ? changes : noState)),
  }));
  return [sender, ...others];
}

function withContributors(
  { contributors }: RunQuestion,
  state: StateFacts,
  changes: (at: number) => StateFacts,
): StateFacts {
  const changed = contributors.map((_, at) => ({ ...(state.contributors?.[at] ?? noState), ...changes(at) }));
  return { ...state, contributors: changed };
}

const chatText = ({ parent, chatId }: Question): string => `the chat ${parent ?? chatId}`;

/** For the first who is refused: whoever else is refused too has their turn in the world that a flip makes. */
function flipsOf(world: RunWorld, asked: RunQuestion, tool: ToolEntry): readonly Flip<RunWorld>[] {
  const refused = peopleOf(asked, world.state).find(
    ({ origin, state }) =>
      decideRun(world.plan, { ...asked, origin, contributors: [] }, state).effect !== "allow",
  );
  return refused === undefined ? [] : personFlips(world, asked, tool, refused);
}

function personFlips(
  world: RunWorld,
  asked: RunQuestion,
  tool: ToolEntry,
  person: Person,
): readonly Flip<RunWorld>[] {
  const { name, chat, origin, state, change } = person;
  const runs = [{ agent: asked.agent, run: asked.run }, ...asked.via];
  const standpoints = runs.map(({ agent, run }) => standpointOf(world.plan, origin, state, agent, run));
  const known = standpoints.filter((at): at is Standpoint => !("effect" in at));
  const [own] = known;
  if (own === undefined || known.length < runs.length) return [];
  const { profile, account, senderId } = own;
  const agents = runs.map(({ agent }) => agent);
  const target = asked.action === "session" && asked.targetAgent !== null ? [asked.targetAgent] : [];
  return [
    ...(profile === null
      ? unknownProfileFlips(world, name, (before) => change(before, { profile: null }))
      : grantFlips(
          profile,
          [...agents, ...target].filter((agent) => world.plan.agents.has(agent)),
        )),
    ...listFlips(known, tool, asked),
    ...(asked.action === "tool" && asked.isElevated ? elevatedFlips(own, tool, asked) : []),
    ...known.flatMap(placeFlips),
    ...(asked.action === "session" ? sessionFlips(own, asked) : []),
    ...(own.standing === "owner" || own.standing === "listed"
      ? []
      : admissionFlips(world, {
          name,
          chat,
          question: origin,
          pair: (before) => change(before, { isPaired: true }),
        })),
    ...(own.standing === "owner" ? [] : ownerFlips(world, account.network, senderId, name)),
    ...(asked.action === "send" ? recipientFlips(world, asked) : []),
  ];
}

const recipientFlips = (
  world: RunWorld,
  asked: Extract<RunQuestion, { action: "send" }>,
): readonly Flip<RunWorld>[] => {
  const { to } = asked;
  const isTargetPaired = true;
  return admissionFlips(world, {
    name: `${to.provider}:${to.chatId}`,
    chat: chatText(to),
    question: to,
    pair: (before) => withContributors(asked, { ...before, isTargetPaired }, () => ({ isTargetPaired })),
  });
};
