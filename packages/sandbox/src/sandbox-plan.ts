/** Who needs a container, and which one that is. */
import type { Sandbox } from "./open-sandbox.ts";
import type { SandboxSettings } from "./settings.ts";

/** What a call needs: decided by the policy and the config, nothing of it by the model. */
export interface SandboxNeed {
  readonly scopeKey: string;
  /** A container beside the one of the tools. Absent: theirs. */
  readonly purpose?: "browser";
  readonly agent: string;
  readonly access: "none" | "ro" | "rw";
  readonly agentWorkspace: string;
  /** The same object while the config is the same. */
  readonly settings: SandboxSettings;
}

/** A container to be, and how to make it. */
export interface SandboxPlan {
  /** Equal digests are the same container. */
  readonly configuration: string;
  /**
   * Absent: only one that was made for this very need will do. Otherwise any that is of this kind may become it, with what is in
   * its workspace moved to this directory.
   */
  readonly spare?: { readonly kind: string; readonly workspace: string };
  open(): Promise<Sandbox>;
}

/** What a container may use to reach the network: made for it alone, gone with it. */
export interface WayOut {
  /** Laid over what every command begins with: the proxy's variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Another one when anything else is open: then the container is another one too. */
  readonly digest: string;
  /** Name of the proxy's socket in the channel's directory. */
  readonly socket: string;
  /**
   * Serves in that directory from now on.
   * @param whose the scope key of whoever has the container at that moment: one that was made beforehand gets another one.
   */
  open(directory: string, whose: () => string): Promise<{ close(): Promise<void> }>;
}
