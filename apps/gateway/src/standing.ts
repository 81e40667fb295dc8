/** How each configured account stands: connected, down and why, or not started and why. For whoever holds the gateway's token. */
import type { Connection } from "@clawd/core";
import { connectable, type Readiness } from "./providers.ts";
import type { AccountSettings } from "./settings.ts";

export interface Standing {
  readonly provider: string;
  readonly account: string;
  readonly state: Connection["state"]["state"] | "not started";
  /** Only where something is wrong. */
  readonly trouble?: { readonly message: string; readonly hint: string };
  /** What the network had to say beside its state. */
  readonly notices: Connection["notices"];
}

const unsupported: Readiness = {
  ready: false,
  message: "This version cannot connect to it yet.",
  hint: "Its rules are checked all the same.",
};

/** Whether these settings are enough to connect. Loads the provider. */
export async function readinessOf(id: string, settings: unknown): Promise<Readiness> {
  const load = connectable[id];
  return load === undefined ? unsupported : (await load()).ready(settings as never);
}

/** @param connections of those accounts that were started. */
export function standings(
  accounts: readonly AccountSettings[],
  connections: readonly Connection[],
): Promise<readonly Standing[]> {
  const started = new Map(connections.map((one) => [`${one.provider.network.id}:${one.account}`, one]));
  return Promise.all(
    accounts.map(async ({ provider, account, settings }): Promise<Standing> => {
      const connection = started.get(`${provider}:${account}`);
      if (connection !== undefined) return standingOf(connection);
      const readiness = await readinessOf(provider, settings);
      const { message, hint } = readiness.ready ? { message: "It is being started.", hint: "" } : readiness;
      return { provider, account, state: "not started", trouble: { message, hint }, notices: [] };
    }),
  );
}

function standingOf({ provider, account, state, notices }: Connection): Standing {
  const trouble = state.state === "down" ? { trouble: { message: state.message, hint: state.hint } } : {};
  return { provider: provider.network.id, account, state: state.state, ...trouble, notices };
}
