/** The gateway: the config and the packages made into one running thing. Wires, decides nothing. */
import { watchConfig, type LoadedConfig } from "@clawd/config";
import {
  type Connection,
  type ConnectionSpec,
  createConnections,
  createRoad,
  noteKey,
  type OwnersWord,
  type Road,
} from "@clawd/core";
import { type Clock, type Issue, type Logger, messageOf } from "@clawd/kernel";
import { openPairing, type Pairing, pairingMessage } from "@clawd/pairing";
import { filePairingStore } from "@clawd/pairing/file";
import type { Policy } from "@clawd/policy";
import type { InboundEvent, Provider } from "@clawd/provider-kit";
import { bindAddress, createServer, ensureToken } from "@clawd/server";
import { openSessions } from "@clawd/sessions";
import { type Notes, openStore } from "@clawd/store";
import { rmSync } from "node:fs";
import { writeFileAtomic } from "@clawd/kernel/files";
import { recordAccess, refuseWideningUpdate } from "./access-record.ts";
import { createAgents } from "./agents.ts";
import { addressFile } from "./control-client.ts";
import { boundaryKey } from "./boundary-key.ts";
import { type ConfigInForce, createConfigInForce, type HeldConfig, shortHash } from "./config-in-force.ts";
import { heldNotices } from "./held-notice.ts";
import { mountControl } from "./control.ts";
import { type ReusableMounts, reusableMounts } from "./mounts.ts";
import { loadWhole, violatedExamples } from "./load.ts";
import type { Paths } from "./paths.ts";
import { policyOf } from "./policy-of.ts";
import { connectable, networkNamed, networks } from "./providers.ts";
import type { Config } from "./config.ts";
import { accountsOf, type AccountSettings, configOptions } from "./settings.ts";
import { standings } from "./standing.ts";
import { version } from "./version.ts";

export interface GatewayOptions {
  readonly paths: Paths;
  readonly config: LoadedConfig<Config>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears of secrets that the config did not hold at the start, before anything could show them. */
  readonly onSecrets?: (secrets: readonly string[]) => void;
  /** Instead of `gateway.port`. */
  readonly port?: number;
}

export interface Gateway {
  readonly port: number;
  /** Where the token is kept; null when the config has it. */
  readonly tokenFile: string | null;
  readonly providers: readonly string[];
  /** Lets turns and messages under way finish for a few seconds; what is left is taken up at the next start. */
  stop(): Promise<void>;
}

const stopGraceMilliseconds = 5000;
/** After the start, which has more urgent things to do. */
const recordAfterMilliseconds = 2000;
const pruneEveryMilliseconds = 60 * 60 * 1000;
const keepKeysMilliseconds = 30 * 24 * 60 * 60 * 1000;
const keepTextsMilliseconds = 24 * 60 * 60 * 1000;

