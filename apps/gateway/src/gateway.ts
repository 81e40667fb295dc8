/** The gateway: the config and the packages made into one running thing. Wires, decides nothing. */
import type { LoadedConfig } from "@clawd/config";
import {
  createConnections,
  createRoad,
  healthOf,
  hearAboutConfig,
  heldNotices,
  ownersChats,
  refuseWideningUpdate,
  type Road,
  standings,
} from "@clawd/core";
import { type Clock, type Logger, messageOf } from "@clawd/kernel";
import { pairingMessage } from "@clawd/pairing";
import { filePairings } from "@clawd/pairing/file";
import type { InboundEvent } from "@clawd/provider-kit";
import { announceAddress, bindAddress, createServer, ensureToken, reusableMounts } from "@clawd/server";
import { openSessions } from "@clawd/sessions";
import { openMedia, openStore } from "@clawd/store";
import { join } from "node:path";
import { createAgents } from "./agents.ts";
import { boundaryKey } from "./boundary-key.ts";
import type { Config } from "./config.ts";
import { accountsToConnect, connectionSpecs } from "./connection-specs.ts";
import { mountControl } from "./control.ts";
import { createEgressRecord } from "./hands/egress-record.ts";
import { cronSettings } from "@clawd/cron";
import { machineTimeZone, mountCron } from "./cron-control.ts";
import { createHands } from "./hands/hands.ts";
import { createOwnConfig } from "./own-config/own-config.ts";
import type { Paths } from "./paths.ts";
import { policyOf } from "./policy-of.ts";
import { networkNamed, readinessOf } from "./providers.ts";
import { createReload } from "./reload.ts";
import { createRestart } from "./restart.ts";
import { createUpkeep } from "./upkeep.ts";
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
  /** Messages that restarted the gateway that ran in this process before. */
  readonly restartedFor?: Set<string>;
}

