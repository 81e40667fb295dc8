/** The host as a place: the files below the agent's workspace, and commands as the user who runs the gateway. */
import { realpathSync } from "node:fs";
import { ClawdError, type Clock, systemClock } from "@clawd/kernel";
import { checkEnvironment, fileFault, type Place, type PlaceEnvironment } from "@clawd/sandbox";
import { pathOf } from "./handle.ts";
import { startHostCommand } from "./host-command.ts";
import { hostFault } from "./host-fault.ts";
import { hostFiles } from "./host-files.ts";
import { killTree } from "./process-tree.ts";
import { type RealRoot, type Root, walk } from "./walk.ts";

export interface HostPlaceOptions {
  /** Absolute; the home. It has to be there. */
  readonly workspace: string;
  /** Other directories in reach, absolute. */
  readonly extraRoots?: readonly Root[];
  readonly isReadOnly?: boolean;
  readonly environment: PlaceEnvironment;
  readonly clock?: Clock;
}

export interface HostPlace extends Place {
  /** Kills what is left of every command of this place, what went into the background too. Idempotent. */
  end(): void;
}

/** @throws CLAWD_HOST_PLACE when the workspace is not there, or the system is not Linux: no other has handles to walk on. */
export function hostPlace(options: HostPlaceOptions): HostPlace {
  const { workspace, extraRoots = [], isReadOnly = false, environment, clock = systemClock } = options;
  if (process.platform !== "linux")
    throw placeFault(
      `is not reached safely on ${process.platform}`,
      "Use a sandbox: set agents.defaults.sandbox.mode to all.",
    );
  // The model sees the real path, as `pwd` says it; the one in the config leads there too.
  const roots = [{ path: workspace, isReadOnly }, ...extraRoots].flatMap(realAndWritten);
  const home = roots[0]!.path;
  const id = crypto.randomUUID();
  let count = 0;

  const start: Place["start"] = async (request) => {
    checkEnvironment(request.environment, environment);
    const directory = openDirectory(request.cwd);
    try {
      return await startHostCommand(request, {
        directory: pathOf(directory.fd),
        marker: `${id}.${++count}.`,
        clock,
      });
    } finally {
      directory.release();
    }
  };

  function openDirectory(path: string): { readonly fd: number; readonly release: () => void } {
    try {
      const { target, release } = walk(path, home, roots, { links: "follow" });
      if (target?.stat.isDirectory()) return { fd: target.fd, release };
      release();
      throw fileFault(target === null ? "CLAWD_FILE_MISSING" : "CLAWD_FILE_KIND", path);
    } catch (fault) {
      throw hostFault(path, fault);
    }
  }

  return {
    receipt: { place: "host", uid: process.getuid?.() ?? -1 },
    home,
    environment,
    files: hostFiles(home, roots),
    start,
    end: () => void killTree({ marker: id }),
  };
}

function realAndWritten({ path, isReadOnly }: Root): RealRoot[] {
  try {
    const realPath = realpathSync(path);
    const written = path.replace(/(?<=.)\/+$/, "");
    return [...new Set([realPath, written])].map((root) => ({ path: root, realPath, isReadOnly }));
  } catch (cause) {
    throw placeFault("has no such directory", "Create the agent's workspace.", cause);
  }
}

function placeFault(what: string, hint: string, cause?: unknown): ClawdError {
  return new ClawdError("CLAWD_HOST_PLACE", `The host ${what}.`, {
    hint,
    ...(cause !== undefined && { cause }),
  });
}