/** @throws CLAWD_STATE_IN_USE, CLAWD_PORT_IN_USE and whatever else keeps it from serving; then nothing is left open. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const closers: (() => unknown)[] = [];
  try {
    return await wire(options, (close) => closers.unshift(close));
  } catch (fault) {
    for (const close of closers) await close();
    throw fault;
  }
}

async function wire(options: GatewayOptions, onClose: (close: () => unknown) => void): Promise<Gateway> {
  const { paths, clock, logger } = options;
  let agents = createAgents(options.config.value, process.env);
  const inForce = createConfigInForce({
    initial: options.config,
    compile: policyOf,
    apply: (loaded, policy, takeOver) => applyConfig(loaded, policy, takeOver),
    onHeld: (held) => announce(held),
  });
  const { value: config } = options.config;
  await refuseWideningUpdate(paths.runtime, version, inForce.policy());

  const store = openStore({ directory: paths.runtime, clock });
  onClose(() => store.close());
  const idleMinutes = config.session?.idleMinutes;
  const sessions = openSessions({
    stateDir: paths.stateDir,
    clock,
    logger,
    ...(idleMinutes === undefined ? {} : { idleMinutes }),
  });
  onClose(() => sessions.close());
  const pairing = pairings(paths.credentials, clock, logger);
  const { token, path: tokenFile } = ensureToken({
    configured: config.gateway?.auth.token,
    stateDir: paths.stateDir,
  });

  options.onSecrets?.([token]);

  const server = createServer({
    host: bindAddress(config.gateway?.bind ?? "loopback"),
    port: options.port ?? config.gateway?.port ?? 18_789,
    allowedHosts: config.gateway?.allowedHosts ?? [],
    token,
    health: () => healthOf(connections.list()),
    clock,
    logger,
  });
  onClose(() => server.stop());

  const road: { current?: Road } = {};
  const receive = (events: readonly InboundEvent[]) => road.current!.receive(events);
  const mounts = reusableMounts(server.mount);
  const specsOf = (of: Config) => connectionSpecs(of, mounts, receive, store.notes, logger);
  const connections = createConnections(await specsOf(config), {
    clock,
    logger,
    onChange: () => road.current?.wake(),
  });
  road.current = createRoad({
    clock,
    logger,
    version,
    store,
    sessions,
    connections,
    policy: () => inForce.policy(),
    matchMention: (agent, text) => agents.matchMention(agent, text),
    pairing: (provider, account) => pairing(provider, account),
    pairingMessage: codeMessage,
    boundaryKey: boundaryKey(paths),
    agent: (id) => agents.get(id),
    executors: [],
    hearOwner: ({ verdict, hash }) => answerAboutConfig(inForce, verdict, hash),
  });
  mountControl(server.mount, {
    pairing,
    send: (message) => road.current?.send(message),
    standings: () => standings(accountsOf(withOperators(inForce.current().value)), connections.list()),
    offerConfig: async () => {
      const loaded = await loadWhole(paths.config);
      return loaded.ok ? inForce.offer(loaded.value) : { state: "invalid", issues: loaded.issues };
    },
    acceptConfig: (hash) => inForce.acknowledge(hash),
  });

  const watch = watchConfig<Config>({
    ...(await configOptions(paths.config)),
    initial: options.config,
    clock,
    async onChange(loaded) {
      options.onSecrets?.(loaded.secrets);
      const violated = await violatedExamples(loaded);
      if (violated.length === 0) await inForce.offer(loaded);
      else reportIssues(violated, logger);
    },
    onIssues: (issues) => reportIssues(issues, logger),
  });

  async function applyConfig(
    loaded: LoadedConfig<Config>,
    policy: Policy,
    takeOver: () => void,
  ): Promise<void> {
    const before = inForce.current().value;
    const specs = await specsOf(loaded.value);
    agents = createAgents(loaded.value, process.env);
    takeOver();
    store.audit.append({ kind: "config-changed", policy: policy.hash });
    logger.info("config reloaded", { policy: policy.hash });
    if (needsRestart(before, loaded.value))
      logger.warn("gateway, session and logging settings wait for the next start");
    keepRecord();
    await connections.apply(specs);
  }

  /** Tells the owners, who alone can accept it, and the log. */
  function announce({ hash, lines }: HeldConfig): void {
    store.audit.append({ kind: "config-held", detail: { hash } });
    logger.warn("the config on disk widens access and is not in force", {
      hash,
      hint: `Accept exactly this with \`clawdbot config apply --ack ${shortHash(hash)}\`, or take it back.`,
      changes: lines.join("; "),
    });
    for (const message of heldNotices(inForce.current().value, connections.list(), hash, lines))
      road.current?.send(message);
  }

  await server.start();
  const address = addressFile(paths.runtime);
  writeFileAtomic(address, `${JSON.stringify({ pid: process.pid, port: server.port })}\n`);
  onClose(() => rmSync(address, { force: true }));
  store.audit.append({
    kind: "gateway-started",
    policy: inForce.policy().hash,
    detail: { version },
  });
  // First what an earlier process left; an event that comes in now would be taken up twice otherwise.
  road.current.start();
  await connections.start();
  onClose(() => connections.stop());
  watch.start();
  const recording = setTimeout(() => keepRecord(), recordAfterMilliseconds);
  recording.unref();
  onClose(() => clearTimeout(recording));
  const pruning = setInterval(() => prune(), pruneEveryMilliseconds);
  pruning.unref();
  void agents
    .preload()
    .catch((fault: unknown) => logger.warn("the model's library is not ready", { reason: messageOf(fault) }));

  function keepRecord(): void {
    recordAccess(paths.runtime, version, inForce.policy()).catch((fault: unknown) =>
      logger.warn("what the config gives is not recorded", { reason: messageOf(fault) }),
    );
  }

  function prune(): void {
    const now = clock.now();
    store.inbox.prune(now - keepKeysMilliseconds);
    store.usage.prune();
    store.outbox.prune({ textBefore: now - keepTextsMilliseconds, entryBefore: now - keepKeysMilliseconds });
  }

  return {
    port: server.port!,
    tokenFile,
    providers: connections.list().map(({ provider }) => provider.network.id),
    async stop() {
      watch.stop();
      clearInterval(pruning);
      clearTimeout(recording);
      // Nothing new comes in, then what is under way goes out, then the connections close.
      await Promise.all([server.stop(), road.current!.stop(stopGraceMilliseconds)]);
      await connections.stop();
      store.audit.append({ kind: "gateway-stopped" });
      rmSync(address, { force: true });
      sessions.close();
      store.close();
    },
  };
}

