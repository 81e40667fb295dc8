/** The whole config: its schema put together from the packages, its rules compiled into the policy that is in force. */
import { agentSections, modelSecrets } from "@clawd/agent/schema";
import { type ComposedConfig, loadConfig, type LoadedConfig, type Locate } from "@clawd/config";
import { composeSchema } from "@clawd/config/schema";
import type { Issue, Result } from "@clawd/kernel";
import { loggingSections } from "@clawd/log/schema";
import { compile, type Policy } from "@clawd/policy";
import { accessShape, policySections } from "@clawd/policy/schema";
import { serverSections } from "@clawd/server/schema";
import { sessionSections } from "@clawd/sessions/schema";
import { loadSettings, networks } from "./providers.ts";

export interface Settings {
  readonly config: LoadedConfig<ComposedConfig>;
  readonly policy: Policy;
}
