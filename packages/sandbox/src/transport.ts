/** How the gateway and the supervisor of a container come to speak: one stream each, which the same handshake begins. */

/**
 * `socket`: the container connects to the gateway, in a directory that both see. `attach`: the first process's own input and
 * output, through the engine. `exec`: those of a bridge that the engine starts beside it, for an engine that cannot attach.
 */
export type Transport = "socket" | "attach" | "exec";

/** Where the engine is, and what the owner says of the way to its containers. */
export interface EngineReach {
  /** No directory of this machine is there: nothing can be mounted. */
  readonly isRemote: boolean;
  /** `auto`: the first of the list below that gives the handshake. */
  readonly transport: "auto" | Transport;
}

/** Quickest first; empty when the owner asks for what cannot be. */
export function transportsFor({ isRemote, transport }: EngineReach): readonly Transport[] {
  const possible: readonly Transport[] = isRemote ? ["attach", "exec"] : ["socket", "attach", "exec"];
  return transport === "auto" ? possible : possible.filter((each) => each === transport);
}

/** Why the first one is tried first, for people. */
export function reasonFor({ isRemote, transport }: EngineReach): string {
  if (transport !== "auto") return "agents.defaults.sandbox.docker.transport says so";
  return isRemote
    ? "the engine is on another machine, which sees no directory of this one"
    : "the engine and the gateway share this machine's file system";
}
