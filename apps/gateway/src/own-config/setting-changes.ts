/**
 * Every setting that lets somebody or something reach further in one config than in another, beside what the policy's own
 * difference says. By what the values do, not how they are written. Pure; what nothing here knows is a change, and counts as more
 * (setting-changes.test.ts).
 */
import type { SettingDifference } from "@clawd/core";
import { formatPath, type SettingChange } from "@clawd/kernel";
import { atMost, atMostHours, canonical, type Difference, exactly, inOrder } from "@clawd/sandbox/config";
import { createHash } from "node:crypto";
import { compareAgent, compareWords } from "./agent-reach.ts";
import type { Config } from "../config.ts";
import { classOf, leavesOf, type SecretSettings } from "./config-keys.ts";
import type { Paths } from "../paths.ts";
import { networks } from "../providers.ts";
import { cleaned } from "./redact-config.ts";

export interface SettingPorts {
  readonly paths: Pick<Paths, "stateDir">;
  readonly secretSettings: SecretSettings;
}

export function settingChanges(
  before: Config,
  after: Config,
  ports: SettingPorts,
): readonly SettingDifference[] {
  const ids = after.agents?.list?.map(({ id }) => id) ?? ["main"];
  const ofAgents = ids.map((id) => ({ id, changes: compareAgent(id, before, after, ports.paths) }));
  const ofAll = [
    ...compareGlobal(before, after),
    ...compareAccounts(before, after, ports.secretSettings),
    ...compareRest(before, after, ports.secretSettings),
  ];
  return [...ofAll.map((change) => ({ ...change, agents: [] })), ...alike(ofAgents)];
}

/** For whoever reads them: without the secrets of the two configs. What was left out still tells two changes apart. */
export function concealed<Change extends SettingChange>(
  changes: readonly Change[],
  secrets: readonly string[],
): readonly Change[] {
  return changes.map((change) => {
    const [before, after] = [change.before, change.after].map((text) => cleaned(text, { values: secrets }));
    if (before === change.before && after === change.after) return change;
    const seal = createHash("sha256").update(canonical([change.before, change.after, change.seal]));
    return { ...change, before, after, seal: seal.digest("hex").slice(0, 32) };
  });
}

/** One line for all agents with the same change. */
function alike(
  ofAgents: readonly { readonly id: string; readonly changes: readonly SettingChange[] }[],
): readonly SettingDifference[] {
  const found = new Map<string, SettingChange & { agents: string[] }>();
  for (const { id, changes } of ofAgents)
    for (const change of changes) {
      const text = canonical(change);
      const known = found.get(text) ?? { ...change, agents: [] };
      known.agents.push(id);
      found.set(text, known);
    }
  return [...found.values()];
}

const named = (key: string, differences: readonly Difference[]): readonly SettingChange[] =>
  differences.map(({ entry: _whole, ...difference }) => ({ key, ...difference }));

function compareGlobal(before: Config, after: Config): readonly SettingChange[] {
  const [was, is] = [globalOf(before), globalOf(after)];
  return [
    ...(["socket", "certPath", "remote", "transport"] as const).flatMap((key) =>
      named(`agents.defaults.sandbox.docker.${key}`, exactly()(was.engine[key], is.engine[key])),
    ),
    ...named("agents.defaults.mediaMaxMb", atMost()(was.mediaMaxMb, is.mediaMaxMb)),
    ...(["maxConcurrent", "maxPerTurn"] as const).flatMap((key) =>
      named(`agents.defaults.subagents.${key}`, atMost()(was.subagents[key], is.subagents[key])),
    ),
    ...named("tools.bash.backgroundMs", atMost()(was.backgroundMs, is.backgroundMs)),
    ...named("tools.bash.timeoutSec", atMostHours(was.timeoutSec, is.timeoutSec)),
    ...named("tools.bash.cleanupMs", atMost()(was.cleanupMs, is.cleanupMs)),
    ...named("browser.enabled", inOrder(false, true)(was.browser.enabled, is.browser.enabled)),
    ...named("browser.executablePath", exactly()(was.browser.executablePath, is.browser.executablePath)),
    ...named("cron.enabled", inOrder(false, true)(was.cron.enabled, is.cron.enabled)),
    ...named("cron.maxConcurrentRuns", atMost()(was.cron.maxConcurrentRuns, is.cron.maxConcurrentRuns)),
    ...named("cron.maxJobs", atMost()(was.cron.maxJobs, is.cron.maxJobs)),
    ...named("cron.maxRunsPerHour", atMost()(was.cron.maxRunsPerHour, is.cron.maxRunsPerHour)),
    // Less time between two runs is more runs.
    ...named("cron.minIntervalSeconds", atLeast(was.cron.minIntervalSeconds, is.cron.minIntervalSeconds)),
    ...named("gateway.bind", inOrder("loopback", "lan")(was.bind, is.bind)),
    ...compareWords("gateway.allowedHosts", "widens", was.allowedHosts, is.allowedHosts),
    ...named("logging.file", exactly()(was.logFile, is.logFile)),
    // Each one more is something less in the log.
    ...compareWords("logging.redactPatterns", "widens", is.redactPatterns, was.redactPatterns).map(
      ({ before: after_, after: before_, ...change }) => ({ ...change, before: before_, after: after_ }),
    ),
  ];
}