/** Networks whose senders hold the gateway's token are there without being configured. */
function withOperators(config: Config): Config {
  const operators = networks.filter(({ id, layout }) => layout === "operator" && config[id] === undefined);
  return { ...config, ...Object.fromEntries(operators.map(({ id }) => [id, {}])) };
}

/** What can be connected of the config; what cannot says why in the log, and in `doctor`. */
async function connectionSpecs(
  config: Config,
  mounts: ReusableMounts,
  receive: ConnectionSpec["ports"]["receive"],
  notes: Notes,
  logger: Logger,
): Promise<readonly ConnectionSpec[]> {
  const accounts = accountsOf(withOperators(config));
  const specs = accounts.map(
    async ({ provider: id, account, settings }: AccountSettings): Promise<ConnectionSpec[]> => {
      const provider = (await connectable[id]!()) as Provider<unknown>;
      const readiness = provider.ready(settings);
      const ports = { http: mounts.of(`${id}:${account}`), receive };
      const note = () => notes.get(noteKey(id, account));
      if (readiness.ready) return [{ provider, account, settings, ports, note }];
      logger.warn("provider not started", {
        provider: id,
        account,
        reason: readiness.message,
        hint: readiness.hint,
      });
      return [];
    },
  );
  return (await Promise.all(specs)).flat();
}

/** What an owner hears of their word about the config that waits; null when none waits under the hash. */
async function answerAboutConfig(
  inForce: ConfigInForce,
  verdict: OwnersWord["verdict"],
  hash: string,
): Promise<string | null> {
  if (verdict === "approve") return (await inForce.acknowledge(hash)) && "Accepted. The config is in force.";
  return (await inForce.dismiss(hash)) ? "Dismissed. What was in force stays in force." : null;
}

/** Sections that are read once, at the start. */
function needsRestart(before: Config, after: Config): boolean {
  const part = ({ gateway, session, logging }: Config) =>
    JSON.stringify([gateway, session?.idleMinutes, logging]);
  return part(before) !== part(after);
}

function pairings(directory: string, clock: Clock, logger: Logger) {
  const open = new Map<string, Pairing>();
  return (provider: string, account: string): Pairing | undefined => {
    const key = `${provider}:${account}`;
    const known = open.get(key);
    if (known) return known;
    const network = networkNamed(provider);
    if (network?.canPair !== true) return undefined;
    const pairing = openPairing({
      store: filePairingStore({ directory, provider, account }),
      clock,
      network,
      logger,
    });
    open.set(key, pairing);
    return pairing;
  };
}

function codeMessage(event: InboundEvent, code: string): string {
  const senderIdLabel = networkNamed(event.provider)?.senderIdLabel ?? "id";
  return pairingMessage({ senderIdLabel, id: event.sender.id ?? "", code, provider: event.provider });
}

function healthOf(connections: readonly Connection[]) {
  const providers: Record<string, Record<string, { state: string }>> = {};
  for (const { provider, account, state } of connections)
    (providers[provider.network.id] ??= {})[account] = { state: state.state };
  const isUp = connections.every(({ state }) => state.state === "connected");
  return { status: isUp ? ("ok" as const) : ("down" as const), version, providers };
}

function reportIssues(issues: readonly Issue[], logger: Logger): void {
  for (const { code, path, message, hint, file, line } of issues)
    logger.error("the config on disk is not in force", { code, path, problem: message, hint, file, line });
}
