/** The config as this app reads it; what a provider or the policy reads goes to them as it is. */
import type { BrowserSettings } from "@clawd/browser/schema";
import type { ModelProviderSettings } from "@clawd/agent/schema";
import type { ComposedConfig } from "@clawd/config/schema";
import type { CronConfig } from "@clawd/cron/schema";
import type { LoggingConfig } from "@clawd/log/schema";
import type { EgressSettings } from "@clawd/egress/schema";
import type { SandboxConfig } from "@clawd/sandbox/schema";
import type { gatewayShape } from "@clawd/server/schema";
import type { z } from "zod";

export interface Config extends ComposedConfig {
  readonly gateway?: z.output<z.ZodObject<typeof gatewayShape>>;
  readonly logging?: LoggingConfig;
  readonly browser?: BrowserSettings;
  readonly cron?: CronConfig;
  readonly session?: { readonly idleMinutes?: number };
  readonly access?: { readonly examples?: unknown };
  readonly commands?: { readonly ownerAllowFrom?: readonly string[] };
  readonly models?: { readonly providers?: Readonly<Record<string, ModelProviderSettings>> };
  readonly agents?: {
    readonly defaults?: {
      readonly model?: ModelChoice;
      readonly imageModel?: ModelChoice;
      readonly mediaMaxMb?: number;
      readonly subagents?: { readonly maxConcurrent?: number; readonly maxPerTurn?: number };
      readonly workspace?: string;
      readonly groupChat?: GroupChat;
      readonly sandbox?: AgentSandbox;
    };
    readonly list?: readonly AgentEntry[];
  };
  readonly tools?: {
    readonly bash?: {
      readonly backgroundMs?: number;
      readonly timeoutSec?: number;
      readonly cleanupMs?: number;
    };
  };
  readonly messages?: { readonly groupChat?: GroupChat };
}

export interface GroupChat {
  readonly mentionPatterns?: readonly string[];
  readonly historyLimit?: number;
}

type ModelChoice = string | { readonly primary?: string; readonly fallbacks?: readonly string[] };

export interface AgentEntry {
  readonly id: string;
  readonly default?: boolean;
  readonly name?: string;
  readonly model?: ModelChoice;
  readonly workspace?: string;
  readonly identity?: { readonly name?: string; readonly emoji?: string };
  readonly groupChat?: GroupChat;
  readonly sandbox?: AgentSandbox;
}

export type AgentSandbox = SandboxConfig & {
  readonly scope?: "session" | "agent" | "shared";
  readonly egress?: EgressSettings;
};
