/**
 * Makes one container and proves it. INVARIANT: what comes out runs with the limits that were asked for, read back from inside;
 * anything else is removed and a fault (open-sandbox.test.ts).
 */
import { renameSync } from "node:fs";
import { type Clock, isClawdError, messageOf } from "@clawd/kernel";
import { diskWatch } from "./disk-watch.ts";
import type { ContainerSpecification, Engine, EngineInfo } from "./engine.ts";
import { differences } from "./observed.ts";
import type { Place, PlaceEnvironment, SandboxReceipt } from "./place.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import type { SandboxSettings } from "./settings.ts";
import { labels } from "./specification.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import type { Transport } from "./transport.ts";

/** An open container with what runs in it. */
export interface Sandbox {
  readonly container: string;
  readonly configuration: string;
  readonly place: Place;
  /** Whether a command runs in it. */
  isBusy(): boolean;
  /** Resolves when the container is gone, by whomever. */
  readonly lost: Promise<void>;
  /**
   * Nobody's until now, it is this one from now on: read back once more, and its workspace moved to where it belongs. It may not
   * be used under its old name afterwards.
   * @throws CLAWD_SANDBOX_UNPROVEN; CLAWD_PLACE_LOST; of the file system, where `workspace` is no empty directory
   */
  become(as: Identity, signal: AbortSignal): Promise<Sandbox>;
  /** Kills everything in it and removes it. Idempotent; never throws. */
  close(): Promise<void>;
}

/** What distinguishes a container from another one of its kind. */
export interface Identity {
  readonly scopeKey: string;
  readonly configuration: string;
  /** Directory on the host. */
  readonly workspace: string;
}

export interface OpenSandboxPorts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly environment: PlaceEnvironment;
  /** Starts the container and waits for its supervisor. */
  readonly connect: (container: string) => Promise<Supervisor>;
}

/**
 * @throws CLAWD_SANDBOX_LIMITS, _ISOLATION, _NAME_TAKEN, _UNPROVEN, _SETUP; CLAWD_ENGINE_*; CLAWD_PLACE_LOST when the container
 * ends before it is ready.
 */
export async function openSandbox(
  specification: ContainerSpecification,
  settings: SandboxSettings,
  ports: OpenSandboxPorts,
): Promise<Sandbox> {
  const { engine } = ports;
  checkEngine(await engine.describe(), specification);
  await removeEarlier(specification, engine);
  const container = await engine.create(specification);
  try {
    const supervisor = await ports.connect(container);
    await prove(supervisor, specification);
    const receipt: SandboxReceipt = {
      place: "sandbox",
      container,
      image: specification.image,
      configuration: specification.labels[labels.configHash] ?? "",
      isolation: specification.runtime === "runsc" ? "strong" : "standard",
      path: "supervisor",
      transport: specification.labels[labels.transport] as Transport,
    };
    let running = 0;
    const workspace = specification.mounts.find(({ target }) => target === specification.workdir);
    // One in the container's memory has its size from the kernel.
    let directory = workspace?.source ?? "";
    const disk =
      workspace === undefined
        ? null
        : diskWatch({
            path: () => directory,
            maxBytes: settings.workspaceMaxBytes,
            clock: ports.clock,
            onFull: (fault) => supervisor.close(fault),
          });
    // Measured by the time that the first command asks.
    disk?.check().catch(() => undefined);
    const place: Place = {
      receipt,
      home: specification.workdir,
      environment: ports.environment,
      files: {
        ...supervisor.files,
        async write(path, bytes, expect) {
          await disk?.check();
          return supervisor.files.write(path, bytes, expect);
        },
      },
      async start(request) {
        await disk?.check();
        const command = await supervisor.start(request);
        running++;
        const stop = disk?.during();
        const ended = () => {
          running--;
          stop?.();
        };
        command.exit.then(ended, ended);
        return command;
      },
    };
    if (settings.docker.setupCommand !== undefined) await setUp(place, settings.docker.setupCommand);
    const lost = supervisor.lost.then(() => disk?.stop());
    const sandboxOf = (configuration: string): Sandbox => ({
      container,
      configuration,
      place: { ...place, receipt: { ...receipt, configuration } },
      isBusy: () => running > 0,
      lost,
      async become(as, signal) {
        if (workspace === undefined || running > 0)
          throw sandboxFault(
            "CLAWD_SANDBOX_UNPROVEN",
            "The container is in use, or has no workspace of its own.",
          );
        await prove(supervisor, specification);
        signal.throwIfAborted();
        // Takes the place of an empty directory and of nothing else; what is mounted is the directory, not its name.
        renameSync(directory, as.workspace);
        directory = as.workspace;
        return sandboxOf(as.configuration);
      },
      async close() {
        supervisor.close();
        await engine.remove(container).catch(() => undefined);
      },
    });
    return sandboxOf(receipt.configuration);
  } catch (fault) {
    await engine.remove(container).catch(() => undefined);
    throw fault;
  }
}

