/** Where the agents' tools work: the host as a place, the containers, and the tools themselves. Loaded when first needed. */
import type { FetchFile, PlacedCall, PlaceLease, Places, ToolExecutor } from "@clawd/core";
import { ClawdError, type Clock, type Logger } from "@clawd/kernel";
import type { SandboxNeed, Sandboxes } from "@clawd/sandbox";
import {
  browserSettings,
  installationOf,
  type SandboxSettings,
  scopeKeyOf,
  scopeRecords,
  scopesIn,
} from "@clawd/sandbox/config";
import type { BashSettings, ControlPort, GatewayContext, Processes, Tool } from "@clawd/tools";
import type { HostPlace } from "@clawd/tools/host";
import { mkdirSync } from "node:fs";
import { workspaceOf } from "../agents.ts";
import type { Config } from "../config.ts";
import { createBrowserHands } from "./browser.ts";
import { containerEngine } from "./container-engine.ts";
import type { Paths } from "../paths.ts";
import { bindRules, entryOf, settingsOfAgents } from "./sandbox-settings.ts";
import type { EgressRecord } from "./egress-record.ts";
import { wayOuts, webFetchers } from "./way-out.ts";

export interface HandsOptions {
  readonly config: () => Config;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: NodeJS.ProcessEnv;
  /** Takes every way out that is refused. */
  readonly record: Pick<EgressRecord, "refused">;
  /** What the tool `gateway` may reach, for one call. */
  readonly control: (call: PlacedCall) => ControlPort;
  /** Another word after a reset of the session. */
  readonly generation: (agent: string, session: string) => string;
}

export interface Hands {
  /** What carries the tools out; the same list each time. */
  executors(context: (call: PlacedCall) => GatewayContext): Promise<readonly ToolExecutor[]>;
  readonly places: Places;
  /** From the public web, for `image`. */
  readonly fetchFile: FetchFile;
  /** Loads what the first call needs. */
  preload(): Promise<void>;
  /** Kills what runs, and removes the containers. Idempotent. */
  close(): Promise<void>;
}

export function createHands(options: HandsOptions): Hands {
  const { clock } = options;
  const hosts = hostPlaces(options);
  const boxes = containers(options);
  let processes: Processes | undefined;
  let loading: Promise<readonly ToolExecutor[]> | undefined;
  let fetchers: ReturnType<typeof webFetchers> | undefined;
  const web = () => (fetchers ??= webFetchers(options));

  const places: Places = {
    enter: (call) => {
      switch (call.runIn.place) {
        case "host":
          return hosts.enter(call);
        case "sandbox":
          return boxes.enter(call);
        case "gateway":
          throw new TypeError(`${call.tool} works in no place`);
      }
    },
  };

  const browser = createBrowserHands({ ...options, places, container: (call) => boxes.enterBrowser(call) });

  async function load(context: (call: PlacedCall) => GatewayContext): Promise<readonly ToolExecutor[]> {
    const [{ controlExecutor, gatewayExecutor, placeExecutor }, tools] = await Promise.all([
      import("@clawd/core"),
      import("@clawd/tools"),
    ]);
    const { cleanupMs } = options.config().tools?.bash ?? {};
    processes = tools.createProcesses({ clock, ...(cleanupMs !== undefined && { keepMs: cleanupMs }) });
    const bashNow = () => tools.bashTool(bashSettings(options.config()));
    // What the config says of commands counts at the next one.
    const bash = {
      ...bashNow(),
      call: (...call: Parameters<typeof tools.read.call>) => bashNow().call(...call),
    };
    const placed = [
      tools.read,
      tools.write,
      tools.edit,
      tools.applyPatch,
      tools.ls,
      tools.grep,
      tools.find,
      bash,
      tools.processTool,
    ];
    const ports = { places, processes, clock };
    const held = [tools.message, tools.image, tools.cron, ...tools.sessionTools, ...tools.absentTools];
    const { fetchPage } = await web();
    const page: Tool<GatewayContext> = {
      ...tools.webFetch,
      call: (input, _context, signal) => tools.webFetch.call(input, { fetchPage }, signal),
    };
    return [
      controlExecutor(tools.gateway, options.control),
      ...placed.map((tool) => placeExecutor(tool, ports)),
      ...[...held, page].map((tool) => gatewayExecutor(tool, context)),
      await browser.executor(),
    ];
  }

  return {
    executors: (context) => (loading ??= load(context)),
    places,
    fetchFile: async (url, limits) => (await web()).fetchFile(url, limits),
    async preload() {
      await Promise.all([import("@clawd/core"), import("@clawd/tools")]);
    },
    async close() {
      try {
        await Promise.all([processes?.end(), browser.close()]);
      } finally {
        hosts.close();
        await boxes.close();
      }
    },
  };
}

