/** The ways a message can look that a policy tells apart. */
import { commandRights, findCommand, type CommandRight } from "../command-rights.ts";
import type { Plan, Profile } from "../plan.ts";
import type { Question } from "../read-message.ts";
import type { EventKind, MessageRequest, StateFacts } from "../request.ts";

/** Commands that every policy treats alike; the first stands for all. Null: no command, or none that is known. */
export type CommandClass = readonly CommandRight[] | null;

export interface Shape {
  readonly event: EventKind;
  readonly mention: Mention;
  readonly mentionsOthers: boolean;
  readonly command: CommandClass;
}

export type Mention = "mentioned" | "absent" | "undetectable";

/** One kind of event of each that are treated alike: typed, given natively, pressed, and those that start nothing. */
export const events = ["message", "command", "button", "edit"] as const;
export const mentions = ["mentioned", "absent", "undetectable"] as const;
export const activations = [null, "mention", "always"] as const satisfies readonly StateFacts["activation"][];

export function commandClasses(plans: readonly Plan[]): readonly CommandClass[] {
  const profiles: readonly Profile[] = plans.flatMap(({ profiles: { byName } }) => [...byName.values()]);
  const classes = new Map<string, CommandRight[]>();
  for (const command of new Set(Object.values(commandRights))) {
    const held = profiles.map(({ commands }) =>
      commands === null || commands.has(command.name) ? "1" : "0",
    );
    const key = [command.right, command.switchedOnBy ?? "", ...held].join(" ");
    classes.set(key, [...(classes.get(key) ?? []), command]);
  }
  return [null, ...classes.values()];
}

/** The question in this shape, without reading it again. */
export function shaped(question: Question, { event, mention, mentionsOthers, command }: Shape): Question {
  return {
    ...question,
    event,
    isMentioned: mention === "mentioned",
    isMentionDetectable: mention !== "undetectable",
    mentionsOthers,
    command: command === null ? null : (command[0] ?? findCommand("help")),
  };
}

export function shapedRequest(request: MessageRequest, shape: Shape): MessageRequest {
  const { event, mention, mentionsOthers, command } = shape;
  return {
    ...request,
    event,
    mentioned: mention === "mentioned",
    mentionDetectable: mention !== "undetectable",
    mentionsOthers,
    command: command?.[0]?.name ?? null,
  };
}
