/** What the checks are told. Whoever gathers it leaves out what was not looked at; what is absent is not judged. */
import type { Issue } from "@clawd/kernel";
import type { PathFacts } from "./inspect-path.ts";
import type { SandboxFacts } from "./sandbox-facts.ts";

/** What a path is for, which says how private it must be. */
export type FileRole =
  | "state_dir"
  | "config"
  | "config_include"
  | "credentials_dir"
  | "credentials_file"
  | "sessions_dir"
  | "sessions_store"
  | "transcript"
  | "runtime_dir"
  | "runtime_file"
  | "media_dir"
  | "media_file"
  | "log_dir"
  | "log_file";

export interface FileFacts extends PathFacts {
  readonly role: FileRole;
}

/** The rules of one account at one network, as they are in force. Paths are those of the config keys, as people write them. */
export interface AccountFacts {
  readonly provider: string;
  /** As people write it: `Telegram`. */
  readonly label: string;
  readonly account: string;
  readonly dm: {
    readonly policy: "pairing" | "allowlist" | "open" | "disabled";
    readonly policyPath: string;
    /** Entries of the config's list, `"*"` included. */
    readonly allowFrom: readonly string[];
    readonly allowFromPath: string;
    /** Approved by pairing, and not in the config's list. */
    readonly approved: number;
  };
  /** Absent for a network without groups. */
  readonly groups?: {
    /** Null when unset: the groups of the map, and no others. */
    readonly policy: "open" | "allowlist" | "disabled" | null;
    readonly policyPath: string;
    /** Keys of the map of groups, guilds or channels; null when there is no map. */
    readonly map: readonly string[] | null;
    readonly mapPath: string;
  };
  /** Why it cannot connect (a missing token); null when it can. */
  readonly notReady: { readonly message: string; readonly hint: string } | null;
  /** What the provider had to say: `privacy mode is on`. */
  readonly notices: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  /** The network's own addresses that the config points elsewhere. */
  readonly endpoints: readonly { readonly path: string; readonly url: string }[];
}

export interface Facts {
  readonly files?: readonly FileFacts[];
  /** Mistakes and warnings in the config. */
  readonly configIssues?: readonly Issue[];
  /** Every account of every network that is configured. */
  readonly accounts?: readonly AccountFacts[];
  /** `session.dmScope` as it is in force. */
  readonly dmScope?: string;
  /** How many owners are listed. */
  readonly owners?: number;
  /** Entries of each list of people who may use elevated mode, while it is switched on; empty while it is off. */
  readonly elevated?: readonly { readonly path: string; readonly allowFrom: readonly string[] }[];
  readonly model?: { readonly hasKey: boolean; readonly remediation: string };
  readonly gateway?: {
    readonly bind: string;
    readonly isLoopback: boolean;
    readonly port: number;
    readonly token: "strong" | "weak" | "missing";
    /** The token stands in the config itself, not in a variable or file. */
    readonly isTokenInConfig: boolean;
    /** Who has the port: nobody, the gateway of this state, another gateway, another program. */
    readonly portTaken: "no" | "ours" | "gateway" | "program";
  };
  readonly sandbox?: SandboxFacts;
  readonly stores?: {
    /** What is wrong with the database; empty when it is sound or there is none. */
    readonly databaseDamage: readonly string[];
    /** The first bad record of the audit record; null when it verifies or there is none. */
    readonly badAudit: { readonly seq: number; readonly reason: string } | null;
    /** Session indexes that cannot be read. */
    readonly corruptSessions: readonly string[];
    /** Pairing files that cannot be trusted, each in a sentence. Absent: they were not looked at. */
    readonly corruptPairing?: readonly string[];
  };
}
