import { isClawdError } from "@clawd/kernel";
import type { Command, CommandRequest, Place } from "@clawd/sandbox";
import { z } from "zod";
import { definePlaceTool, type PlaceContext } from "../place-tool.ts";
import { answer, failure, type Tool, type ToolAnswer } from "../tool.ts";
import type { ProcessSession } from "./processes.ts";
import { isFailed, toldEnd, toldOutput, withNote } from "./told.ts";

export interface BashSettings {
  /** Milliseconds after which a command goes on in the background. Absent: 10,000. */
  readonly backgroundMs?: number;
  /** Seconds after which a command is killed. Absent: 1,800; 0 or less: never. */
  readonly timeoutSeconds?: number;
}

const longestUpdate = 2_000;
const updateEveryMs = 200;
/** Milliseconds that a timer takes: more, and it is over at once. */
const longestTimer = 2_147_483_647;
const terminalSize = { columns: 120, rows: 30 };

/**
 * bash where there is one, else the system's shell: asked for by starting it, since a shell that looked first would cost as much
 * as the command. The command is an argument, byte for byte, and in no script of ours. bash takes an input that is a socket for a
 * login from afar, and would run ~/.bashrc.
 */
async function startShell(
  place: Place,
  command: string,
  request: Omit<CommandRequest, "argv">,
): Promise<Command> {
  try {
    return await place.start({
      ...request,
      argv: ["/bin/bash", "--norc", "--noprofile", "-c", command, "bash"],
    });
  } catch (fault) {
    if (!isClawdError(fault) || fault.code !== "CLAWD_COMMAND_START") throw fault;
    return place.start({ ...request, argv: ["/bin/sh", "-c", command, "sh"] });
  }
}

export function bashTool(settings: BashSettings = {}): Tool<PlaceContext> {
  const { backgroundMs = 10_000, timeoutSeconds: usualTimeout = 1_800 } = settings;
  return definePlaceTool({
    name: "bash",
    description:
      "Run a shell command. A command that takes long goes on in the background and is looked after with `process`. Without `background` or `pty` it has no input.",
    parameters: z.strictObject({
      command: z.string().min(1),
      workdir: z.string().min(1).optional().describe("Absent: the working directory."),
      env: z
        .record(z.string(), z.string())
        .optional()
        .describe("Only names that are permitted here; others belong in the command: NAME=value program."),
      yieldMs: z
        .number()
        .optional()
        .describe(`Milliseconds until it goes into the background (10 to 120000).`),
      background: z.boolean().default(false).describe("Into the background at once, with input."),
      timeout: z
        .number()
        .optional()
        .describe(`Seconds until it is killed; 0: never. Absent: ${usualTimeout}.`),
      elevated: z.boolean().optional().describe("Ask for the host, where the session has that right."),
      pty: z.boolean().default(false).describe("In a terminal, where the place has them."),
    }),
    async run(input, place, context, signal) {
      signal.throwIfAborted();
      if (input.command.includes("\0")) return failure("A command holds no NUL.", { code: "command" });
      const timeout = input.timeout ?? usualTimeout;
      const takesInput = input.pty || (input.background && context.mayUseProcess);
      const command = await startShell(place, input.command, {
        cwd: input.workdir ?? ".",
        environment: { ...place.environment.base, ...input.env },
        input: takesInput ? "pipe" : "none",
        ...(input.pty && { terminal: terminalSize }),
        ...(timeout > 0 && { timeoutMs: Math.min(timeout * 1_000, longestTimer) }),
      });
      const session = follow(command, { ...input, takesInput }, context);
      const yieldMs = Math.min(Math.max(input.yieldMs ?? backgroundMs, 10), 120_000);
      const wait = !context.mayUseProcess ? Infinity : input.background ? 0 : yieldMs;
      const end = await within(wait, session, context, signal);
      if (end === null) return running(session, context);
      return finished(session, timeout);
    },
  });
}

function follow(
  command: Command,
  input: { readonly command: string; readonly pty: boolean; readonly takesInput: boolean },
  { processes, scope, clock, onUpdate }: PlaceContext,
): ProcessSession {
  let toldAt = clock.now();
  return processes.follow(command, {
    scope,
    title: input.command,
    takesInput: input.takesInput,
    hasTerminal: input.pty,
    ...(onUpdate && {
      onOutput({ output }) {
        if (clock.now() - toldAt < updateEveryMs) return;
        toldAt = clock.now();
        onUpdate(output.from(output.total - longestUpdate).text);
      },
    }),
  });
}

/** Its end, or null when it goes on. A signal kills it as long as the call waits, and not afterwards. */
async function within(
  milliseconds: number,
  session: ProcessSession,
  { clock }: PlaceContext,
  signal: AbortSignal,
): Promise<ProcessSession["end"]> {
  if (milliseconds === 0) return session.end;
  const kill = () => session.command.kill();
  const done = new AbortController();
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  try {
    const late =
      milliseconds === Infinity
        ? new Promise<null>(() => {})
        : clock.sleep(milliseconds, done.signal).then(() => null);
    const end = await Promise.race([session.over, late]);
    signal.throwIfAborted();
    return end;
  } finally {
    done.abort();
    signal.removeEventListener("abort", kill);
  }
}

function running(session: ProcessSession, { processes }: PlaceContext): ToolAnswer {
  try {
    processes.putInBackground(session);
  } catch (fault) {
    session.command.kill();
    throw fault;
  }
  const { id, startedAt, output } = session;
  const tail = output.from(output.total - longestUpdate).text;
  return answer(
    withNote(
      tail,
      `Command still running (session ${id}). Use process (list, poll, log, write, kill, clear, remove) to look after it.`,
    ),
    { status: "running", sessionId: id, startedAt, tail },
  );
}

function finished(session: ProcessSession, timeout: number): ToolAnswer {
  const end = session.end!;
  const text = toldOutput(session.output.from(0));
  const details = {
    exitCode: end.exit?.code ?? null,
    durationMs: end.exit?.durationMs ?? end.endedAt - session.startedAt,
  };
  if (isFailed(end)) return failure(withNote(text, toldEnd(end, timeout)), { status: "failed", ...details });
  return answer(text.trim() === "" ? "(no output)" : text, { status: "completed", ...details });
}
