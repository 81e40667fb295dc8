import { z } from "zod";
import { definePlaceTool } from "../place-tool.ts";
import { answer, failure, type Tool, type ToolAnswer } from "../tool.ts";
import type { PlaceContext } from "../place-tool.ts";
import { keyBytes, pasted } from "./keys.ts";
import type { Processes, ProcessSession } from "./processes.ts";
import { statusOf, toldEnd, toldOutput, withNote } from "./told.ts";

const actions = [
  "list",
  "poll",
  "log",
  "write",
  "kill",
  "clear",
  "remove",
  "send-keys",
  "submit",
  "paste",
] as const;

const parameters = z.strictObject({
  action: z.enum(actions),
  sessionId: z.string().optional().describe("For every action but `list`."),
  offset: z.int().min(0).optional().describe("log: lines to leave out."),
  limit: z.int().min(1).max(10_000).optional().describe("log: lines; without `offset` the last ones."),
  data: z.string().optional().describe("write, submit, paste: the text."),
  eof: z.boolean().default(false).describe("write: end the input after it."),
  keys: z.array(z.string()).max(200).optional().describe("send-keys: Enter, Up, C-c, or single characters."),
});
type Input = z.output<typeof parameters>;

export const processTool: Tool<PlaceContext> = definePlaceTool({
  name: "process",
  description:
    "Look after commands in the background: list them, poll for new output, read the log, write to the input, kill, clear (one that is over), remove (kill and clear); send-keys, submit and paste for one in a terminal.",
  parameters,
  async run(input, _, { processes, scope, clock }) {
    if (input.action === "list") return list(processes.list(scope), clock.now());
    const session = processes.find(scope, input.sessionId ?? "");
    if (session === undefined)
      return failure(`No session found for ${(input.sessionId ?? "").slice(0, 40)}`, { status: "failed" });
    return act(input.action, session, input, processes);
  },
});

function act(
  action: Exclude<Input["action"], "list">,
  session: ProcessSession,
  input: Input,
  processes: Processes,
) {
  switch (action) {
    case "poll":
      return poll(session);
    case "log":
      return log(session, input);
    case "write":
      return send(session, input.data ?? "", input.eof);
    case "kill":
      return kill(session);
    case "clear":
      return clear(session, processes);
    case "remove":
      return remove(session, processes);
    case "send-keys":
      return sendKeys(session, input.keys ?? []);
    case "submit":
      return toTerminal(session, `${input.data ?? ""}\r`);
    case "paste":
      return toTerminal(session, pasted(input.data ?? ""));
  }
}

function list(sessions: readonly ProcessSession[], now: number): ToolAnswer {
  const lines = sessions.map((session) => {
    const seconds = Math.round(((session.end?.endedAt ?? now) - session.startedAt) / 1_000);
    const end = session.end === null ? "" : ` · ${toldEnd(session.end) || "Command exited with code 0"}`;
    return `${session.id} ${statusOf(session)} ${seconds}s ${JSON.stringify(session.title.slice(0, 80))}${end}`;
  });
  return answer(lines.join("\n") || "No commands in the background.", { sessions: sessions.map(about) });
}

function poll(session: ProcessSession): ToolAnswer {
  const fresh = session.output.from(session.polledTo);
  session.polledTo = session.output.total;
  const text = toldOutput(fresh);
  const { end } = session;
  if (end === null)
    return answer(withNote(text || "(no new output)", "Process still running."), about(session));
  const told = toldEnd(end).replace(/^Command/, "Process") || "Process exited with code 0";
  const status = statusOf(session);
  return (status === "failed" ? failure : answer)(withNote(text, `${told}.`), about(session));
}

function log(session: ProcessSession, { offset, limit }: Input): ToolAnswer {
  const { text, lost } = session.output.from(0);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const from = offset ?? (limit === undefined ? 0 : Math.max(0, lines.length - limit));
  const shown = lines.slice(from, limit === undefined ? undefined : from + limit);
  const cut = toldOutput({ text: shown.join("\n"), lost: from === 0 ? lost : 0 });
  return answer(cut || "(no output)", { ...about(session), lines: lines.length });
}

async function send(session: ProcessSession, data: string, eof: boolean): Promise<ToolAnswer> {
  if (session.end !== null) return failure("The command is over.", about(session));
  if (!session.takesInput)
    return failure("The command has no input: start it with `background` or `pty`.", about(session));
  const bytes = Buffer.from(data);
  if (bytes.length > 0) await session.command.write(bytes);
  if (eof) session.command.endInput();
  return answer(`Wrote ${bytes.length} bytes${eof ? " and ended the input" : ""}.`, about(session));
}

function sendKeys(session: ProcessSession, keys: readonly string[]): Promise<ToolAnswer> | ToolAnswer {
  const bytes = keys.map(keyBytes);
  const unknown = keys[bytes.indexOf(undefined)];
  if (unknown !== undefined) return failure(`There is no key ${JSON.stringify(unknown.slice(0, 40))}.`);
  return toTerminal(session, bytes.join(""));
}

function toTerminal(session: ProcessSession, data: string): Promise<ToolAnswer> | ToolAnswer {
  if (!session.hasTerminal) return failure("The command has no terminal: use write.", about(session));
  return send(session, data, false);
}

async function kill(session: ProcessSession): Promise<ToolAnswer> {
  if (session.end !== null) return failure("The command is over already.", about(session));
  session.command.kill();
  await session.over;
  return answer(`Killed ${session.id}.`, about(session));
}

function clear(session: ProcessSession, processes: Processes): ToolAnswer {
  if (session.end === null) return failure("The command is running: kill it, or remove it.", about(session));
  processes.forget(session);
  return answer(`Cleared ${session.id}.`, about(session));
}

async function remove(session: ProcessSession, processes: Processes): Promise<ToolAnswer> {
  session.command.kill();
  await session.over;
  processes.forget(session);
  return answer(`Removed ${session.id}.`, about(session));
}

function about(session: ProcessSession) {
  const { id, title, startedAt, end } = session;
  return {
    status: statusOf(session),
    sessionId: id,
    title,
    startedAt,
    ...(end !== null && { exitCode: end.exit?.code ?? null, endedAt: end.endedAt }),
  };
}
