/** The slash commands: each a value. Who may use one is the policy's business; here it is done. */
import { approve, deny } from "./command-answer.ts";
import { elevated } from "./command-elevated.ts";
import type { Command } from "./command.ts";

const help: Command = {
  name: "help",
  summary: "what you can ask for",
  run: (_context, { help: list }) =>
    list()
      .map(({ name, summary }) => `/${name} – ${summary}`)
      .join("\n"),
};

const status: Command = {
  name: "status",
  summary: "the agent, its model and this conversation",
  run(context, services) {
    const { version, agent, model, messages, providers } = services.status(context);
    const lines = [
      `Clawdbot ${version}`,
      `Agent: ${agent}`,
      `Model: ${model}`,
      `This conversation: ${messages} ${messages === 1 ? "message" : "messages"}`,
    ];
    if (context.authority === "owner")
      lines.push(
        ...providers.map(
          ({ label, account, state }) => `${label}${account === "default" ? "" : ` (${account})`}: ${state}`,
        ),
      );
    return lines.join("\n");
  },
};

const startAnew: Command = {
  name: "new",
  summary: "begin a new conversation",
  run({ agent, session }, services) {
    services.stopSession(session);
    services.resetSession(agent, session);
    return "A new conversation. What would you like to do?";
  },
};

const stop: Command = {
  name: "stop",
  summary: "stop what the agent is doing here",
  run({ session }, services) {
    const stopped = services.stopSession(session);
    return stopped === 0 ? "Nothing was running." : "Stopped.";
  },
};

const whoami: Command = {
  name: "whoami",
  summary: "your id here and what you may do",
  run({ event, authority }) {
    const standing = {
      owner: "an owner",
      listed: "on the list of people who may talk to me",
      stranger: "a guest",
    };
    return `You are ${event.provider}:${event.sender.id ?? "unknown"}, ${standing[authority]}.`;
  },
};

export const commands: readonly Command[] = [help, status, startAnew, stop, whoami, approve, deny, elevated];

/** Names of the policy's table under which people know a command by another one. */
const otherNames: ReadonlyMap<string, Command> = new Map([
  ["commands", help],
  ["reset", startAnew],
]);

/** The command of that name. One that the policy knows and nobody has written yet says so: it never becomes text for the model. */
export function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name === name) ?? otherNames.get(name);
  return (
    found ?? { name, summary: "", run: () => `This version has no /${name} yet. /help lists what there is.` }
  );
}
