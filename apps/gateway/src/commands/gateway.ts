/** `clawdbot gateway`: reads the config, runs until it is told to stop. */
import type { LoadedConfig } from "@clawd/config";
import { catchStrayFaults } from "@clawd/core";
import { type Issue, isClawdError, messageOf, systemClock } from "@clawd/kernel";
import { type Arguments, print, printError, UsageError } from "../cli.ts";
import type { Config } from "../config.ts";
import { firstSteps } from "../first-steps.ts";
import { startGateway } from "../gateway.ts";
import { openGatewayLog } from "../log-file.ts";
import { printIssues } from "../issues.ts";
import { loadWhole } from "../load.ts";
import { type Paths, pathsFrom } from "../paths.ts";

export async function gateway({ options }: Arguments): Promise<number> {
  // Whatever a library creates is private, also where it forgets to say so.
  process.umask(0o077);
  const paths = pathsFrom(process.env);
  const port = options["port"] === undefined ? undefined : portFrom(String(options["port"]));
  const loaded = await loadWhole(paths.config);
  if (!loaded.ok) return refuseConfig(loaded.issues);
  printIssues(loaded.warnings);
  let isAsked = false;
  const stopAsked = stopSignal(() => (isAsked = true));
  const run: Run = {
    paths,
    port,
    isJson: options["json"] === true,
    showsFirstSteps: options["first-steps"] === true,
    stopAsked,
    restartedFor: new Set(),
  };
  try {
    // A restart goes on with the config that was in force: what waits on the disk is no more accepted after it than before.
    for (let config: LoadedConfig<Config> | null = loaded.value; config !== null;)
      config = await serve(config, run);
    return 0;
  } catch (fault) {
    if (isAsked) return 0;
    throw fault;
  }
}

interface Run {
  readonly paths: Paths;
  /** Given on the command line. */
  port: number | undefined;
  readonly isJson: boolean;
  readonly showsFirstSteps: boolean;
  readonly stopAsked: Promise<void>;
  readonly restartedFor: Set<string>;
}

/** A turn that asked for the restart is to finish its answer. */
const restartGraceMilliseconds = 30_000;

/** Until it is told to stop, or to restart with the config that this gives. */
async function serve(config: LoadedConfig<Config>, run: Run): Promise<LoadedConfig<Config> | null> {
  const log = openGatewayLog(config.value.logging ?? {}, [...config.secrets, environmentKey()], !run.isJson);
  const release = catchStrayFaults((fault) => {
    log.error("stray fault", {
      reason: messageOf(fault),
      code: isClawdError(fault) ? fault.code : "CLAWD_DEFECT",
    });
    // Whose work it was is unknown, so the state of everything is: all of it is durable, and the next start goes on.
    process.exit(1);
  });
  try {
    const running = await startGateway({
      paths: run.paths,
      config,
      clock: systemClock,
      logger: log,
      onSecrets: (secrets) => log.learn(secrets),
      restartedFor: run.restartedFor,
      ...(run.port !== undefined && { port: run.port }),
    });
    if (run.isJson)
      print(JSON.stringify({ event: "ready", port: running.port, providers: running.providers }));
    else printError(readyLine(running.port));
    if (run.showsFirstSteps && !config.found)
      printError(firstSteps(running.port, running.tokenFile, run.paths.config));
    const restart = running.restartAsked.then(() => true);
    const isRestart = await Promise.race([run.stopAsked.then(() => false), restart]);
    if (!run.isJson) printError(isRestart ? "Restarting …" : "Stopping …");
    await running.stop(isRestart ? restartGraceMilliseconds : undefined);
    // Whoever asked for any free port finds the gateway where it was.
    if (run.port === 0) run.port = running.port;
    return isRestart ? running.config() : null;
  } finally {
    release();
    log.close();
  }
}

/** The model's key counts also where the config does not mention it. */
const environmentKey = () => process.env["ANTHROPIC_API_KEY"] ?? "";

function refuseConfig(issues: readonly Issue[]): number {
  printIssues(issues);
  printError("The gateway does not start with a config that is not understood.");
  return 1;
}

function readyLine(port: number): string {
  return `Clawdbot is ready: http://127.0.0.1:${port}/`;
}

/** Resolves at the first signal; a second one ends the process at once. */
function stopSignal(onAsked: () => void): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      let count = 0;
      process.on(signal, () => {
        if (++count > 1) process.exit(130);
        onAsked();
        resolve();
      });
    }
  });
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new UsageError(`No port: ${text}`, "write a number from 0 to 65535");
  return port;
}
