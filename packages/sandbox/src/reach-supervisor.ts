/**
 * From a container that was made to its supervisor, by one of the ways there are. INVARIANT: whoever does not begin as a supervisor
 * does is refused by every way, and no other way is tried then (transport.test.ts).
 */
import { readdirSync, readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { isClawdError } from "@clawd/kernel";
import type { Channel } from "./channel.ts";
import type { ContainerSpecification, ContainerStream, Engine } from "./engine.ts";
import type { PlaceEnvironment } from "./place.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import { channelPath, supervisorPath } from "./specification.ts";
import type { Root } from "./supervisor/paths.ts";
import { connectSupervisor, type Supervisor } from "./supervisor/supervisor.ts";
import type { Transport } from "./transport.ts";

export interface SupervisorReach {
  readonly engine: Engine;
  readonly transport: Transport;
  readonly channel: Channel;
  readonly specification: ContainerSpecification;
  readonly environment: PlaceEnvironment;
  /** Name of the proxy's socket in the channel's directory; null: no way out. */
  readonly egressSocket: string | null;
}

/** Milliseconds from the start to the supervisor's connection. */
const connectTimeout = 20_000;

/**
 * Starts the container.
 * @throws CLAWD_PLACE_PROTOCOL when what answers is no supervisor; CLAWD_PLACE_LOST, CLAWD_SANDBOX_UNPROVEN, CLAWD_ENGINE_* when
 * nothing answers this way.
 */
export async function reachSupervisor(container: string, reach: SupervisorReach): Promise<Supervisor> {
  const { specification, environment, channel, egressSocket, transport } = reach;
  const stream = await streamTo(container, reach);
  // By a socket that is mounted, the way out has one of its own.
  const isCarried = egressSocket !== null && transport !== "socket";
  return connectSupervisor(stream, {
    home: specification.workdir,
    roots: rootsOf(specification),
    environment,
    ...(isCarried && { onEgress: (inside) => joined(inside, join(channel.directory, egressSocket)) }),
  });
}

/** By another way a silent one may be reached; one that lied is not asked again. */
export const isSilence = (fault: unknown): boolean =>
  isClawdError(fault) && fault.code !== "CLAWD_PLACE_PROTOCOL";

/** Puts the channel's files into a container that has no mount of it. */
export async function layDown({ directory }: Channel, { files }: Supervisor): Promise<void> {
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isFile())
      await files.write(`${channelPath}/${entry.name}`, readFileSync(join(directory, entry.name)));
}

async function streamTo(container: string, { engine, transport, channel }: SupervisorReach): Promise<Duplex> {
  switch (transport) {
    case "socket":
      return bySocket(await engine.start(container), channel);
    case "attach":
      return engine.start(container);
    case "exec":
      await engine.launch(container);
      return engine.run(container, [supervisorPath, "--bridge"]);
  }
}

/** A connection that somebody inside opened, on to the proxy of this container alone. */
function joined(inside: Duplex, proxy: string): void {
  const outside = createConnection({ path: proxy, allowHalfOpen: true });
  outside.on("error", () => inside.destroy());
  inside.on("close", () => outside.destroy());
  outside.on("close", () => inside.destroy());
  inside.pipe(outside).pipe(inside);
}

/** The supervisor's connection, or the end of the container, whichever comes first. */
async function bySocket(attached: ContainerStream, channel: Channel): Promise<Duplex> {
  // What it writes there is of no use, and must not fill up.
  attached.resume();
  const ended = new Promise<never>((_, reject) => {
    attached.once("close", () => {
      const said = attached.errorOutput.trim();
      reject(
        sandboxFault("CLAWD_SANDBOX_UNPROVEN", `The container ended before it was ready. ${said}`.trim()),
      );
    });
  });
  ended.catch(() => undefined);
  return Promise.race([channel.accept(connectTimeout), ended]);
}

/** What file tools reach: the mounts and the writable places in memory. */
function rootsOf({ mounts, tmpfs }: ContainerSpecification): readonly Root[] {
  return [
    ...mounts
      .filter(({ target }) => !target.startsWith("/etc/") && target !== channelPath)
      .map(({ target, isReadOnly }) => ({ path: target, isReadOnly })),
    ...Object.keys(tmpfs)
      .filter((path) => path !== "/run")
      .map((path) => ({ path, isReadOnly: false })),
  ];
}
