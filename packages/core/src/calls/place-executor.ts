/** Makes a tool that works in a place into what carries a decided call out: in the place that the decision named. */
import type { Clock } from "@clawd/kernel";
import type { Place } from "@clawd/sandbox";
import type { PlaceContext, Processes, Tool } from "@clawd/tools";
import type { PlacedCall, ToolExecutor } from "./tool-call.ts";

/** Places, opened for one call at a time. */
export interface Places {
  /** The place of the decision, and no other. @throws ClawdError when it cannot be had */
  enter(call: PlacedCall): Promise<PlaceLease>;
}

export interface PlaceLease {
  readonly place: Place;
  /** Idempotent. */
  release(): void;
}

export interface PlaceExecutorPorts {
  readonly places: Places;
  readonly processes: Processes;
  readonly clock: Clock;
}

export function placeExecutor(tool: Tool<PlaceContext>, ports: PlaceExecutorPorts): ToolExecutor {
  const { places, processes, clock } = ports;

  async function within<Value>(
    call: PlacedCall,
    work: (place: () => Promise<Place>) => Promise<Value>,
  ): Promise<Value> {
    const leases: PlaceLease[] = [];
    try {
      return await work(async () => {
        const lease = await places.enter(call);
        leases.push(lease);
        return lease.place;
      });
    } finally {
      for (const lease of leases) lease.release();
    }
  }

  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
    fingerprint: (call) => within(call, async (place) => fingerprintOf(await place(), call.input)),
    run: (call, signal) =>
      within(call, (place) =>
        tool.call(
          call.input,
          { place, processes, clock, scope: call.session, mayUseProcess: call.mayUse("process") },
          signal,
        ),
      ),
  };
}

/** Words of a command that are looked at. */
const mostWords = 64;

/**
 * The directory where the call would run, and the files that its words name, as they are now: what an owner's word was about is
 * what runs. A file that nothing in the command names is not seen: an interpreter may read any other.
 */
async function fingerprintOf(place: Place, input: unknown): Promise<string> {
  const { command, workdir } = Object(input) as { readonly command?: unknown; readonly workdir?: unknown };
  const home = typeof workdir === "string" && workdir !== "" ? workdir : place.home;
  const words =
    typeof command === "string" ? command.split(/[\s"'`;|&<>()$=]+/).filter((word) => word !== "") : [];
  const paths = [...new Set(words)]
    .slice(0, mostWords)
    .map((word) => (word.startsWith("/") ? word : `${home}/${word}`));
  const found = await Promise.all(paths.map((path) => seen(place, path)));
  const directory = await place.files.stat(home).catch(() => null);
  return JSON.stringify([directory?.identity ?? null, paths, found]);
}

async function seen(place: Place, path: string): Promise<string | null> {
  const stat = await place.files.stat(path).catch(() => null);
  return stat === null ? null : stat.kind === "directory" ? stat.identity : stat.version;
}
