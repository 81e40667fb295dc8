/** What messages themselves give: a turn, commands, and the session of somebody else. */
import type { CommandRight } from "../command-rights.ts";
import type { MessageRequest } from "../request.ts";
import { commandCapabilities } from "./capabilities.ts";
import { messageFrom, questionOf, stateOf } from "./landscape.ts";
import { admissionOf, deskOf, messageAnswer, type Desk } from "./message-answers.ts";
import { commandClasses, shaped, shapedRequest, type CommandClass, type Shape } from "./message-shapes.ts";
import type { ReachTable } from "./reach-table.ts";
import type { Origin, RunLandscape } from "./run-bases.ts";
import type { Answer, Capability } from "./types.ts";

export interface MessageWay {
  readonly by: readonly string[];
  readonly shape: Shape;
}

/** For each origin the agent in whose turn its messages are answered; null where they start none. */
export type Turns = readonly (string | null)[];

const plain: Shape = { event: "message", mention: "mentioned", mentionsOthers: false, command: null };

export function reachByMessages(landscape: RunLandscape, table: ReachTable<MessageWay>): Turns {
  const { standings, profiles, origins, plans } = landscape;
  const turn: MessageWay = { by: [], shape: plain };
  const commands = commandClasses(plans).flatMap(waysOf);
  const main = new Map<string, MessageWay>();
  let known: { readonly standing: number; readonly desk: Desk | null } | undefined;
  return origins.map((origin) => {
    const { index, standing, isPaired, profile } = origin;
    if (known?.standing !== standing) {
      const side = standings[standing]!.spot.sides[0];
      known = { standing, desk: side ? deskOf(side, questionOf(standings[standing]!)) : null };
    }
    const { desk } = known;
    if (desk === null) return null;
    const state = { ...stateOf(isPaired, profiles[profile]!), isWithinBudget: true };
    const answerTo = (shape: Shape): Answer => {
      const question = shaped(desk.question, shape);
      return messageAnswer(desk, question, admissionOf(desk.side, question, state), state);
    };
    const note = (capability: Capability, answer: Answer, way: MessageWay) =>
      table.noteFor({
        capability,
        standing: answer.authority!,
        agent: answer.agent!,
        through: [],
        answer: {},
      })(index, way);
    const given = new Set<CommandRight>();
    for (const { way, command } of commands) {
      if (given.has(command)) continue;
      const answer = answerTo(way.shape);
      if (answer.does !== "command") continue;
      given.add(command);
      for (const capability of commandCapabilities(command)) note(capability, answer, way);
    }
    const answer = answerTo(plain);
    if (answer.does !== "turn") return null;
    note("turn", answer, turn);
    const shared = sharedSession(answer, desk);
    if (shared !== null) {
      const way = main.get(shared) ?? { by: [`shares ${shared}`], shape: plain };
      main.set(shared, way);
      note("sessions", answer, way);
    }
    return answer.agent!;
  });
}

/** Typed where that is on, else native. Commands that are treated alike are one way. */
function waysOf(
  names: CommandClass,
): readonly { readonly way: MessageWay; readonly command: CommandRight }[] {
  if (names === null) return [];
  const by = names.map(({ name }) => `/${name}`);
  return (["message", "command"] as const).map((event) => ({
    way: { by, shape: { ...plain, event, command: names } },
    command: names[0]!,
  }));
}

/** A session that other people's direct messages go to as well, for somebody who is not its owner. */
function sharedSession({ session, authority }: Answer, { question, side }: Desk): string | null {
  const isShared = question.kind === "dm" && side.account.operator === null && session !== undefined;
  return isShared && authority !== "owner" && !session.includes("*") ? session : null;
}

export const messageStep = (landscape: RunLandscape, origin: Origin, shape: Shape = plain) => ({
  request: shapedRequest(messageFrom(landscape.standings[origin.standing]!), shape) as MessageRequest,
  state: { ...stateOf(origin.isPaired, landscape.profiles[origin.profile]!), isWithinBudget: true },
});
