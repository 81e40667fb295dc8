/** A road on real parts in memory and a temporary directory, with a provider that keeps what it is given to send. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptedModel, type ScriptedModel } from "@clawd/agent/testing";
import { cronSettings } from "@clawd/cron";
import { fakeClock, recordingLogger } from "@clawd/kernel/testing";
import { openPairing, type Pairing } from "@clawd/pairing";
import { memoryPairingStore } from "@clawd/pairing/memory";
import { compile, type Policy } from "@clawd/policy";
import type { InboundEvent, OutboundMessage, Provider, ProviderConnection } from "@clawd/provider-kit";
import { openSessions } from "@clawd/sessions";
import { openMedia, openStore, type Store } from "@clawd/store";
import { memoryStore } from "@clawd/store/testing";
import type { GatewayContext, Tool } from "@clawd/tools";
import type { Place } from "@clawd/sandbox";
import { hostEnvironment, hostPlace } from "@clawd/tools/host";
import {
  createConnections,
  createRoad,
  type FetchFile,
  gatewayExecutor,
  type PlacedCall,
  type Road,
  type ToolExecutor,
} from "../src/index.ts";

const canonical = (entry: string) =>
  /^-?[1-9]\d{0,14}$/.test(entry)
    ? ({ ok: true, id: entry } as const)
    : ({ ok: false, message: "no id", hint: "write a number" } as const);

export const network = {
  id: "example",
  label: "Example",
  senderIdLabel: "Example user id",
  layout: "groups",
  canPair: true,
  sharedSenders: [],
  canonicalSender: canonical,
  canonicalChat: canonical,
} as const;

/** `commit`: everything in a transaction works, and then it is not stored. */
type BreakableStep = "transaction" | "finish" | "commit";

export interface TestRoad {
  readonly road: Road;
  readonly sent: readonly OutboundMessage[];
  /** Where the files of every place are. */
  readonly workspace: string;
  readonly mediaDirectory: string;
  /** References that the provider was asked to fetch. */
  readonly fetched: readonly string[];
  /** Calls for whose sake a place was entered. */
  readonly entered: readonly PlacedCall[];
  readonly texts: () => readonly string[];
  readonly pairing: Pairing;
  readonly model: ScriptedModel;
  readonly store: Store;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly logger: ReturnType<typeof recordingLogger>;
  readonly codes: () => readonly string[];
  setPolicy(config: unknown): void;
  /** Makes the pairing store throw at every call. */
  breakPairing(isBroken: boolean): void;
  /** Makes a step of the store fail until it is mended with undefined. */
  breakStore(step: BreakableStep | undefined): void;
  /** Replaces what `send` does; undefined brings the real one back. */
  onSend(send: ProviderConnection["send"] | undefined): void;
  /** Delivers events and lets everything that they start come to rest. */
  receive(...events: readonly InboundEvent[]): Promise<void>;
  settle(): Promise<void>;
  /** Cuts this road off as a crash would, and makes a second one on the same files. Only with `durable`. */
  crash(then?: RoadOptions): Promise<TestRoad>;
  close(): Promise<void>;
}

interface RoadOptions {
  readonly config?: unknown;
  readonly model?: ScriptedModel;
  readonly executors?: readonly ToolExecutor[];
  readonly confirm?: ProviderConnection["confirm"];
  readonly gatewayTools?: readonly Tool<GatewayContext>[];
  /** Ids. Absent: `main`. */
  readonly agents?: readonly string[];
  readonly hasButtons?: boolean;
  /** Absent: 100. */
  readonly maxTextLength?: number;
  /** Gives the bytes of an attachment. Absent: the provider has no files at all. */
  readonly fetch?: ProviderConnection["fetch"];
  /** Whether files can be sent. Absent: as they are received. */
  readonly sendsFiles?: boolean;
  /** Absent: the workspace, on the host. */
  readonly place?: () => Promise<Place>;
  readonly fetchFile?: FetchFile;
  readonly imageModels?: readonly ScriptedModel[];
  readonly mediaMaxBytes?: number;
  /** Ids of owners who can be told something. Absent: "42". */
  readonly reachableOwners?: readonly string[];
  /** The config key `cron`. */
  readonly cron?: Parameters<typeof cronSettings>[0];
  readonly subagents?: Parameters<typeof createRoad>[0]["subagents"];
  /** The store in files, which outlives a crash. */
  readonly durable?: boolean;
}

interface State {
  readonly directory: string;
  readonly workspace: string;
  readonly clock: ReturnType<typeof fakeClock>;
  readonly store: Store;
  readonly pairing: Pairing;
}

export function policyOf(config: unknown): Policy {
  const compiled = compile(config, { networks: [network] });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.policy;
}

export async function aRoad(options: RoadOptions = {}): Promise<TestRoad> {
  const clock = fakeClock();
  const directory = mkdtempSync(join(tmpdir(), "clawd-core-"));
  const workspace = join(directory, "workspace");
  mkdirSync(workspace);
  return build(options, {
    directory,
    workspace,
    clock,
    store:
      options.durable === true
        ? openStore({ directory: join(directory, "state"), clock })
        : memoryStore({ clock }),
    pairing: openPairing({ store: memoryPairingStore(), clock, network }),
  });
}

