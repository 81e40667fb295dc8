/** The gateway's end of a container: commands, files, limits and the way out, over any stream of bytes to its supervisor. */
import type { Duplex } from "node:stream";
import { ClawdError, systemClock, type Clock } from "@clawd/kernel";
import type { Observed } from "../observed.ts";
import type { Command, CommandRequest, Files, PlaceEnvironment } from "../place.ts";
import { checkEnvironment } from "../command-environment.ts";
import { startCommand } from "./command.ts";
import { Connection } from "./connection.ts";
import { EgressStream } from "./egress-stream.ts";
import { lostFault, protocolFault } from "./faults.ts";
import { exchange, unexpected } from "./file-requests.ts";
import { supervisorFiles } from "./files.ts";
import { protocolVersion, type } from "./frames.ts";
import { observedOf } from "./observe.ts";
import { rootedPaths, type Root } from "./paths.ts";
import { PayloadReader } from "./payload.ts";

export interface SupervisorOptions {
  /** Where relative paths begin: `/workspace`. */
  readonly home: string;
  /** At most 64. */
  readonly roots: readonly Root[];
  /** What commands may have in their environment. Absent: whatever they are given. */
  readonly environment?: PlaceEnvironment;
  /** Absent: 10 s. */
  readonly helloTimeoutMs?: number;
  /** Absent: the system's. */
  readonly clock?: Clock;
  /** Takes connections to the way out. Absent: each is refused. */
  readonly onEgress?: (stream: Duplex) => void;
}

/** What a supervisor says of itself. The container could say it too: nothing is decided by it. */
export interface SupervisorHello {
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** Another one after each start, in hexadecimal. */
  readonly boot: string;
  /** The kernel itself keeps paths beneath their root; without, no link is followed at all. */
  readonly hasOpenat2: boolean;
  /** Orphans stay with their command. Without (an old gVisor), each kill ends the daemons of all commands. */
  readonly hasSubreaper: boolean;
}

export interface Supervisor {
  readonly hello: SupervisorHello;
  readonly files: Files;
  /** @throws CLAWD_COMMAND_START, CLAWD_PLACE_LOST */
  start(request: CommandRequest): Promise<Command>;
  /** Reads the limits from inside. @throws CLAWD_PLACE_LOST */
  observe(): Promise<Observed>;
  /** A round trip. @throws CLAWD_PLACE_LOST */
  ping(): Promise<void>;
  /** Ends the stream: the supervisor kills everything, and the container stops. Whoever waits hears the reason. Idempotent. */
  close(reason?: ClawdError): void;
  /** Resolves, never rejects, when the stream is over, with the reason. */
  readonly lost: Promise<ClawdError>;
}

/**
 * Waits for the supervisor at the other end of `stream`, which is this connection's from now on.
 * @throws CLAWD_PLACE_LOST when it ends or says nothing in time, CLAWD_PLACE_PROTOCOL when it is no supervisor of this version.
 */
export async function connectSupervisor(stream: Duplex, options: SupervisorOptions): Promise<Supervisor> {
  const { home, roots, environment, onEgress, clock = systemClock, helloTimeoutMs = 10_000 } = options;
  const rooted = rootedPaths(home, roots);
  let greet!: (hello: SupervisorHello) => void;
  const greeted = new Promise<SupervisorHello>((resolve) => (greet = resolve));
  const connection: Connection = new Connection(stream, {
    hello(payload) {
      const hello = helloOf(payload);
      connection.send(type.welcome, 0, welcome(roots));
      greet(hello);
    },
    opened(id) {
      if (onEgress === undefined) return null;
      const egress = new EgressStream(connection, id);
      onEgress(egress);
      return egress;
    },
  });
  const waiting = new AbortController();
  const late = clock.sleep(helloTimeoutMs, waiting.signal).then(() => {
    if (!waiting.signal.aborted) connection.fail(lostFault("its supervisor did not answer"));
  });
  const hello = await Promise.race([greeted, connection.lost, late.then(() => connection.lost)]);
  waiting.abort();
  if (hello instanceof ClawdError) throw hello;
  return {
    hello,
    files: supervisorFiles(connection, rooted),
    async start(request) {
      if (environment !== undefined) checkEnvironment(request.environment, environment);
      return startCommand(connection, request, rooted(request.cwd), clock);
    },
    observe: () => observe(connection),
    ping: () => ping(connection),
    close: (reason) => connection.fail(reason ?? lostFault("it was closed")),
    lost: connection.lost,
  };
}

function helloOf(payload: Buffer): SupervisorHello {
  const reader = new PayloadReader(payload);
  if (reader.u16() !== protocolVersion) throw protocolFault("another version of the protocol");
  const [uid, gid, pid] = [reader.u32(), reader.u32(), reader.u32()];
  const boot = reader.take(16).toString("hex");
  const features = reader.u8();
  reader.end();
  return { uid, gid, pid, boot, hasOpenat2: (features & 1) !== 0, hasSubreaper: (features & 2) !== 0 };
}

function welcome(roots: readonly Root[]): Buffer {
  const version = Buffer.alloc(3);
  version.writeUInt16LE(protocolVersion, 0);
  version[2] = roots.length;
  const each = roots.map(({ path, isReadOnly }) => {
    const bytes = Buffer.from(path, "utf8");
    const head = Buffer.alloc(3);
    head[0] = isReadOnly ? 0 : 1;
    head.writeUInt16LE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  });
  return Buffer.concat([version, ...each]);
}

function observe(connection: Connection): Promise<Observed> {
  const files = new Map<string, string>();
  let total = 0;
  return exchange<Observed>(connection, type.verify, Buffer.alloc(0), "limits", {
    take(frame) {
      if (frame.type === type.done) return { result: observedOf(files) };
      const zero = frame.payload.indexOf(0);
      if (frame.type !== type.observed || zero < 0) throw unexpected();
      total += frame.payload.length;
      if (total > 2 ** 20) throw protocolFault("more limits than there are");
      files.set(frame.payload.toString("utf8", 0, zero), frame.payload.toString("utf8", zero + 1));
      return undefined;
    },
  });
}

function ping(connection: Connection): Promise<void> {
  return exchange<void>(connection, type.ping, Buffer.alloc(0), "ping", {
    take(frame) {
      if (frame.type !== type.pong || frame.payload.length > 0) throw unexpected();
      return { result: undefined };
    },
  });
}
