/** One command on the host: a session of its own, an environment from the list, an end that takes its whole tree along. */
import { type ChildProcess, spawn } from "node:child_process";
import { ClawdError, type Clock } from "@clawd/kernel";
import type { Command, CommandExit, CommandRequest } from "@clawd/sandbox";
import { errorCode } from "./host-fault.ts";
import { Output } from "./output.ts";
import { killTree, markerName, ticksNow } from "./process-tree.ts";

/** Milliseconds after a kill in which whatever came through is looked for again, and its pipes are cut at the end. */
const aftermath = [50, 450, 1_500];

export interface HostCommandPorts {
  /** An open directory, as a path of this process. */
  readonly directory: string;
  readonly marker: string;
  readonly clock: Clock;
}

/** @throws CLAWD_COMMAND_START, CLAWD_COMMAND_TERMINAL */
export async function startHostCommand(
  { argv, environment, input, terminal, timeoutMs }: CommandRequest,
  { directory, marker, clock }: HostCommandPorts,
): Promise<Command> {
  if (terminal !== undefined)
    throw new ClawdError("CLAWD_COMMAND_TERMINAL", "There are no terminals on the host.", {
      hint: "Start the command without one.",
    });
  if (argv[0] === "" || argv.some((argument) => argument.includes("\0")))
    throw startFault(argv[0], "an argument that no program can get");
  const startedAt = clock.now();
  const child = await spawned(argv, {
    cwd: directory,
    env: { ...environment, [markerName]: marker },
    detached: true,
    stdio: [input === "pipe" ? "pipe" : "ignore", "pipe", "pipe"],
  });
  const leader = child.pid!;
  const output = new Output(child.stdout!, child.stderr!);
  const over = new AbortController();
  let endedAt: number | undefined;
  let isTimedOut = false;
  let isKilled = false;
  child.once("exit", () => (endedAt = ticksNow()));
  child.stdin?.on("error", () => undefined);

  const killAll = () => killTree({ marker, leader, ...(endedAt !== undefined && { endedAt }) });
  const kill = () => {
    if (isKilled || over.signal.aborted) return;
    isKilled = true;
    output.drop();
    killAll();
    void finishOff();
  };
  async function finishOff(): Promise<void> {
    for (const pause of aftermath) {
      await clock.sleep(pause, over.signal);
      if (over.signal.aborted) return;
      killAll();
    }
    output.cut();
  }
  const exit = new Promise<CommandExit>((resolve) => {
    child.once("close", (code, signal) => {
      over.abort();
      resolve({ code, signal, isTimedOut, durationMs: clock.now() - startedAt });
    });
  });
  if (timeoutMs !== undefined)
    void clock.sleep(timeoutMs, over.signal).then(() => {
      isTimedOut = !over.signal.aborted && !isKilled;
      kill();
    });

  return {
    output,
    exit,
    kill,
    write: (bytes) => writeInput(child, bytes),
    endInput: () => void child.stdin?.end(),
    resize: () => undefined,
  };
}

function spawned(argv: CommandRequest["argv"], options: Parameters<typeof spawn>[2]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    try {
      const child = spawn(argv[0], argv.slice(1), options);
      child.once("spawn", () => resolve(child));
      child.once("error", (fault) => reject(startFault(argv[0], errorCode(fault))));
    } catch (fault) {
      reject(startFault(argv[0], errorCode(fault)));
    }
  });
}

function startFault(program: string, reason = "unknown reason"): ClawdError {
  return new ClawdError(
    "CLAWD_COMMAND_START",
    `Cannot start ${JSON.stringify(program.slice(0, 200))} (${reason}).`,
    {
      hint: "Check that the program is there and may be run.",
    },
  );
}

function writeInput({ stdin }: ChildProcess, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = () =>
      reject(
        new ClawdError("CLAWD_COMMAND_INPUT", "The command takes no more input.", {
          hint: "It is over, or its input was ended.",
        }),
      );
    if (!stdin || stdin.destroyed || stdin.writableEnded) return refuse();
    stdin.write(bytes, (fault) => (fault ? refuse() : resolve()));
  });
}
