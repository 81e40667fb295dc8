/** A command as the supervisor runs it. */
import type { ClawdError, Clock } from "@clawd/kernel";
import type { Command, CommandExit, CommandRequest, TerminalSize } from "../place.ts";
import type { Connection, StreamHandler } from "./connection.ts";
import { failureFault, inputFault, lostFault, protocolFault, startFault } from "./faults.ts";
import { maxPayload, maxStart, reason, type, type Frame } from "./frames.ts";
import { Inflow } from "./inflow.ts";
import { Outflow } from "./outflow.ts";
import { Output } from "./output.ts";
import { isWellFormed, type RootedPath } from "./paths.ts";
import { PayloadReader } from "./payload.ts";
import { signalName } from "./signals.ts";

const argumentListTooLong = 7;
const invalidArgument = 22;
/** How long after its time, or its kill, a command may take to be dead. Then its container is given up. */
const graceMs = 30_000;
/** Timers beyond this fire at once. */
const longestTimer = 2 ** 31 - 1 - graceMs;
/** What a refusal is about; 0 is the program. */
const aboutDirectory = 1;

/** @throws CLAWD_COMMAND_START, CLAWD_FILE_… for the directory, CLAWD_PLACE_LOST */
export function startCommand(
  connection: Connection,
  request: CommandRequest,
  cwd: RootedPath,
  clock: Clock,
): Promise<Command> {
  return new Promise((resolve, reject) => {
    const [program] = request.argv;
    const bytes = encode(request, cwd);
    if (bytes === null) return reject(startFault(reason.startProgram, invalidArgument, program));
    if (bytes.length > maxStart) return reject(startFault(reason.startProgram, argumentListTooLong, program));
    const refuse = (payload: Buffer) => {
      const reader = new PayloadReader(payload);
      const [why, error, about] = [reader.u8(), reader.u16(), reader.u8()];
      const isDirectory = about === aboutDirectory;
      reject(isDirectory ? failureFault(why, error, request.cwd) : startFault(why, error, program));
    };
    const command = new RunningCommand(connection, clock, { resolve, reject, refuse });
    let at = 0;
    for (; bytes.length - at > maxPayload; at += maxPayload)
      connection.send(type.startMore, command.id, bytes.subarray(at, at + maxPayload));
    connection.send(type.start, command.id, bytes.subarray(at));
    if (request.input === "none") command.endInput();
    if (request.timeoutMs !== undefined && request.timeoutMs < longestTimer)
      command.expectEnd(request.timeoutMs + graceMs);
  });
}

/** Null when something holds what the system cannot pass on. */
function encode(request: CommandRequest, cwd: RootedPath): Buffer | null {
  const { argv, environment, terminal } = request;
  const variables = Object.entries(environment);
  const strings = [cwd.path, ...argv, ...variables.map(([name, value]) => `${name}=${value}`)];
  if (strings.some((text) => text.includes("\0") || !isWellFormed(text))) return null;
  if (argv.length > 0xffff || variables.length > 0xffff) return null;
  const head = Buffer.alloc(14);
  head[0] = (request.input === "pipe" ? 1 : 0) | (terminal ? 2 : 0);
  head.writeUInt16LE(cells(terminal?.columns), 1);
  head.writeUInt16LE(cells(terminal?.rows), 3);
  head.writeUInt32LE(timeout(request.timeoutMs), 5);
  head[9] = cwd.root;
  head.writeUInt16LE(argv.length, 10);
  head.writeUInt16LE(variables.length, 12);
  return Buffer.concat([head, Buffer.from(`${strings.join("\0")}\0`, "utf8")]);
}

const cells = (count = 0): number => Math.min(Math.max(Math.trunc(count) || 0, 0), 0xffff);

/** 0 is no end; anything that was asked for is at least a millisecond, and at most what 32 bits hold. */
function timeout(milliseconds: number | undefined): number {
  if (milliseconds === undefined || milliseconds === Infinity) return 0;
  return Math.min(Math.max(Math.ceil(milliseconds) || 1, 1), 0xffff_ffff);
}