async function build(options: RoadOptions, state: State): Promise<TestRoad> {
  const { directory, workspace, clock, pairing } = state;
  const fetched: string[] = [];
  const entered: PlacedCall[] = [];
  const place = hostPlace({ workspace, environment: hostEnvironment() });
  const mediaDirectory = join(directory, "media");
  let pairingIsBroken = false;
  let broken: BreakableStep | undefined;
  const store = breakable(state.store, () => broken);
  const logger = recordingLogger();
  const model = options.model ?? scriptedModel("Hello yourself.");
  const sent: OutboundMessage[] = [];
  let policy = policyOf(options.config ?? {});
  let send: ProviderConnection["send"] | undefined;
  const provider: Provider<unknown> = {
    specVersion: 1,
    network,
    capabilities: {
      threads: false,
      edits: true,
      reactions: true,
      buttons: options.hasButtons ?? true,
      typing: false,
      maxTextLength: options.maxTextLength ?? 100,
      idempotentSend: false,
      files: {
        send: options.sendsFiles ?? options.fetch !== undefined,
        receive: options.fetch !== undefined,
        maxBytes: (options.sendsFiles ?? options.fetch !== undefined) ? 1_000_000 : 0,
      },
    },
    settings: {},
    secretSettings: [],
    ready: () => ({ ready: true }),
    connect: (_settings, ports) => ({
      start: async () => ports.report({ state: "connected" }),
      stop: async () => {},
      attempt: (message) => `before ${message.deliveryId}`,
      async send(message, signal) {
        if (send) return send(message, signal);
        sent.push(message);
        return { messageId: String(sent.length) };
      },
      ...(options.confirm ? { confirm: options.confirm } : {}),
      ...(options.fetch && {
        fetch: (reference, limit, signal) => {
          fetched.push(reference);
          return options.fetch!(reference, limit, signal);
        },
      }),
    }),
  };
  const sessions = openSessions({ stateDir: directory, clock });
  const connections = createConnections(
    [
      {
        provider,
        account: "default",
        settings: {},
        ports: { http: { handle() {} }, receive: async () => {} },
        note: () => null,
      },
    ],
    { clock, logger, onChange: () => {} },
  );
  const road = createRoad({
    clock,
    logger,
    version: "0.0.0",
    store,
    sessions,
    connections,
    policy: () => policy,
    matchMention: (_agent, text) => ({ matched: /@bot\b/.test(text), available: true }),
    pairing: () => {
      if (pairingIsBroken) throw new Error("the file cannot be trusted");
      return pairing;
    },
    pairingMessage: (_event, code) => `Pairing code: ${code}`,
    boundaryKey: Buffer.alloc(32, 7),
    executors: (context) =>
      Promise.resolve([
        ...(options.executors ?? []),
        ...(options.gatewayTools ?? []).map((tool) => gatewayExecutor(tool, context)),
      ]),
    places: {
      enter(call) {
        entered.push(call);
        return (options.place?.() ?? Promise.resolve(place)).then((one) => ({ place: one, release() {} }));
      },
    },
    media: openMedia({ directory: mediaDirectory, clock }),
    fetchFile: options.fetchFile ?? (() => Promise.reject(new Error("nothing is fetched"))),
    agents: () => options.agents ?? ["main"],
    cron: () => cronSettings(options.cron, "UTC"),
    ...(options.subagents && { subagents: options.subagents }),
    hearOwner: ({ verdict, hash }) =>
      Promise.resolve(hash === "abcdef0123" ? (verdict === "approve" ? "Accepted." : "Refused.") : null),
    ownersChats: () =>
      (options.reachableOwners ?? ["42"]).map((id) => ({ provider: "example", account: "default", id })),
    agent: (id) => ({
      id,
      name: "Clawd",
      model,
      files: () => [],
      ...(options.imageModels && { imageModels: options.imageModels }),
      ...(options.mediaMaxBytes !== undefined && { mediaMaxBytes: options.mediaMaxBytes }),
    }),
  });
  await connections.start();
  road.start();
  const settle = async () => {
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  const texts = () => store.outbox.due(Number.MAX_SAFE_INTEGER).map(({ text }) => text);
  return {
    road,
    sent,
    workspace,
    mediaDirectory,
    fetched,
    entered,
    texts,
    pairing,
    model,
    store,
    clock,
    logger,
    codes: () => [...store.audit.list()].map(({ code }) => code ?? ""),
    setPolicy: (config) => (policy = policyOf(config)),
    breakPairing: (isBroken) => (pairingIsBroken = isBroken),
    breakStore: (step) => (broken = step),
    onSend: (next) => (send = next),
    async receive(...events) {
      await road.receive(events);
      await settle();
    },
    settle,
    async crash(then = {}) {
      store.close();
      const reopened = openStore({ directory: join(directory, "state"), clock });
      return build({ ...options, ...then }, { ...state, store: reopened });
    },
    async close() {
      await road.stop(0);
      await connections.stop();
      sessions.close();
      store.close();
      place.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function breakable(store: Store, broken: () => BreakableStep | undefined): Store {
  const fail = (step: string) => {
    if (broken() === step) throw new Error(`the store fails: ${step}`);
  };
  return {
    ...store,
    transaction(work) {
      fail("transaction");
      return store.transaction(() => {
        const value = work();
        fail("commit");
        return value;
      });
    },
    inbox: {
      ...store.inbox,
      finish(id) {
        fail("finish");
        store.inbox.finish(id);
      },
    },
  };
}
