/** The providers at work: started, watched, restarted, stopped; each in a fault domain of its own. */
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import {
  type ConnectionState,
  type FetchedFile,
  type FetchLimit,
  fileFault,
  type OutboundMessage,
  type Provider,
  type ProviderConnection,
  type ProviderPorts,
  SendError,
} from "@clawd/provider-kit";
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
  readonly ports: Pick<ProviderPorts, "http" | "receive" | "directory">;
  /** What the provider's own note said when it was last kept. */
  readonly note: () => string | null;
}

export interface Connection {
  readonly provider: Provider<unknown>;
  readonly account: string;
  readonly state: ConnectionState;
  readonly notices: readonly Notice[];
  readonly link: Link;
}

/** What the road uses of a provider at work. What the provider does not offer answers as if it could not tell. */
export interface Link extends Pick<ProviderConnection, "send"> {
  /** @throws CLAWD_FILE_UNREACHABLE too where the provider receives no files, or was not made yet. */
  fetch(reference: string, limit: FetchLimit, signal: AbortSignal): Promise<FetchedFile>;
  /** Null when the provider keeps none. */
  note(): string | null;
  typing(chat: OutboundMessage["chat"]): Promise<void>;
  attempt(message: OutboundMessage): string | null;
  confirm(message: OutboundMessage, attempt: string): Promise<"sent" | "not-sent" | "unknown">;
}

export interface Connections {
  /** Starts all of them side by side; one that fails is reported and tried again, and holds up nobody. */
  start(): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
  /** Stops what is gone or has other settings, starts what is new; the rest goes on undisturbed. */
  apply(specs: readonly ConnectionSpec[]): Promise<void>;
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
  const supervised = new Map(specs.map((spec) => [keyOf(spec), supervise(spec, ports)]));
  let isStopped = false;
  /** One change at a time, in the order of the configs. */
  let applying: Promise<void> = Promise.resolve();

  async function replaceWith(wantedSpecs: readonly ConnectionSpec[]): Promise<void> {
    const wanted = new Map(wantedSpecs.map((spec) => [keyOf(spec), spec]));
    const gone = [...supervised].filter(
      ([key, { settings }]) => !isSame(wanted.get(key)?.settings, settings),
    );
    for (const [key] of gone) supervised.delete(key);
    await Promise.all(gone.map(([, one]) => one.stop()));
    if (isStopped) return;
    const added = [...wanted].filter(([key]) => !supervised.has(key));
    await Promise.all(
      added.map(async ([key, spec]) => {
        const one = supervise(spec, ports);
        supervised.set(key, one);
        await one.start();
      }),
    );
  }

  return {
    async start() {
      await Promise.all([...supervised.values()].map((one) => one.start()));
    },
    async stop() {
      isStopped = true;
      await applying;
      await Promise.all([...supervised.values()].map((one) => one.stop()));
    },
    apply(wanted) {
      applying = applying.then(async () => {
        if (!isStopped) await replaceWith(wanted);
      });
      return applying;
    },
    get: (provider, account) => supervised.get(`${provider}:${account}`),
    list: () => [...supervised.values()],
  };
}

function keyOf({ provider, account }: ConnectionSpec): string {
  return `${provider.network.id}:${account}`;
}

function isSame(a: unknown, b: unknown): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
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
  let inner: ProviderConnection | undefined;
  const guarded = <T>(work: () => Promise<T>) => runInDomain({ onFault }, work);

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
      await guarded(async () => inner?.stop()).catch(() => {});
      await clock.sleep(pause, stopping.signal);
      if (!stopping.signal.aborted) await begin();
    }
  }

  async function begin(): Promise<void> {
    try {
      await guarded(() => (inner ??= connect()).start());
    } catch (fault) {
      onFault(fault);
    }
  }

  function connect(): ProviderConnection {
    return spec.provider.connect(spec.settings, {
      ...spec.ports,
      note: spec.note(),
      account: spec.account,
      clock,
      logger: prefixed(logger, fields),
      report,
      warn(notice) {
        if (!notices.has(notice.code)) logger.warn("provider notice", { ...fields, code: notice.code });
        notices.set(notice.code, notice);
        onChange(connection);
      },
    });
  }

  /** For use by others: in the fault domain, and harmless before the provider was made. */
  const link: Link = {
    send: (message, signal) =>
      guarded(() => (inner === undefined ? Promise.reject(notMade()) : inner.send(message, signal))),
    fetch: (reference, limit, signal) =>
      guarded(
        async () =>
          (await inner?.fetch?.(reference, limit, signal)) ?? Promise.reject(fileFault("unreachable")),
      ),
    note: () => inner?.note?.() ?? null,
    async typing(chat) {
      await guarded(async () => inner?.typing?.(chat));
    },
    attempt: (message) => inner?.attempt?.(message) ?? null,
    confirm: (message, attempt) =>
      guarded(async () => (await inner?.confirm?.(message, attempt)) ?? "unknown"),
  };

  const connection = {
    provider: spec.provider,
    account: spec.account,
    settings: spec.settings,
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
        await guarded(async () => inner?.stop());
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

function notMade(): SendError {
  return new SendError("CLAWD_PROVIDER_NOT_STARTED", "The provider is not started.", {
    outcome: "not-sent",
    hint: "It is tried again by itself; `clawdbot status` shows when it is connected.",
  });
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