export interface Gateway {
  readonly port: number;
  /** Where the token is kept; null when the config has it. */
  readonly tokenFile: string | null;
  readonly providers: readonly string[];
  /** The config that is in force: a restart goes on with it, whatever waits on the disk. */
  config(): LoadedConfig<Config>;
  /** Resolves when somebody who may asked for a restart. */
  readonly restartAsked: Promise<void>;
  /** Lets turns and messages under way finish for a few seconds (absent: 5); what is left is taken up at the next start. */
  stop(graceMilliseconds?: number): Promise<void>;
}

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
  const { paths, clock, logger, restartedFor = new Set() } = options;
  const secrets = new Set([...options.config.secrets, process.env["ANTHROPIC_API_KEY"] ?? ""]);
  const onSecrets = (known: readonly string[]) => {
    for (const secret of known) secrets.add(secret);
    options.onSecrets?.(known);
  };
  const { value: config } = options.config;
  const firstPolicy = policyOf(options.config);
  // Before anything is opened: what an update changes on the disk, the version before could not undo.
  await refuseWideningUpdate(paths.runtime, version, firstPolicy);

  const store = openStore({ directory: paths.runtime, clock });
  onClose(() => store.close());
  const media = openMedia({ directory: join(paths.stateDir, "media"), clock });
  const idleMinutes = config.session?.idleMinutes;
  const sessions = openSessions({
    stateDir: paths.stateDir,
    clock,
    logger,
    ...(idleMinutes === undefined ? {} : { idleMinutes }),
  });
  onClose(() => sessions.close());
  const pairing = filePairings({ directory: paths.credentials, clock, logger, network: networkNamed });
  const { token, path: tokenFile } = ensureToken({
    configured: config.gateway?.auth.token,
    stateDir: paths.stateDir,
  });
  onSecrets([token]);

  const server = createServer({
    host: bindAddress(config.gateway?.bind ?? "loopback"),
    port: options.port ?? config.gateway?.port ?? 18_789,
    allowedHosts: config.gateway?.allowedHosts ?? [],
    token,
    health: () => ({ version, ...healthOf(connections.list()) }),
    clock,
    logger,
  });
  onClose(() => server.stop());

  let agents = createAgents(config, process.env);
  const road: { current?: Road } = {};
  const receive = (events: readonly InboundEvent[]) => road.current!.receive(events);
  const specPorts = {
    mounts: reusableMounts(server.mount),
    receive,
    notes: store.notes,
    directory: join(paths.runtime, "connections"),
    logger,
  };
  const connections = createConnections(await connectionSpecs(config, specPorts), {
    clock,
    logger,
    onChange: () => road.current?.wake(),
  });

  const reload = await createReload({
    paths,
    initial: options.config,
    policy: firstPolicy,
    clock,
    logger,
    audit: store.audit,
    onSecrets,
    async prepare(next) {
      const specs = await connectionSpecs(next, specPorts);
      const nextAgents = createAgents(next, process.env);
      return {
        takeOver: () => void (agents = nextAgents),
        finish() {
          upkeep.recordAccess();
          road.current?.scheduled.review();
          return connections.apply(specs);
        },
      };
    },
    tell(held) {
      for (const message of heldNotices(held, chatsOfOwners())) road.current?.send(message);
    },
  });
  const { inForce } = reload;
  const chatsOfOwners = () =>
    ownersChats(inForce.current().value.commands?.ownerAllowFrom ?? [], connections.list());
  const upkeep = createUpkeep({
    runtimeDirectory: paths.runtime,
    store,
    media,
    policy: () => inForce.policy(),
    clock,
    logger,
  });

  const ownConfig = createOwnConfig({
    paths,
    inForce,
    offer: () => reload.offer(),
    secrets: () => [...secrets].filter((secret) => secret !== ""),
  });
  const stopping = new AbortController();
  onClose(() => stopping.abort());
  let begin = () => {};
  const restartAsked = new Promise<void>((resolve) => (begin = resolve));
  const restart = createRestart({
    clock,
    logger,
    audit: store.audit,
    answered: restartedFor,
    begin: () => begin(),
    signal: stopping.signal,
  });
  const egressRecord = createEgressRecord({ audit: store.audit, clock, logger });
  const hands = createHands({
    record: egressRecord,
    control: (call) => ({ ...ownConfig, restart: (when) => Promise.resolve(restart.ask(call, when)) }),
    config: () => inForce.current().value,
    paths,
    clock,
    logger,
    environment: process.env,
    generation: (agent, session) => sessions.find(agent, session)?.sessionId ?? "",
  });
  onClose(() => hands.close());
  road.current = createRoad({
    subagents: () => inForce.current().value.agents?.defaults?.subagents ?? {},
    clock,
    logger,
    version,
    store,
    sessions,
    connections,
    policy: () => inForce.policy(),
    matchMention: (agent, text) => agents.matchMention(agent, text),
    pairing,
    pairingMessage: codeMessage,
    boundaryKey: boundaryKey(paths),
    agent: (id) => agents.get(id),
    executors: (context) => hands.executors(context),
    places: hands.places,
    media,
    fetchFile: hands.fetchFile,
    agents: () => inForce.current().value.agents?.list?.map(({ id }) => id) ?? ["main"],
    ownersChats: chatsOfOwners,
    cron: () => cronSettings(inForce.current().value.cron, machineTimeZone()),
    hearOwner: (word) => hearAboutConfig(inForce, word),
  });
  mountCron(server.mount, { scheduled: road.current.scheduled, policy: () => inForce.policy() });
  mountControl(server.mount, {
    pairing,
    send: (message) => road.current?.send(message),
    standings: () => standings(accountsToConnect(inForce.current().value), connections.list(), readinessOf),
    offerConfig: () => reload.offer(),
    acceptConfig: (hash) => inForce.acknowledge(hash),
  });

  await server.start();
  const takeAddressBack = announceAddress(paths.runtime, server.port!);
  onClose(takeAddressBack);
  const { hash: policy } = inForce.policy();
  store.audit.append({ kind: "gateway-started", policy, detail: { version } });
  // First what an earlier process left; an event that comes in now would be taken up twice otherwise.
  road.current.start();
  await connections.start();
  onClose(() => connections.stop());
  reload.start();
  upkeep.start();
  onClose(() => upkeep.stop());
  void Promise.all([agents.preload(), hands.preload()]).catch((fault: unknown) =>
    logger.warn("the model's library is not ready", { reason: messageOf(fault) }),
  );

  return {
    port: server.port!,
    tokenFile,
    providers: connections.list().map(({ provider }) => provider.network.id),
    config: () => inForce.current(),
    restartAsked,
    async stop(graceMilliseconds = 5000) {
      stopping.abort();
      reload.stop();
      upkeep.stop();
      // Nothing new comes in, then what is under way goes out, then the connections close.
      await Promise.all([server.stop(), road.current!.stop(graceMilliseconds)]);
      await hands.close();
      egressRecord.close();
      await connections.stop();
      store.audit.append({ kind: "gateway-stopped" });
      takeAddressBack();
      sessions.close();
      store.close();
    },
  };
}

function codeMessage(event: InboundEvent, code: string): string {
  const senderIdLabel = networkNamed(event.provider)?.senderIdLabel ?? "id";
  return pairingMessage({ senderIdLabel, id: event.sender.id ?? "", code, provider: event.provider });
}
