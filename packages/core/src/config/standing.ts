/** How accounts stand: connected, down and why, or not started and why. For whoever holds the gateway's token. */
import type { Provider } from "@clawd/provider-kit";
import type { Connection } from "../connections.ts";

export interface Standing {
  readonly provider: string;
  readonly account: string;
  readonly state: Connection["state"]["state"] | "not started";
  /** Only where something is wrong. */
  readonly trouble?: { readonly message: string; readonly hint: string };
  /** What the network had to say beside its state. */
  readonly notices: Connection["notices"];
}

interface Account {
  readonly provider: string;
  readonly account: string;
  readonly settings: unknown;
}

/**
 * @param connections of those accounts that were started
 * @param readiness whether the settings of one that was not would be enough to connect
 */
export function standings(
  accounts: readonly Account[],
  connections: readonly Connection[],
  readiness: (provider: string, settings: unknown) => Promise<ReturnType<Provider["ready"]>>,
): Promise<readonly Standing[]> {
  const started = new Map(connections.map((one) => [`${one.provider.network.id}:${one.account}`, one]));
  return Promise.all(
    accounts.map(async ({ provider, account, settings }): Promise<Standing> => {
      const connection = started.get(`${provider}:${account}`);
      if (connection !== undefined) return standingOf(connection);
      const ready = await readiness(provider, settings);
      const { message, hint } = ready.ready ? { message: "It is being started.", hint: "" } : ready;
      return { provider, account, state: "not started", trouble: { message, hint }, notices: [] };
    }),
  );
}

function standingOf({ provider, account, state, notices }: Connection): Standing {
  const trouble = state.state === "down" ? { trouble: { message: state.message, hint: state.hint } } : {};
  return { provider: provider.network.id, account, state: state.state, ...trouble, notices };
}

/** What everybody may know: `ok` where everything is connected, and the bare states. */
export function healthOf(connections: readonly Connection[]) {
  const providers: Record<string, Record<string, { state: string }>> = {};
  for (const { provider, account, state } of connections)
    (providers[provider.network.id] ??= {})[account] = { state: state.state };
  const isUp = connections.every(({ state }) => state.state === "connected");
  return { status: isUp ? ("ok" as const) : ("down" as const), providers };
}