interface Starting {
  resolve(command: Command): void;
  reject(fault: ClawdError): void;
  refuse(payload: Buffer): void;
}

class RunningCommand implements Command, StreamHandler {
  readonly id: number;
  readonly output: Output;
  readonly exit: Promise<CommandExit>;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #input: Outflow;
  readonly #over = new AbortController();
  #isKilled = false;
  #starting: Starting | null;
  #settleExit!: { resolve(exit: CommandExit): void; reject(fault: ClawdError): void };

  constructor(connection: Connection, clock: Clock, starting: Starting) {
    this.#connection = connection;
    this.#clock = clock;
    this.#starting = starting;
    this.id = connection.open(this);
    this.#input = new Outflow(connection, this.id);
    this.output = new Output(new Inflow(connection, this.id));
    this.exit = new Promise((resolve, reject) => (this.#settleExit = { resolve, reject }));
    // Whoever reads the output hears of the loss there too.
    this.exit.catch(() => undefined);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#input.write(bytes);
  }

  endInput(): void {
    this.#input.end();
  }

  resize(size: TerminalSize): void {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt16LE(cells(size.columns), 0);
    bytes.writeUInt16LE(cells(size.rows), 2);
    this.#connection.send(type.resize, this.id, bytes);
  }

  kill(): void {
    // Nobody may be taking its output any more; what there still is of it must not keep the exit back.
    this.output.release();
    // After its exit too: what it left behind still has this name.
    this.#connection.send(type.kill, this.id);
    if (!this.#isKilled) this.expectEnd(graceMs);
    this.#isKilled = true;
  }

  /** Gives the whole place up when it has not ended by then, unless its exit waits for a reader. */
  expectEnd(milliseconds: number): void {
    const { signal } = this.#over;
    if (signal.aborted) return;
    void this.#clock.sleep(milliseconds, signal).then(() => {
      if (signal.aborted) return;
      if (this.output.isWaiting) this.expectEnd(graceMs);
      else this.#connection.fail(lostFault("a command outlived its time"));
    });
  }

  frame(frame: Frame): boolean {
    if (this.#starting !== null) return this.#begin(frame, this.#starting);
    switch (frame.type) {
      case type.data:
        this.output.push("stdout", frame.payload);
        return false;
      case type.dataErr:
        this.output.push("stderr", frame.payload);
        return false;
      case type.credit:
        this.#input.credit(frame.payload);
        return false;
      case type.inputClosed:
        this.#input.stop(inputFault());
        return false;
      case type.exit:
        this.#end(exitOf(frame.payload));
        return true;
      default:
        throw protocolFault("no frame of a command");
    }
  }

  lost(fault: ClawdError): void {
    this.#over.abort();
    this.#starting?.reject(fault);
    this.#input.stop(fault);
    this.output.end(fault);
    this.#settleExit.reject(fault);
  }

  #begin(frame: Frame, starting: Starting): boolean {
    // A violation leaves it starting, so that whoever waits for the start hears of it.
    if (frame.type === type.started && frame.payload.length === 0) {
      this.#starting = null;
      starting.resolve(this);
      return false;
    }
    if (frame.type !== type.failed) throw protocolFault("a command before its start");
    starting.refuse(frame.payload);
    this.#over.abort();
    this.#starting = null;
    return true;
  }

  #end(exit: CommandExit): void {
    this.#over.abort();
    this.#input.stop(inputFault());
    this.output.end();
    this.output.whenRead(() => this.#settleExit.resolve(exit));
  }
}

function exitOf(payload: Buffer): CommandExit {
  const reader = new PayloadReader(payload);
  const [flags, value, microseconds] = [reader.u8(), reader.u32(), reader.u64()];
  reader.end();
  const isSignal = (flags & 1) !== 0;
  return {
    code: isSignal ? null : value,
    signal: isSignal ? signalName(value) : null,
    isTimedOut: (flags & 2) !== 0,
    durationMs: microseconds / 1000,
  };
}
