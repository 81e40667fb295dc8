/** Which way to a container is tried first, and how its first process is started for it. */
import { controlSocket } from "./channel.ts";
import { sandboxFault } from "./sandbox-fault.ts";
import type { SandboxNeed, WayOut } from "./sandbox-plan.ts";
import { channelPath, supervisorPath } from "./specification.ts";
import { type EngineReach, reasonFor, type Transport } from "./transport.ts";

/** Where the supervisor listens for programs that speak to a proxy. */
const proxyAddress = "127.0.0.1:3128";

/** A way to a container, and why it is that one. */
export interface Chosen {
  readonly way: Transport;
  readonly reason: string;
}

export const hereByAnyWay: EngineReach = { isRemote: false, transport: "auto" };

/** @throws CLAWD_SANDBOX_REMOTE when what the sandbox needs is not where the engine is */
export function firstOf(transports: readonly Transport[], reach: EngineReach, need: SandboxNeed): Chosen {
  const [way] = transports;
  if (way === undefined) throw noWay(reach);
  if (reach.isRemote && need.access !== "none")
    throw sandboxFault(
      "CLAWD_SANDBOX_REMOTE",
      `The engine is on another machine, where the agent's workspace is not: workspaceAccess cannot be ${need.access}.`,
    );
  if (reach.isRemote && need.settings.docker.binds.length > 0)
    throw sandboxFault(
      "CLAWD_SANDBOX_REMOTE",
      "The engine is on another machine, where the directories of docker.binds are not.",
    );
  return { way, reason: reasonFor(reach) };
}

export const noWay = ({ transport }: EngineReach) =>
  sandboxFault(
    "CLAWD_SANDBOX_REMOTE",
    `The engine is on another machine, and its containers cannot be reached by ${transport}.`,
  );

/** A socket of this machine carries the way out as well; any other way, it goes through the supervisor's stream. */
export function commandOf(transport: Transport, way: WayOut | null): readonly string[] {
  const forward = way === null ? [] : ["--forward", proxyAddress];
  switch (transport) {
    case "socket":
      return [
        supervisorPath,
        "--connect",
        `${channelPath}/${controlSocket}`,
        ...forward,
        ...(way === null ? [] : ["--egress-socket", `${channelPath}/${way.socket}`]),
      ];
    case "attach":
      return [supervisorPath, ...forward];
    case "exec":
      return [supervisorPath, "--await-bridge", ...forward];
  }
}
