/** Runs the real gateway as a process of its own, in a home of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** CLAWD_TEST_BUILT: what is built and shipped is tested; `npm test` sets it. Else the sources, which need no build. */
export const nodeArguments =
  process.env["CLAWD_TEST_BUILT"] === "1"
    ? [path("../bin/clawdbot.mjs")]
    : ["--conditions=@clawd/source", "--no-warnings", ...watched(), path("../src/main.ts")];

/** Every socket that the gateway opens is looked at: `tools/tests/watch-sockets.ts` fails the test that saw a wrong one. */
function watched(): readonly string[] {
  return ["--import", path("../../../tools/tests/declared-sockets.mjs")];
}

export interface Home {
  readonly directory: string;
  readonly stateDir: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Writes `clawdbot.json`, 0600, as it is given or as JSON. */
  configure(config: unknown): void;
  read(path: string): string;
  remove(): void;
}

/** An empty home; nothing of the machine's own configuration is seen. */
export function aHome(environment: Record<string, string> = {}): Home {
  const directory = mkdtempSync(join(tmpdir(), "clawd-gateway-"));
  const stateDir = join(directory, ".clawdbot");
  return {
    directory,
    stateDir,
    environment: {
      PATH: process.env["PATH"],
      HOME: directory,
      CLAWDBOT_STATE_DIR: stateDir,
      CLAWDBOT_LOG_DIR: join(directory, "log"),
      CLAWD_TEST_SOCKET_REPORT: process.env["CLAWD_TEST_SOCKET_REPORT"],
      ...environment,
    },
    configure(config) {
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      const text = typeof config === "string" ? config : JSON.stringify(config, null, 2);
      writeFileSync(join(stateDir, "clawdbot.json"), text, { mode: 0o600 });
    },
    read: (path) => readFileSync(join(stateDir, path), "utf8"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. */
export function clawdbot(home: Home, words: readonly string[], input = ""): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArguments, ...words], {
      env: home.environment,
      cwd: home.directory,
    });
    const output = collect(child);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout: output.stdout(), stderr: output.stderr() }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

export interface RunningGateway {
  readonly port: number;
  readonly url: string;
  readonly providers: readonly string[];
  readonly token: string;
  readonly process: ChildProcess;
  stderr(): string;
  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts `clawdbot gateway --json` and waits until it is ready. Fails with what it printed when it ends instead. */
export function startGateway(
  home: Home,
  words: readonly string[] = ["--port", "0"],
): Promise<RunningGateway> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArguments, "gateway", "--json", ...words], {
      env: home.environment,
      cwd: home.directory,
    });
    const output = collect(child);
    // A test that fails must not leave a gateway behind.
    process.once("exit", () => child.kill("SIGKILL"));
    const ended = new Promise<number | null>((done) => child.on("close", (code) => done(code)));
    child.on("error", reject);
    void ended.then((code) =>
      reject(new Error(`The gateway ended (${code}): ${output.stderr()}${output.stdout()}`)),
    );
    child.stdout.on("data", () => {
      const line = output
        .stdout()
        .split("\n")
        .find((text) => text.includes('"event":"ready"'));
      if (line === undefined) return;
      const { port, providers } = JSON.parse(line) as { port: number; providers: string[] };
      resolve({
        port,
        providers,
        url: `http://127.0.0.1:${port}`,
        process: child,
        stderr: output.stderr,
        get token() {
          return home.read("credentials/gateway-token").trim();
        },
        async stop() {
          child.kill("SIGTERM");
          return await ended;
        },
        async kill() {
          child.kill("SIGKILL");
          await ended;
        },
      });
    });
  });
}

function collect(child: ChildProcess) {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr!.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  return { stdout: () => stdout, stderr: () => stderr };
}

/** Polls until the value is there; for what other processes do. */
export async function eventually<T>(
  look: () => T | undefined | Promise<T | undefined>,
  milliseconds = 10_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Nothing came within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
