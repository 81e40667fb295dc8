/** The providers at work: started, watched, restarted, stopped; each in a fault domain of its own. */
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import type { ConnectionState, Provider, ProviderConnection, ProviderPorts } from "@clawd/provider-kit";
import { runInDomain } from "./fault-domain.ts";

export interface Notice {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** What a provider needs to be connected for one account. */
export interface ConnectionSpec {
  readonly provider: Provider<unknown>;
  readonly account: string;
  readonly settings: unknown;
  readonly ports: Pick<ProviderPorts, "http" | "receive">;
}

export interface Connection {
  readonly provider: Provider<unknown>;
  readonly account: string;
  readonly state: ConnectionState;
  readonly notices: readonly Notice[];
  readonly link: ProviderConnection;
}

export interface Connections {
  /** Starts all of them side by side; one that fails is reported and tried again, and holds up nobody. */
  start(): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
  get(provider: string, account: string): Connection | undefined;
  list(): readonly Connection[];
}

/** Milliseconds between a crash of a provider and its next start: doubles up to the last. */
const restartPauses = [1000, 2000, 4000, 8000, 16_000, 30_000, 60_000];

export function createConnections(
  specs: readonly ConnectionSpec[],
  ports: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly onChange: (connection: Connection) => void;
  },
): Connections {
  const supervised = specs.map((spec) => supervise(spec, ports));
  const byKey = new Map(supervised.map((one) => [`${one.provider.network.id}:${one.account}`, one]));
  return {
    async start() {
      await Promise.all(supervised.map((one) => one.start()));
    },
    async stop() {
      await Promise.all(supervised.map((one) => one.stop()));
    },
    get: (provider, account) => byKey.get(`${provider}:${account}`),
    list: () => supervised,
  };
}

function supervise(
  spec: ConnectionSpec,
  { clock, logger, onChange }: { clock: Clock; logger: Logger; onChange: (connection: Connection) => void },
) {
  const fields = { provider: spec.provider.network.id, account: spec.account };
  const stopping = new AbortController();
  const notices = new Map<string, Notice>();
  let state: ConnectionState = { state: "starting" };
  let crashes = 0;
  let isBroken = false;
  let restarting: Promise<void> | undefined;

  function report(next: ConnectionState): void {
    if (next.state === "connected") crashes = 0;
    if (next.state !== state.state)
      logger.info("provider is", {
        ...fields,
        state: next.state,
        ...(next.state === "down" ? { code: next.code } : {}),
      });
    state = next;
    onChange(connection);
  }

  /** A crash: the provider is stopped and started again after a pause that grows. */
  function onFault(fault: unknown): void {
    logger.error("provider crashed", { ...fields, code: codeOf(fault), reason: messageOf(fault) });
    if (stopping.signal.aborted) return;
    report({
      state: "down",
      code: codeOf(fault),
      message: "The provider crashed; it is being restarted.",
      hint: hintOf(fault),
    });
    isBroken = true;
    restarting ??= restart().finally(() => (restarting = undefined));
  }

  async function restart(): Promise<void> {
    while (isBroken && !stopping.signal.aborted) {
      isBroken = false;
      const pause = restartPauses[Math.min(crashes++, restartPauses.length - 1)]!;
      await guarded(() => inner.stop()).catch(() => {});
      await clock.sleep(pause, stopping.signal);
      if (!stopping.signal.aborted) await begin();
    }
  }

  async function begin(): Promise<void> {
    try {
      await guarded(() => inner.start());
    } catch (fault) {
      onFault(fault);
    }
  }

  const guarded = <T>(work: () => Promise<T>) => runInDomain({ onFault }, work);
  const inner = guardedConnect();
  const link: ProviderConnection = {
    start: () => inner.start(),
    stop: () => inner.stop(),
    send: (message, signal) => guarded(() => inner.send(message, signal)),
    ...(inner.typing ? { typing: (chat) => guarded(() => inner.typing!(chat)) } : {}),
    ...(inner.attempt ? { attempt: (message) => inner.attempt!(message) } : {}),
    ...(inner.confirm
      ? { confirm: (message, attempt) => guarded(() => inner.confirm!(message, attempt)) }
      : {}),
  };
  function guardedConnect(): ProviderConnection {
    return runInDomain({ onFault }, () =>
      spec.provider.connect(spec.settings, {
        ...spec.ports,
        account: spec.account,
        clock,
        logger: prefixed(logger, fields),
        report,
        warn(notice) {
          if (!notices.has(notice.code)) logger.warn("provider notice", { ...fields, code: notice.code });
          notices.set(notice.code, notice);
          onChange(connection);
        },
      }),
    );
  }

  const connection = {
    provider: spec.provider,
    account: spec.account,
    get state() {
      return state;
    },
    get notices() {
      return [...notices.values()];
    },
    link,
    start: begin,
    async stop() {
      stopping.abort();
      await restarting;
      try {
        await guarded(() => inner.stop());
      } catch (fault) {
        logger.error("provider did not stop cleanly", {
          ...fields,
          code: codeOf(fault),
          reason: messageOf(fault),
        });
      }
      report({ state: "stopped" });
    },
  };
  return connection;
}

function codeOf(fault: unknown): string {
  return isClawdError(fault) ? fault.code : "CLAWD_PROVIDER_CRASHED";
}

function hintOf(fault: unknown): string {
  return isClawdError(fault)
    ? fault.hint
    : "Look for `provider crashed` in the log; `clawdbot doctor` checks the settings.";
}

function prefixed(logger: Logger, fields: Record<string, string>): Logger {
  return {
    debug: (message, more) => logger.debug(message, { ...fields, ...more }),
    info: (message, more) => logger.info(message, { ...fields, ...more }),
    warn: (message, more) => logger.warn(message, { ...fields, ...more }),
    error: (message, more) => logger.error(message, { ...fields, ...more }),
  };
}
