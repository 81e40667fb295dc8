/** What can be connected of a config; what cannot says why in the log, and in `doctor`. */
import { join } from "node:path";
import { type ConnectionSpec, noteKey } from "@clawd/core";
import type { Logger } from "@clawd/kernel";
import type { Provider } from "@clawd/provider-kit";
import type { ReusableMounts } from "@clawd/server";
import type { Notes } from "@clawd/store";
import type { Config } from "./config.ts";
import { connectable, networks } from "./providers.ts";
import { accountsOf, type AccountSettings } from "./settings.ts";

export interface ConnectionSpecPorts {
  readonly mounts: ReusableMounts;
  readonly receive: ConnectionSpec["ports"]["receive"];
  readonly notes: Pick<Notes, "get">;
  /** Below it each connection has a folder for what it keeps. */
  readonly directory: string;
  readonly logger: Logger;
}

export async function connectionSpecs(
  config: Config,
  ports: ConnectionSpecPorts,
): Promise<readonly ConnectionSpec[]> {
  return (await Promise.all(accountsToConnect(config).map((account) => specOf(account, ports)))).flat();
}

/** Networks whose senders hold the gateway's token are there without being configured. */
export function accountsToConnect(config: Config): readonly AccountSettings[] {
  const operators = networks.filter(({ id, layout }) => layout === "operator" && config[id] === undefined);
  return accountsOf({ ...config, ...Object.fromEntries(operators.map(({ id }) => [id, {}])) });
}

async function specOf(
  { provider: id, account, settings }: AccountSettings,
  { mounts, receive, notes, directory, logger }: ConnectionSpecPorts,
): Promise<readonly ConnectionSpec[]> {
  const provider = (await connectable[id]!()) as Provider<unknown>;
  const readiness = provider.ready(settings);
  const ports = {
    http: mounts.of(`${id}:${account}`),
    receive,
    directory: join(directory, `${id}-${account}`),
  };
  const note = () => notes.get(noteKey(id, account));
  if (readiness.ready) return [{ provider, account, settings, ports, note }];
  const { message: reason, hint } = readiness;
  logger.warn("provider not started", { provider: id, account, reason, hint });
  return [];
}
