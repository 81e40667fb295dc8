/** What the checks are told of containers: the engine, its images, what is left on it, and what the config makes of them. */

export interface SandboxFacts {
  /** The engine; or why it could not be asked, with what to do. */
  readonly engine: EngineFacts | { readonly fault: string; readonly remedy: string };
  /** Each image that an agent's containers are made from, once. Empty where the engine could not be asked. */
  readonly images: readonly ImageFacts[];
  /** Containers of this installation that no running gateway uses. */
  readonly stale: readonly { readonly id: string; readonly name: string }[];
  /** Where Clawdbot keeps its data, and how many bytes are free there; null when nobody could say. */
  readonly disk: { readonly path: string; readonly freeBytes: number } | null;
  /** Each agent of the config. */
  readonly agents: readonly SandboxedAgent[];
}

export interface EngineFacts {
  readonly name: string;
  readonly version: string;
  readonly isRootless: boolean;
  readonly cgroupVersion: 1 | 2;
  /** Limits that it takes and does not set: `memory`. */
  readonly missingLimits: readonly string[];
  readonly hasSeccomp: boolean;
  /** A kernel of its own for containers (gVisor). */
  readonly hasRunsc: boolean;
  /** Sees no directory of this machine. */
  readonly isRemote: boolean;
}

export interface ImageFacts {
  readonly reference: string;
  /** `bare`: one of the owner's own that gets the supervisor at its first use. */
  readonly state: "ready" | "missing" | "outdated" | "bare";
  /** Which of ours it is; null for one of the owner's own. */
  readonly ours: "sandbox" | "browser" | null;
}

export interface SandboxedAgent {
  readonly id: string;
  /** Key of its block, as people write it: `agents.list[0].sandbox`. */
  readonly path: string;
  readonly mode: "off" | "non-main" | "all";
  readonly scope: "session" | "agent" | "shared";
  readonly workspaceAccess: "none" | "ro" | "rw";
  readonly isolation: "standard" | "strong";
  /** People whom no list names get an answer from it. */
  readonly isForStrangers: boolean;
  readonly network: string;
  /** As they are written. */
  readonly binds: readonly string[];
  readonly mayBindAnything: boolean;
  readonly isRootReadOnly: boolean;
  /** A filter of system calls of the owner's own. */
  readonly hasOwnSeccomp: boolean;
  /** Limits that hardly limit, each in words: `32768 processes`. */
  readonly looseLimits: readonly string[];
}
