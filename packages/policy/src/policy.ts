/** The port of the engine: compile once for each config, decide for each request. */
import type { Decision } from "./decision.ts";
import type { Network } from "./network.ts";
import type { StateFacts } from "./request.ts";
import type { ToolDescriptor } from "./tool-catalogue.ts";

export interface PolicyIssue {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Absent means `"error"`. */
  readonly severity?: "error" | "warning";
}

export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface CompileOptions {
  readonly networks: readonly Network[];
  /** The tools that there are. Absent: those of Clawdbot, with their built-in lists for sandboxed sessions. */
  readonly tools?: readonly ToolDescriptor[];
  /** Where a config key was written, for `rules` and issues. Absent: they carry the path alone. */
  readonly locate?: (path: readonly (string | number)[]) => SourcePosition | undefined;
}

export type CompileResult =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly PolicyIssue[] }
  | { readonly ok: false; readonly issues: readonly PolicyIssue[] };

export interface Policy {
  /** `sha256:…` over the config that was compiled. */
  readonly hash: string;
  /** Pure, synchronous, total: any value gets a decision, and what is not understood is denied. */
  decide(request: unknown, state?: StateFacts): Decision;
}
