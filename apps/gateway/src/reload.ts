/** The config file while the gateway runs: read again when it changes, taken over where it widens nothing, told where it does. */
import { type LoadedConfig, watchConfig } from "@clawd/config";
import { type ConfigInForce, createConfigInForce, type HeldConfig, type Offer } from "@clawd/core";
import type { Clock, Issue, Logger } from "@clawd/kernel";
import type { Policy } from "@clawd/policy";
import type { Audit } from "@clawd/store";
import type { Config } from "./config.ts";
import type { Paths } from "./paths.ts";
import { loadWhole, violatedExamples } from "./load.ts";
import { policyOf } from "./policy-of.ts";
import { secretSettingsOf } from "./providers.ts";
import { concealed, settingChanges } from "./own-config/setting-changes.ts";
import { configOptions } from "./settings.ts";

export interface ReloadPorts {
  readonly paths: Pick<Paths, "config" | "stateDir">;
  readonly initial: LoadedConfig<Config>;
  /** Of `initial`. */
  readonly policy: Policy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Pick<Audit, "append">;
  /** Hears of secrets before anything could show them. */
  readonly onSecrets: (secrets: readonly string[]) => void;
  /** Makes ready for a config, and gives what then puts it in force. What it throws leaves the old one. */
  readonly prepare: (config: Config) => Promise<Prepared>;
  /** Tells the owners of a config that waits for their word. */
  readonly tell: (held: HeldConfig) => void;
}

export interface Prepared {
  /** At once, and without failing. */
  readonly takeOver: () => void;
  /** What may take its time. */
  readonly finish: () => Promise<void>;
}

export interface Reload {
  readonly inForce: ConfigInForce<LoadedConfig<Config>>;
  /** Reads the config on disk now. */
  offer(): Promise<Offer | { readonly state: "invalid"; readonly issues: readonly Issue[] }>;
  start(): void;
  stop(): void;
}

export async function createReload(ports: ReloadPorts): Promise<Reload> {
  const { paths, initial, clock, logger, audit, onSecrets } = ports;
  const { config: path } = paths;
  const secretSettings = await secretSettingsOf();
  const inForce = createConfigInForce({
    initial,
    compile: (loaded: LoadedConfig<Config>) => (loaded === initial ? ports.policy : policyOf(loaded)),
    settings: (before, after) =>
      concealed(settingChanges(before.value, after.value, { paths, secretSettings }), [
        ...before.secrets,
        ...after.secrets,
      ]),
    async apply(loaded, policy, takeOver) {
      const before = inForce.current().value;
      const prepared = await ports.prepare(loaded.value);
      prepared.takeOver();
      takeOver();
      audit.append({ kind: "config-changed", policy: policy.hash });
      logger.info("config reloaded", { policy: policy.hash });
      if (needsRestart(before, loaded.value))
        logger.warn("gateway, session and logging settings wait for the next start");
      await prepared.finish();
    },
    onHeld(held) {
      audit.append({ kind: "config-held", detail: { hash: held.hash } });
      logger.warn("the config on disk gives more and is not in force", {
        hash: held.hash,
        hint: `Accept exactly this with \`clawdbot config apply --ack ${held.shortHash}\`, or take it back.`,
        changes: held.lines.join("; "),
      });
      ports.tell(held);
    },
  });
  const watch = watchConfig<Config>({
    ...(await configOptions(path)),
    initial,
    clock,
    async onChange(loaded) {
      onSecrets(loaded.secrets);
      const violated = await violatedExamples(loaded);
      if (violated.length === 0) await inForce.offer(loaded);
      else reportIssues(violated, logger);
    },
    onIssues: (issues) => reportIssues(issues, logger),
  });
  return {
    inForce,
    async offer() {
      const loaded = await loadWhole(path);
      return loaded.ok ? inForce.offer(loaded.value) : { state: "invalid", issues: loaded.issues };
    },
    start: () => watch.start(),
    stop: () => watch.stop(),
  };
}

/** Sections that are read once, at the start. */
function needsRestart(before: Config, after: Config): boolean {
  const part = ({ gateway, session, logging }: Config) =>
    JSON.stringify([gateway, session?.idleMinutes, logging]);
  return part(before) !== part(after);
}

function reportIssues(issues: readonly Issue[], logger: Logger): void {
  for (const { code, path, message, hint, file, line } of issues)
    logger.error("the config on disk is not in force", { code, path, problem: message, hint, file, line });
}
