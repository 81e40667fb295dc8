/** The whole config: its schema, put together from the packages, and what is read out of it. */
import { browserSchema } from "@clawd/browser/schema";
import { modelSecrets, modelSections } from "@clawd/agent/schema";
import { legacyKeysOfNetworks, type LoadConfigOptions, type Locate } from "@clawd/config";
import { composeSchema } from "@clawd/config/schema";
import { cronSchema } from "@clawd/cron/schema";
import { formatPath, type Issue } from "@clawd/kernel";
import { loggingSchema } from "@clawd/log/schema";
import { compile } from "@clawd/policy";
import { egressSchema, egressSecretKeys } from "@clawd/egress/schema";
import { accessShape, policySectionsWith } from "@clawd/policy/schema";
import { sandboxShape } from "@clawd/sandbox/schema";
import { gatewayShape } from "@clawd/server/schema";
import { sessionShape } from "@clawd/sessions/schema";
import { toolsShape } from "@clawd/tools/schema";
import { z } from "zod";
import { agentIssues } from "./agent-issues.ts";
import type { Config } from "./config.ts";
import { cronIssues } from "./cron-issues.ts";
import { connectable, loadSettings, networks } from "./providers.ts";
import { sandboxConfigIssues } from "./hands/sandbox-settings.ts";

/** How the config is read, wherever it is read. Loads every schema. */
export async function configOptions(path: string): Promise<LoadConfigOptions<Config>> {
  const settings = await loadSettings();
  const { session, ...policy } = policySectionsWith({
    sandbox: { ...sandboxShape, egress: egressSchema.optional() },
    tools: toolsShape,
  });
  const schema = composeSchema({
    sections: {
      ...policy,
      session: z.strictObject({ ...session.unwrap().shape, ...sessionShape }),
      gateway: z.strictObject(gatewayShape),
      logging: loggingSchema,
      browser: browserSchema,
      cron: cronSchema.optional(),
      ...modelSections,
    },
    providers: networks.map((network) => ({
      network,
      settings: settings.get(network.id)?.settings ?? {},
      accessShape: withoutEnabled(accessShape(network.layout)),
    })),
  });
  const secretKeys = networks.flatMap(({ id }) =>
    (settings.get(id)?.secretSettings ?? []).flatMap((key) => [
      [id, key],
      [id, "accounts", "*", key],
    ]),
  );
  return {
    path,
    environment: process.env,
    schema,
    secretKeys: [...secretKeys, ...egressSecrets, ["gateway", "auth", "token"], ...modelSecrets],
    unsetSecrets: "warn",
    legacyKeys: legacyKeysOfNetworks(networks),
    roughChecks: policyIssues,
    extraChecks: (config, locate) => [
      ...policyIssues(config, locate),
      ...agentIssues(config, locate, process.env),
      ...cronIssues(config, locate),
      ...sandboxConfigIssues(config, locate, process.env),
      ...readinessIssues(config, locate, settings),
    ],
  };
}

const egressSecrets = egressSecretKeys.flatMap((key) => [
  ["agents", "defaults", "sandbox", "egress", ...key.split(".")],
  ["agents", "list", "*", "sandbox", "egress", ...key.split(".")],
]);

/** `enabled` belongs to every section of a network, whoever brings it. */
function withoutEnabled({ enabled: _enabled, ...shape }: ReturnType<typeof accessShape>) {
  return shape;
}

/** What the rules say against each other; the schema saw every value alone. */
function policyIssues(config: unknown, locate: Locate): readonly Issue[] {
  const compiled = compile(config, { networks, locate });
  return compiled.ok ? compiled.warnings : compiled.issues;
}

/** A network that cannot be connected as it is configured is no mistake in the rules: they are checked all the same. */
function readinessIssues(
  config: Config,
  locate: Locate,
  settings: Awaited<ReturnType<typeof loadSettings>>,
): readonly Issue[] {
  return accountsOf(config).flatMap(({ provider, account, settings: own }): Issue[] => {
    const readiness = settings.get(provider)?.ready?.(own as never);
    if (readiness === undefined || readiness.ready) return [];
    const isNamed = Object.hasOwn((config[provider] as { accounts?: object }).accounts ?? {}, account);
    const path = isNamed ? [provider, "accounts", account] : [provider];
    const { message, hint } = readiness;
    return [{ code: notReady, path: formatPath(path), message, hint, severity: "warning", ...locate(path) }];
  });
}

/** The code of the warning; `doctor` tells the same by its own check. */
export const notReady = "not-ready";

/** One account of one network, with its settings: its own over those of the network. */
export interface AccountSettings {
  readonly provider: string;
  readonly account: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The accounts that are configured and enabled; a network without `accounts` has the account `default`. */
export function accountsOf(config: Config): readonly AccountSettings[] {
  return Object.keys(connectable).flatMap((provider) => {
    const section = config[provider] as Readonly<Record<string, unknown>> | undefined;
    if (section === undefined || section["enabled"] === false) return [];
    const { accounts, ...base } = section;
    const entries = Object.entries(
      (accounts ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    );
    const all =
      entries.length === 0 ? ([["default", {}]] as [string, Readonly<Record<string, unknown>>][]) : entries;
    return all
      .filter(([, own]) => own["enabled"] !== false)
      .map(([account, own]) => ({ provider, account, settings: { ...base, ...own } }));
  });
}