function bashSettings(config: Config): BashSettings {
  const { backgroundMs, timeoutSec } = config.tools?.bash ?? {};
  return {
    ...(backgroundMs !== undefined && { backgroundMs }),
    ...(timeoutSec !== undefined && { timeoutSeconds: timeoutSec }),
  };
}

/** One place for each workspace. */
function hostPlaces({ config }: HandsOptions) {
  const open = new Map<string, HostPlace>();
  return {
    async enter({ agent }: PlacedCall): Promise<PlaceLease> {
      const workspace = readyWorkspace(config(), agent);
      const { hostEnvironment, hostPlace } = await import("@clawd/tools/host");
      const place = open.get(workspace) ?? hostPlace({ workspace, environment: hostEnvironment() });
      open.set(workspace, place);
      return { place, release() {} };
    },
    close() {
      for (const place of open.values()) place.end();
    },
  };
}

function containers({ config, paths, clock, logger, environment, record }: HandsOptions) {
  let opening: Promise<Sandboxes> | undefined;
  let settled: { readonly of: Config; readonly settings: ReturnType<typeof settingsOfAgents> } | undefined;

  /** The same object for the same settings. */
  const ofBrowsers = new WeakMap<SandboxSettings, SandboxSettings>();

  function settingsOf(call: PlacedCall) {
    const current = config();
    if (settled?.of !== current) settled = { of: current, settings: settingsOfAgents(current, paths) };
    return settled.settings(call.agent, call.runIn.scope);
  }

  async function open(): Promise<Sandboxes> {
    const [{ createPlanner, createSandboxes, ensureImage }, { engine, reach }] = await Promise.all([
      import("@clawd/sandbox"),
      containerEngine(config(), environment, clock),
    ]);
    const sandboxes = createSandboxes({
      engine,
      clock,
      logger,
      installation: installationOf(paths.stateDir),
      records: scopeRecords(scopesIn(paths.runtime)),
      plan: createPlanner({
        engine,
        reach,
        clock,
        image: (reference) => ensureImage(engine, reference),
        stateDirectory: paths.stateDir,
        binds: () => bindRules(config(), paths),
        wayOut: await wayOuts({ config, clock, logger, record, stateDirectory: paths.stateDir }),
      }),
    });
    await sandboxes.sweep();
    return sandboxes;
  }

  async function enter(call: PlacedCall, need: NeedOf): Promise<PlaceLease> {
    // A failed attempt is no answer for the next call: the engine may be there by then.
    opening ??= open().catch((fault: unknown) => {
      opening = undefined;
      throw fault;
    });
    const sandboxes = await opening;
    return sandboxes.enter({
      scopeKey: scopeKeyOf(call.runIn.scope, call.agent, call.session),
      agent: call.agent,
      agentWorkspace: readyWorkspace(config(), call.agent),
      ...need,
    });
  }

  return {
    enter: (call: PlacedCall) =>
      enter(call, { access: call.runIn.workspaceAccess, settings: settingsOf(call) }),
    /** Beside the container of the tools, and with nothing of theirs in it. */
    async enterBrowser(call: PlacedCall): Promise<PlaceLease> {
      const settings = settingsOf(call);
      if (!settings.browser.isEnabled) throw noBrowser();
      const own = ofBrowsers.get(settings) ?? browserSettings(settings);
      ofBrowsers.set(settings, own);
      return enter(call, { purpose: "browser", access: "none", settings: own });
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

type NeedOf = Pick<SandboxNeed, "access" | "settings" | "purpose">;

const noBrowser = () =>
  new ClawdError("CLAWD_BROWSER_SANDBOX", "This conversation works in a sandbox, which has no browser.", {
    hint: "The owner gives it one: agents.defaults.sandbox.browser.enabled: true, and `clawdbot sandbox build browser`.",
  });

/** The agent's workspace; made when it is not there yet. */
function readyWorkspace(config: Config, agent: string): string {
  const workspace = workspaceOf(entryOf(config, agent), config);
  mkdirSync(workspace, { recursive: true, mode: 0o700 });
  return workspace;
}
