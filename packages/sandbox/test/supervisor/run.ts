/**
 * A supervisor as the first process of a pid namespace of its own, without an engine: as an unprivileged user when the tests run
 * as root, else in a user namespace. Nothing else is confined; that is the engine's, and tested with one.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex, type Readable, type Writable } from "node:stream";
import type { Command, CommandRequest, OutputPiece } from "../../src/place.ts";
import {
  connectSupervisor,
  type Supervisor,
  type SupervisorOptions,
} from "../../src/supervisor/supervisor.ts";
import { compiledSupervisor } from "./compiled.ts";

const uid = 12345;

export interface Launched {
  readonly process: ChildProcess;
  readonly stream: Duplex;
  /** What it said on standard error, when it has ended. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly stderr: string;
  }>;
}

export interface Scene extends Launched {
  readonly supervisor: Supervisor;
  /** Writable root of the place, and its home. */
  readonly home: string;
  /** Beside the home, in no root. */
  readonly outside: string;
  run(script: string, more?: Partial<CommandRequest>): Promise<Finished>;
  start(argv: readonly [string, ...string[]], more?: Partial<CommandRequest>): Promise<Command>;
  /** Ends it and removes what was made. */
  end(): Promise<void>;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly isTimedOut: boolean;
  readonly durationMs: number;
}

export interface SceneOptions extends Partial<SupervisorOptions> {
  readonly arguments?: readonly string[];
  readonly isSanitized?: boolean;
  /** Stands between the process and the client. */
  readonly wrap?: (stream: Duplex) => Duplex;
}

export const environment = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/tmp", LANG: "C.UTF-8" };

export function launch(args: readonly string[] = [], isSanitized = false): Launched {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"] : [];
  const confined = ["setpriv", ...user, "--no-new-privs"];
  // A user that is not 0 inside either keeps no capability over the namespace.
  const mapped = isRoot ? [] : ["--user", `--map-user=${uid}`, `--map-group=${uid}`];
  const namespaces = ["unshare", ...mapped, "--pid", "--fork", "--kill-child", "--mount-proc"];
  const [program, ...whole] = [...namespaces, ...confined, compiledSupervisor(isSanitized), ...args];
  const child = spawn(program!, whole, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ASAN_OPTIONS: "detect_leaks=0:abort_on_error=0:exitcode=99" },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Awaited<Launched["ended"]>>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stderr }));
  });
  ended.catch(() => undefined);
  return { process: child, stream: joined(child.stdin, child.stdout), ended };
}

/** Two pipes as one stream that closes both. */
function joined(writable: Writable, readable: Readable): Duplex {
  writable.on("error", () => undefined);
  return Duplex.from({ writable, readable }).on("error", () => undefined);
}

export async function aScene(options: SceneOptions = {}): Promise<Scene> {
  const { arguments: args = [], isSanitized = false, wrap = (stream: Duplex) => stream, ...client } = options;
  const directory = mkdtempSync(join(tmpdir(), "clawd-scene-"));
  const [home, outside] = [join(directory, "home"), join(directory, "outside")];
  for (const each of [directory, home, outside]) {
    if (each !== directory) mkdirSync(each);
    chmodSync(each, 0o755);
    if (process.getuid?.() === 0) chownSync(each, uid, uid);
  }
  const launched = launch(args, isSanitized);
  const roots = [{ path: home, isReadOnly: false }];
  const supervisor = await connectSupervisor(wrap(launched.stream), { home, roots, ...client });
  const start = (argv: readonly [string, ...string[]], more: Partial<CommandRequest> = {}) =>
    supervisor.start({ argv, cwd: ".", environment, input: "none", ...more });
  return {
    ...launched,
    supervisor,
    home,
    outside,
    start,
    run: async (script, more) => finish(await start(["/bin/sh", "-c", script], more)),
    async end() {
      supervisor.close();
      await launched.ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function finish(command: Command): Promise<Finished> {
  const pieces: Record<OutputPiece["stream"], Uint8Array[]> = { stdout: [], stderr: [] };
  for await (const { stream, bytes } of command.output) pieces[stream].push(bytes);
  const text = (stream: OutputPiece["stream"]) => Buffer.concat(pieces[stream]).toString("utf8");
  return { ...(await command.exit), stdout: text("stdout"), stderr: text("stderr") };
}

/** Looks again until it holds: what another process does has no event of ours. */
export async function eventually(holds: () => boolean | Promise<boolean>, tries = 200): Promise<boolean> {
  for (let left = tries; left > 0; left--) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
