/** The commands that are running, and those in the background that are over; nothing of them survives the gateway. */
import { ClawdError, type Clock, isClawdError } from "@clawd/kernel";
import type { Command, CommandExit } from "@clawd/sandbox";
import { PlainText } from "./plain-text.ts";
import { TextTail } from "./text-tail.ts";

export interface ProcessesOptions {
  readonly clock: Clock;
  /** Milliseconds for which a command that is over can be asked about. Absent: 30 minutes; between 1 minute and 3 hours. */
  readonly keepMs?: number;
  /** Commands of one scope in the background, those that are over too. Absent: 50. */
  readonly most?: number;
  /** Characters of output that are kept of each. Absent: 200,000. */
  readonly keepCharacters?: number;
}

/** A command under way or over. */
export interface ProcessSession {
  readonly id: string;
  readonly scope: string;
  /** The command as it was asked for, cut. */
  readonly title: string;
  readonly takesInput: boolean;
  readonly hasTerminal: boolean;
  readonly startedAt: number;
  readonly command: Command;
  readonly output: TextTail;
  /** Up to which character `poll` has told. */
  polledTo: number;
  /** Null while it runs. */
  readonly end: ProcessEnd | null;
  /** Settles when it is over and all output has arrived. */
  readonly over: Promise<ProcessEnd>;
}

export interface ProcessEnd {
  /** Null when the place was lost under the command. */
  readonly exit: CommandExit | null;
  /** Why it was, where that is known. */
  readonly lost?: string;
  readonly endedAt: number;
}

export interface NewProcess {
  readonly scope: string;
  readonly title: string;
  readonly takesInput: boolean;
  readonly hasTerminal: boolean;
  /** Told of every piece as it arrives. */
  readonly onOutput?: (session: ProcessSession) => void;
}

export interface Processes {
  /**
   * Takes over a command that was just started and reads its output to the end.
   * @throws CLAWD_PROCESSES_ENDED after `end`; the command is killed.
   */
  follow(command: Command, about: NewProcess): ProcessSession;
  /** Lists it from now on; it is forgotten some time after its end. @throws CLAWD_PROCESSES_FULL */
  putInBackground(session: ProcessSession): void;
  /** Those in the background, the newest first. */
  list(scope: string): readonly ProcessSession[];
  find(scope: string, id: string): ProcessSession | undefined;
  /** Takes it off the list. */
  forget(session: ProcessSession): void;
  /** Kills every command, in the background or not, and waits until they are over. Nothing starts afterwards. Idempotent. */
  end(): Promise<void>;
}

export function createProcesses(options: ProcessesOptions): Processes {
  const { clock, most = 50, keepCharacters = 200_000 } = options;
  const keepMs = Math.min(Math.max(options.keepMs ?? 1_800_000, 60_000), 10_800_000);
  const running = new Set<ProcessSession>();
  const listed = new Map<string, ProcessSession>();
  const ended = new AbortController();

  const list = (scope: string) =>
    [...listed.values()]
      .filter((session) => session.scope === scope)
      .sort((one, other) => other.startedAt - one.startedAt);

  async function sweepLater(session: ProcessSession): Promise<void> {
    await session.over;
    await clock.sleep(keepMs, ended.signal);
    if (listed.get(session.id) === session) listed.delete(session.id);
  }

  return {
    follow(command, about) {
      if (ended.signal.aborted) {
        command.kill();
        throw new ClawdError("CLAWD_PROCESSES_ENDED", "The gateway is ending: no command starts any more.", {
          hint: "Try again after it has started.",
        });
      }
      const session = new RunningProcess(command, about, clock, keepCharacters);
      running.add(session);
      void session.over.then(() => running.delete(session));
      return session;
    },
    putInBackground(session) {
      if (list(session.scope).length >= most) {
        const oldest = list(session.scope).findLast(({ end }) => end !== null);
        if (oldest === undefined)
          throw new ClawdError(
            "CLAWD_PROCESSES_FULL",
            `There are ${most} commands in the background already.`,
            {
              hint: "End some of them with the process tool.",
            },
          );
        listed.delete(oldest.id);
      }
      listed.set(session.id, session);
      void sweepLater(session);
    },
    list,
    find: (scope, id) => list(scope).find((session) => session.id === id),
    forget: (session) => void listed.delete(session.id),
    async end() {
      ended.abort();
      for (const { command } of running) command.kill();
      await Promise.all([...running].map(({ over }) => over));
      listed.clear();
    },
  };
}

class RunningProcess implements ProcessSession {
  readonly id = crypto.randomUUID().slice(0, 8);
  readonly scope: string;
  readonly title: string;
  readonly takesInput: boolean;
  readonly hasTerminal: boolean;
  readonly startedAt: number;
  readonly command: Command;
  readonly output: TextTail;
  readonly over: Promise<ProcessEnd>;
  polledTo = 0;
  end: ProcessEnd | null = null;

  constructor(command: Command, about: NewProcess, clock: Clock, keepCharacters: number) {
    this.command = command;
    this.scope = about.scope;
    this.title = about.title.slice(0, 200);
    this.takesInput = about.takesInput;
    this.hasTerminal = about.hasTerminal;
    this.startedAt = clock.now();
    this.output = new TextTail(keepCharacters);
    this.over = this.#follow(about.onOutput, clock);
  }

  async #follow(onOutput: NewProcess["onOutput"], clock: Clock): Promise<ProcessEnd> {
    const plain = { stdout: new PlainText(), stderr: new PlainText() };
    let exit: CommandExit | null = null;
    let lost: string | undefined;
    try {
      for await (const piece of this.command.output) {
        this.output.add(plain[piece.stream].add(piece.bytes));
        piece.free?.();
        onOutput?.(this);
      }
      exit = await this.command.exit;
    } catch (fault) {
      // The place ended under the command: how it went is not known to anybody.
      if (isClawdError(fault)) lost = fault.message;
      this.command.kill();
      this.command.exit.catch(() => undefined);
    }
    this.output.add(plain.stdout.end() + plain.stderr.end());
    this.end = { exit, endedAt: clock.now(), ...(lost !== undefined && { lost }) };
    return this.end;
  }
}