async function prove(supervisor: Supervisor, specification: ContainerSpecification): Promise<void> {
  const found = differences(await supervisor.observe(), specification);
  if (found.length > 0)
    throw sandboxFault(
      "CLAWD_SANDBOX_UNPROVEN",
      `The container is not confined as asked: ${found.join("; ")}.`,
    );
}

/** What the engine cannot limit, it would silently not limit. */
function checkEngine(info: EngineInfo, { runtime }: ContainerSpecification): void {
  const missing: string[] = (["memory", "swap", "processes", "cpu"] as const).filter(
    (limit) => !info.limits[limit],
  );
  // gVisor is a kernel of its own, and filters what it asks of the real one.
  if (!info.hasSeccomp && runtime === undefined) missing.push("system calls");
  if (missing.length > 0)
    throw sandboxFault(
      "CLAWD_SANDBOX_LIMITS",
      `The engine ${info.name} ${info.version} cannot limit: ${missing.join(", ")}.`,
    );
  if (runtime !== undefined && !info.runtimes.includes(runtime))
    throw sandboxFault(
      "CLAWD_SANDBOX_ISOLATION",
      `The engine has no runtime ${runtime}; it has ${info.runtimes.join(", ")}.`,
    );
}

/** Ours from before: its stream is gone, so nobody can use it. Somebody else's is not touched. */
async function removeEarlier({ name, labels: own }: ContainerSpecification, engine: Engine): Promise<void> {
  const earlier = await engine.inspect(name);
  if (earlier === null) return;
  const isOurs = [labels.sandbox, labels.installation].every((label) => earlier.labels[label] === own[label]);
  if (!isOurs)
    throw sandboxFault(
      "CLAWD_SANDBOX_NAME_TAKEN",
      `A container named ${name} exists and is not this gateway's.`,
    );
  await engine.remove(earlier.id);
}

const setupTimeout = 600_000;
const shownOutput = 2000;

async function setUp(place: Place, command: string): Promise<void> {
  let output = "";
  try {
    const running = await place.start({
      argv: ["/bin/sh", "-lc", command],
      cwd: place.home,
      environment: place.environment.base,
      input: "none",
      timeoutMs: setupTimeout,
    });
    for await (const { bytes } of running.output)
      output = (output + Buffer.from(bytes).toString("utf8")).slice(-shownOutput);
    const { code, signal, isTimedOut } = await running.exit;
    if (code === 0) return;
    throw sandboxFault(
      "CLAWD_SANDBOX_SETUP",
      `setupCommand ended with ${isTimedOut ? "its time over" : (code ?? signal)}: ${output.trim()}`,
    );
  } catch (fault) {
    if (isClawdError(fault) && fault.code === "CLAWD_SANDBOX_SETUP") throw fault;
    throw sandboxFault("CLAWD_SANDBOX_SETUP", `setupCommand could not run: ${messageOf(fault)}`, fault);
  }
}
