/** The policy of a config that was loaded, and so is valid. */
import type { LoadedConfig } from "@clawd/config";
import { compile, type CompileOptions, type Policy } from "@clawd/policy";
import type { Config } from "./config.ts";
import { networks } from "./providers.ts";

export function policyOf({ value, locate }: LoadedConfig<Config>): Policy {
  const compiled = compile(value, { networks, locate });
  // The same check ran when the config was loaded.
  if (!compiled.ok) throw new TypeError("A config that was valid does not compile.");
  return compiled.policy;
}

/**
 * For questions about everybody: without the networks that the config does not set up, on which nobody is ever heard. Where
 * a list names people of one of those, all networks are asked about.
 */
export function analysisOptions({ value, locate }: LoadedConfig<Config>): CompileOptions {
  const connected = networks.filter(({ id, layout }) => layout === "operator" || value[id] !== undefined);
  const narrowed: CompileOptions = { networks: connected, locate };
  return compile(value, narrowed).ok ? narrowed : { networks, locate };
}
