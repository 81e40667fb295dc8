/** `clawdbot gateway`: reads the config, runs until it is told to stop. */
import { catchStrayFaults } from "@clawd/core";
import { type Issue, isClawdError, messageOf, systemClock } from "@clawd/kernel";
import { type Arguments, print, printError, UsageError } from "../cli.ts";
import { firstSteps } from "../first-steps.ts";
import { startGateway } from "../gateway.ts";
import { openGatewayLog } from "../log-file.ts";
import { printIssues } from "../issues.ts";
import { loadWhole } from "../load.ts";
import { pathsFrom } from "../paths.ts";

export async function gateway({ options }: Arguments): Promise<number> {
  // Whatever a library creates is private, also where it forgets to say so.
  process.umask(0o077);
  const paths = pathsFrom(process.env);
  const port = options["port"] === undefined ? undefined : portFrom(String(options["port"]));
  const loaded = await loadWhole(paths.config);
  if (!loaded.ok) return refuseConfig(loaded.issues);
  const config = loaded.value;
  const log = openGatewayLog(
    config.value.logging ?? {},
    [...config.secrets, environmentKey()],
    options["json"] !== true,
  );
  printIssues(loaded.warnings);
  let isAsked = false;
  const stopAsked = stopSignal(() => (isAsked = true));
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
      paths,
      config,
      clock: systemClock,
      logger: log,
      onSecrets: (secrets) => log.learn(secrets),
      ...(port === undefined ? {} : { port }),
    });
    if (options["json"] === true)
      print(JSON.stringify({ event: "ready", port: running.port, providers: running.providers }));
    else printError(readyLine(running.port));
    if (options["first-steps"] === true && !config.found)
      printError(firstSteps(running.port, running.tokenFile, paths.config));
    await stopAsked;
    if (options["json"] !== true) printError("Stopping …");
    await running.stop();
    return 0;
  } catch (fault) {
    if (isAsked) return 0;
    throw fault;
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
