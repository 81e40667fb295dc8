/** `clawdbot sandbox explain`: where an agent's sessions work, in what, and which keys say so. */
import { isClawdError, messageOf } from "@clawd/kernel";
import { type EngineInfo, ensureImage, reasonFor, transportsFor } from "@clawd/sandbox";
import {
  containerNameOf,
  installationOf,
  labels,
  resolveSettings,
  scopeKeyOf,
  workspaceOf as sandboxWorkspaceOf,
} from "@clawd/sandbox/config";
import { type Arguments, print, printJson, UsageError } from "../cli.ts";
import type { Config } from "../config.ts";
import { loadOrExplain } from "../load.ts";
import { expandHome, pathsFrom } from "../paths.ts";
import { workspaceOf } from "../agents.ts";
import { engineOfHere } from "./sandbox.ts";

/** A setting and the key that says it; null when it is the default. */
interface Said<Value> {
  readonly value: Value;
  readonly key: string | null;
}

export async function explain({ options }: Arguments): Promise<number> {
  const paths = pathsFrom(process.env);
  const loaded = await loadOrExplain(paths.config);
  if (loaded === undefined) return 1;
  const config = loaded.value;
  const session = typeof options["session"] === "string" ? options["session"] : null;
  const agent = agentOf(config, options["agent"], session);
  const said = reader(config, agent);
  const mode = said<"off" | "non-main" | "all">("mode", "non-main");
  const scope = said<"session" | "agent" | "shared">("scope", "agent");
  const access = said<"none" | "ro" | "rw">("workspaceAccess", "none");
  const entry = config.agents?.list?.find(({ id }) => id === agent) ?? { id: agent };
  const settings = resolveSettings(
    config.agents?.defaults?.sandbox ?? {},
    entry.sandbox ?? {},
    scope.value,
    paths.stateDir,
  );
  const scopeKey = scopeKeyOf(scope.value, agent, session ?? `agent:${agent}:…`);
  const { docker } = settings;
  const workspace = sandboxWorkspaceOf(expandHome(settings.workspaceRoot), scopeKey);
  const container = containerNameOf(docker.containerPrefix, scopeKey, paths.stateDir);
  const { browser } = settings;
  const engine = await engineState(
    docker.image,
    settings.isolation,
    browser.isEnabled ? browser.image : null,
  );
  const transport = await transportState(engine, container, paths.stateDir);
  if (engine.reach?.isRemote === true && (access.value !== "none" || docker.binds.length > 0))
    engine.problems.push(
      "The engine is on another machine, where neither the agent's workspace nor a bind is: no sandbox is opened. Set agents.defaults.sandbox.workspaceAccess to none and remove the binds, or use an engine of this machine.",
    );
  const report = {
    agent,
    session,
    mode,
    scope,
    workspaceAccess: access,
    isSandboxed: isSandboxed(mode.value, agent, session),
    container,
    workspace: access.value === "rw" ? workspaceOf(entry, config) : workspace,
    agentWorkspace: access.value === "none" ? null : workspaceOf(entry, config),
    settings,
    engine: {
      info: engine.info,
      image: engine.image,
      browserImage: engine.browserImage,
      problems: engine.problems,
    },
    transport,
    installation: installationOf(paths.stateDir),
    path: "supervisor" as const,
  };
  if (options["json"] === true) printJson(report);
  else for (const line of linesOf(report)) print(line);
  return engine.problems.length === 0 ? 0 : 1;
}

function agentOf(config: Config, named: unknown, session: string | null): string {
  const inKey = /^agent:([a-z0-9_-]+):/.exec(session ?? "")?.[1];
  const list = config.agents?.list ?? [{ id: "main" }];
  const usual = list.find((entry) => entry.default === true) ?? list[0] ?? { id: "main" };
  const agent = typeof named === "string" ? named : (inKey ?? usual.id);
  if (!list.some(({ id }) => id === agent) && agent !== "main")
    throw new UsageError(`There is no agent ${agent}.`, "clawdbot agents list shows them");
  return agent;
}

function reader(config: Config, agent: string) {
  const index = config.agents?.list?.findIndex(({ id }) => id === agent) ?? -1;
  const own = (config.agents?.list?.[index]?.sandbox ?? {}) as Readonly<Record<string, unknown>>;
  const all = (config.agents?.defaults?.sandbox ?? {}) as Readonly<Record<string, unknown>>;
  return <Value extends string>(name: string, usual: Value): Said<Value> => {
    if (own[name] !== undefined)
      return { value: own[name] as Value, key: `agents.list[${index}].sandbox.${name}` };
    if (all[name] !== undefined) return { value: all[name] as Value, key: `agents.defaults.sandbox.${name}` };
    return { value: usual, key: null };
  };
}

/** Null: it depends on the session. */
function isSandboxed(mode: string, agent: string, session: string | null): boolean | null {
  if (mode !== "non-main") return mode === "all";
  return session === null ? null : session !== `agent:${agent}:main`;
}