const atLeast: typeof atMostHours = (before, after) => atMost((value) => String(-value))(-before, -after);

/** As `@clawd/core` has them, which is not loaded for this. */
const usualDelegation = { maxConcurrent: 4, maxPerTurn: 12 };

/** With the values that hold where nothing is written. */
function globalOf(config: Config) {
  const { bash } = config.tools ?? {};
  const { cron = {} } = config;
  const {
    socket,
    certPath,
    remote = false,
    transport = "auto",
  } = config.agents?.defaults?.sandbox?.docker ?? {};
  return {
    engine: { socket, certPath, remote, transport },
    mediaMaxMb: config.agents?.defaults?.mediaMaxMb ?? 20,
    subagents: { ...usualDelegation, ...config.agents?.defaults?.subagents },
    backgroundMs: bash?.backgroundMs ?? 10_000,
    timeoutSec: bash?.timeoutSec ?? 1800,
    cleanupMs: bash?.cleanupMs ?? 1_800_000,
    browser: { enabled: config.browser?.enabled ?? true, executablePath: config.browser?.executablePath },
    cron: {
      enabled: cron.enabled ?? true,
      maxConcurrentRuns: cron.maxConcurrentRuns ?? 1,
      maxJobs: cron.maxJobs ?? 50,
      maxRunsPerHour: cron.maxRunsPerHour ?? 60,
      minIntervalSeconds: cron.minIntervalSeconds ?? 60,
    },
    bind: config.gateway?.bind ?? "loopback",
    allowedHosts: config.gateway?.allowedHosts ?? [],
    logFile: config.logging?.file,
    redactPatterns: config.logging?.redactPatterns ?? [],
  };
}

/** What each account of a network is connected with. One that goes reaches nothing; one that comes had nothing. */
function compareAccounts(
  before: Config,
  after: Config,
  secretSettings: SecretSettings,
): readonly SettingChange[] {
  const [was, is] = [accountSettings(before), accountSettings(after)];
  return [...is].flatMap(([account, settings]) => {
    const old = was.get(account) ?? {};
    const network = account.split(".")[0]!;
    return [...new Set([...Object.keys(old), ...Object.keys(settings)])].flatMap((setting) =>
      classOf([network, setting], secretSettings) !== "held"
        ? []
        : named(`${account}.${setting}`, exactly()(own(old, setting), own(settings, setting))),
    );
  });
}

const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function accountSettings(config: Config): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const { id } of networks) {
    const section = config[id] as Readonly<Record<string, unknown>> | undefined;
    if (section === undefined || section["enabled"] === false) continue;
    const { accounts, ...base } = section;
    const entries = Object.entries(
      (accounts ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    );
    if (entries.length === 0) found.set(id, base);
    for (const [account, settings] of entries)
      if (settings["enabled"] !== false)
        found.set(account === "default" ? id : `${id}.accounts.${account}`, { ...base, ...settings });
  }
  return found;
}

/** Keys that are compared as they are written: those that wait whatever they become, and those that nobody knows. */
function compareRest(
  before: Config,
  after: Config,
  secretSettings: SecretSettings,
): readonly SettingChange[] {
  const [was, is] = [heldLeaves(before, secretSettings), heldLeaves(after, secretSettings)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .toSorted()
    .flatMap((key) => named(key, exactly()(was.get(key), is.get(key))));
}

function heldLeaves(config: Config, secretSettings: SecretSettings): ReadonlyMap<string, unknown> {
  const isNetwork = (key: unknown) => networks.some(({ id }) => id === key);
  return new Map(
    leavesOf(config)
      .filter(({ path }) => !isNetwork(path[0]) && classOf(path, secretSettings) === "held")
      .map(({ path, value }) => [formatPath(path), value]),
  );
}
