/** The policy of a config that was loaded, and so is valid. */
import type { LoadedConfig } from "@clawd/config";
import { compile, type Policy } from "@clawd/policy";
import type { Config } from "./config.ts";
import { networks } from "./providers.ts";

export function policyOf({ value, locate }: LoadedConfig<Config>): Policy {
  const compiled = compile(value, { networks, locate });
  // The same check ran when the config was loaded.
  if (!compiled.ok) throw new TypeError("A config that was valid does not compile.");
  return compiled.policy;
}