/** @param browserImage null where the sandbox has no browser */
async function engineState(image: string, isolation: "standard" | "strong", browserImage: string | null) {
  const problems: string[] = [];
  const tried = async <Value>(work: () => Promise<Value>): Promise<Value | null> => {
    try {
      return await work();
    } catch (fault) {
      problems.push(isClawdError(fault) ? `${fault.message} ${fault.hint}` : messageOf(fault));
      return null;
    }
  };
  const here = await tried(engineOfHere);
  const none = {
    engine: null,
    reach: here?.reach ?? null,
    info: null,
    image: null,
    browserImage: null,
    problems,
  };
  if (here === null) return none;
  const { engine, reach } = here;
  const info: EngineInfo | null = await tried(() => engine.describe());
  if (info === null) return none;
  for (const [limit, has] of Object.entries(info.limits))
    if (!has) problems.push(`The engine cannot limit ${limit}: no sandbox is opened.`);
  if (isolation === "strong" && !info.runtimes.includes("runsc"))
    problems.push("isolation is strong, and the engine has no runtime runsc: no sandbox is opened.");
  const found = await tried(() => ensureImage(engine, image));
  const browser = browserImage === null ? null : await tried(() => ensureImage(engine, browserImage));
  return { engine, reach, info, image: found?.id ?? null, browserImage: browser?.id ?? null, problems };
}

/** How the supervisor is reached: as the container that runs says, else as the next one will be. */
async function transportState(
  { engine, reach }: Awaited<ReturnType<typeof engineState>>,
  container: string,
  stateDir: string,
) {
  if (reach === null) return null;
  const running = await engine?.inspect(container).catch(() => null);
  const own = running?.isRunning === true ? running.labels : {};
  const isOurs = own[labels.installation] === installationOf(stateDir);
  const active = isOurs ? (own[labels.transport] ?? null) : null;
  return {
    active,
    reason: (isOurs ? own[labels.transportReason] : undefined) ?? reasonFor(reach),
    order: transportsFor(reach),
    isRemote: reach.isRemote,
  };
}

type Report = Readonly<Record<"agent" | "container" | "workspace" | "path", string>> & {
  readonly session: string | null;
  readonly mode: Said<string>;
  readonly scope: Said<string>;
  readonly workspaceAccess: Said<string>;
  readonly isSandboxed: boolean | null;
  readonly agentWorkspace: string | null;
  readonly settings: ReturnType<typeof resolveSettings>;
  readonly engine: Pick<
    Awaited<ReturnType<typeof engineState>>,
    "info" | "image" | "browserImage" | "problems"
  >;
  readonly transport: Awaited<ReturnType<typeof transportState>>;
};

const streams: Readonly<Record<string, string>> = {
  socket: "one that is mounted into it",
  attach: "the engine's own stream",
  exec: "a bridge that the engine starts in it",
};

function transportLines(transport: Report["transport"]): readonly string[] {
  if (transport === null) return [];
  const { active, reason, order } = transport;
  const ways = active === null ? order : [active];
  const named = ways.map((way) => `${way} (${streams[way] ?? way})`).join(", else ");
  const when = active === null ? "when it is made" : "now";
  return [
    `  reached by       ${named === "" ? "nothing that there is" : named}`,
    `    ${when}, because ${reason}`,
  ];
}

function linesOf(report: Report): readonly string[] {
  const { mode, scope, workspaceAccess: access, settings, engine } = report;
  const { docker, isolation, prune } = settings;
  const key = ({ value, key: by }: Said<string>) => `${value} (${by ?? "default"})`;
  const where = {
    true: "in a sandbox",
    false: "on the host",
    null: "in a sandbox, but for an owner's own session, which is on the host",
  }[String(report.isSandboxed) as "true" | "false" | "null"];
  return [
    `Agent ${report.agent}${report.session === null ? "" : `, session ${report.session}`}: tools work ${where}.`,
    `  mode             ${key(mode)}`,
    `  scope            ${key(scope)}`,
    `  workspaceAccess  ${key(access)}`,
    `  container        ${report.container}`,
    `  workspace        ${report.workspace} is ${docker.workdir}${access.value === "ro" ? `; ${report.agentWorkspace ?? ""} is /agent, read-only` : ""}`,
    `  image            ${docker.image}${engine.image === null ? "" : ` (${engine.image.slice(0, 19)})`}`,
    settings.browser.isEnabled
      ? `  browser          ${settings.browser.image}${engine.browserImage === null ? "" : ` (${engine.browserImage.slice(0, 19)})`}, in a container of its own`
      : "  browser          none (agents.defaults.sandbox.browser.enabled)",
    `  isolation        ${isolation}`,
    `  network          ${docker.network}`,
    `  limits           ${docker.pidsLimit} processes, ${Math.round(docker.memory / 2 ** 20)} MiB without swap, ${docker.cpus} cpu`,
    `  removed after    ${prune.idleHours} h without use, or ${prune.maxAgeDays} days`,
    `  kept ready       ${settings.pool === 0 ? "none" : String(settings.pool)} for sessions to come`,
    "  commands go by   the supervisor in the container",
    ...transportLines(report.transport),
    engine.info === null
      ? "Engine: none answers."
      : `Engine: ${engine.info.name} ${engine.info.version}, cgroup v${engine.info.cgroups.version}${engine.info.isRootless ? ", rootless" : ""}${engine.info.hasUserNamespaces ? ", user namespaces" : ""}; runtimes ${engine.info.runtimes.join(", ")}.`,
    ...engine.problems.map((problem) => `Problem: ${problem}`),
    ...(report.isSandboxed === true
      ? ["Which tools a person has there: clawdbot policy explain --tool bash --sender …"]
      : []),
  ];
}
