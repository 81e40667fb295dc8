/** What doctor is told of containers, gathered from the engine and the config; and the repairs of them. */
import type { LoadedConfig } from "@clawd/config";
import type { EngineFacts, ImageFacts, RepairPorts, SandboxedAgent, SandboxFacts } from "@clawd/doctor";
import { isClawdError, messageOf, systemClock } from "@clawd/kernel";
import { reach } from "@clawd/policy/analysis";
import { compile } from "@clawd/policy";
import { buildImages, type Engine, type EngineInfo, imageNames, imageState } from "@clawd/sandbox";
import { installationOf, labels, resolveSettings, type SandboxSettings } from "@clawd/sandbox/config";
import { statfsSync } from "node:fs";
import { totalmem } from "node:os";
import type { Config } from "./config.ts";
import { containerEngine } from "./hands/container-engine.ts";
import { runningGateway } from "./control-client.ts";
import type { Paths } from "./paths.ts";
import { analysisOptions } from "./policy-of.ts";

export async function sandboxFacts(loaded: LoadedConfig<Config>, paths: Paths): Promise<SandboxFacts> {
  const config = loaded.value;
  const found = agentsOf(config, strangersAgents(loaded), paths);
  const agents = found.map(({ agent }) => agent);
  const references = [
    ...new Set(
      found.filter(({ agent }) => agent.mode !== "off").map(({ settings }) => settings.docker.image),
    ),
  ];
  const asked = { agents, disk: diskOf(paths.stateDir) };
  try {
    const { engine, reach: way } = await containerEngine(config, process.env, systemClock);
    const info = await engine.describe();
    const images = await Promise.all(references.map((reference) => imageOf(engine, reference)));
    return {
      ...asked,
      engine: engineFacts(info, way.isRemote),
      images,
      stale: await leftOver(engine, paths),
    };
  } catch (fault) {
    const remedy = isClawdError(fault) ? fault.hint : "Look at the engine's own log.";
    return { ...asked, engine: { fault: messageOf(fault), remedy }, images: [], stale: [] };
  }
}

/** With the engine of the config. */
export function sandboxRepairs(config: Config, say: (line: string) => void): RepairPorts {
  const engine = () => containerEngine(config, process.env, systemClock).then((found) => found.engine);
  return {
    async buildImage(image) {
      await buildImages(await engine(), [image], say, { environment: process.env });
    },
    async removeContainer(id) {
      await (await engine()).remove(id);
    },
  };
}

function engineFacts(info: EngineInfo, isRemote: boolean): EngineFacts {
  const { name, version, isRootless, hasSeccomp, limits, runtimes, cgroups } = info;
  return {
    name,
    version,
    isRootless,
    hasSeccomp,
    isRemote,
    cgroupVersion: cgroups.version,
    missingLimits: Object.entries(limits).flatMap(([limit, can]) => (can ? [] : [limit])),
    hasRunsc: runtimes.includes("runsc"),
  };
}

async function imageOf(engine: Engine, reference: string): Promise<ImageFacts> {
  const ours = (["sandbox", "browser"] as const).find((name) => imageNames[name] === reference) ?? null;
  return { reference, state: await imageState(engine, reference), ours };
}

/** What ended, and everything when no gateway of this installation runs. */
async function leftOver(engine: Engine, paths: Paths): Promise<SandboxFacts["stale"]> {
  const ours = { [labels.sandbox]: "1", [labels.installation]: installationOf(paths.stateDir) };
  const isServed = runningGateway() !== undefined;
  return (await engine.list(ours))
    .filter(({ isRunning }) => !isRunning || !isServed)
    .map(({ id, name }) => ({ id, name }));
}

function diskOf(path: string): SandboxFacts["disk"] {
  try {
    const { bavail, bsize } = statfsSync(path);
    return { path, freeBytes: bavail * bsize };
  } catch {
    return null;
  }
}

/** Agents that answer somebody whom no list names. */
function strangersAgents(loaded: LoadedConfig<Config>): ReadonlySet<string> {
  const compiled = compile(loaded.value, analysisOptions(loaded));
  if (!compiled.ok) return new Set();
  const found = reach(compiled.policy, {}).filter(({ standing }) => standing === "stranger");
  return new Set(found.map(({ agent }) => agent));
}

/** What the policy reads of the same blocks. */
type Confinement = Partial<Pick<SandboxedAgent, "mode" | "scope" | "workspaceAccess">>;

interface Found {
  readonly agent: SandboxedAgent;
  readonly settings: SandboxSettings;
}

function agentsOf(config: Config, forStrangers: ReadonlySet<string>, paths: Paths): readonly Found[] {
  const defaults = config.agents?.defaults?.sandbox ?? {};
  const isListed = (config.agents?.list?.length ?? 0) > 0;
  return (config.agents?.list ?? [{ id: "main" }]).map((entry, index) => {
    const own = entry.sandbox ?? {};
    const confined: Confinement = { ...defaults, ...own };
    const { mode = "non-main", scope = "agent", workspaceAccess = "none" } = confined;
    const settings = resolveSettings(defaults, own, scope, paths.stateDir);
    const { docker, isolation } = settings;
    const agent: SandboxedAgent = {
      id: entry.id,
      // The block that one would look at: the agent's own where there is one.
      path:
        isListed && entry.sandbox !== undefined ? `agents.list[${index}].sandbox` : "agents.defaults.sandbox",
      mode,
      scope,
      workspaceAccess,
      isolation,
      isForStrangers: forStrangers.has(entry.id),
      network: docker.network,
      binds: docker.binds,
      mayBindAnything: docker.dangerouslyAllowExternalBindSources,
      isRootReadOnly: docker.readOnlyRoot,
      hasOwnSeccomp: docker.seccompProfile !== undefined,
      looseLimits: looseLimits(settings),
    };
    return { agent, settings };
  });
}

const gibibyte = 1024 ** 3;
/** Above these a limit is there for the record only. */
const loose = { processes: 4096, workspace: 100 * gibibyte, file: 10 * gibibyte, memoryShare: 0.75 };

function looseLimits({ docker, prune, workspaceMaxBytes }: SandboxSettings): readonly string[] {
  const { pidsLimit, memory, ulimits } = docker;
  const file = ulimits["fsize"]?.hard ?? 0;
  return [
    ...(pidsLimit > loose.processes ? [`${pidsLimit} processes`] : []),
    ...(memory > totalmem() * loose.memoryShare ? [`${inGibibytes(memory)} of memory`] : []),
    ...(workspaceMaxBytes > loose.workspace ? [`workspaceMax of ${inGibibytes(workspaceMaxBytes)}`] : []),
    ...(file > loose.file ? [`files of ${inGibibytes(file)}`] : []),
    ...(prune.idleHours === 0 && prune.maxAgeDays === 0 ? ["containers that are never removed"] : []),
  ];
}

const inGibibytes = (bytes: number): string => `${Math.round(bytes / gibibyte)} GiB`;
