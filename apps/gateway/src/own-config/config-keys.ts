/**
 * Who compares what a key does when it changes. Every key of the config has its line here; one that has none is held like a
 * widening (config-keys.test.ts holds the schema to it).
 */
import type { PathSegment } from "@clawd/kernel";
import { networks } from "../providers.ts";

/**
 * `policy`: the policy's own difference says what it gives. `compared`: setting-changes.ts does, by what the value does. `own`:
 * it gives nobody anything. `held`: any other value waits for an owner's word.
 */
export type KeyClass = "policy" | "compared" | "own" | "held";

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");
const below = (prefix: string, keys: readonly string[]): readonly string[] =>
  keys.map((key) => `${prefix}.${key}`);

const listBlock = words("profile alsoAllow allow deny");
const list = words("allow deny");
const toolRules = [
  ...listBlock,
  ...below("byProvider.*", listBlock),
  ...words("elevated.enabled elevated.allowFrom.*"),
  ...below("sandbox.tools", list),
];
const roomTools = [...below("tools", list), ...below("toolsBySender.*", list)];
const topic = [...words("requireMention enabled allowFrom"), ...roomTools];
const channel = [...words("allow enabled requireMention users"), ...roomTools];
/** Of every layout that a network can have. */
const access = [
  ...words("enabled dmPolicy allowFrom groupPolicy groupAllowFrom"),
  ...below("dm", words("enabled policy allowFrom groupEnabled groupChannels")),
  ...below("groups.*", [...topic, ...below("topics.*", topic)]),
  ...below("guilds.*", [...words("requireMention users"), ...roomTools, ...below("channels.*", channel)]),
  ...below("channels.*", channel),
];

const sandboxPolicy = words("mode scope workspaceAccess sessionToolsVisibility");
const sandboxCompared = [
  ...words("workspaceRoot isolation workspaceMax prune.idleHours prune.maxAgeDays"),
  ...below(
    "docker",
    words(`socket certPath remote transport image workdir readOnlyRoot tmpfs network user capDrop env.* setupCommand pidsLimit memory memorySwap
      cpus ulimits.*.soft ulimits.*.hard seccompProfile apparmorProfile dns extraHosts binds
      dangerouslyAllowExternalBindSources`),
  ),
  ...below("browser", words("enabled image")),
  ...below("egress.allow.*", words("host ports private")),
  ...below("egress.secrets.*", words("host header value scheme")),
];
const agentCompared = [
  ...words("workspace model.primary model.fallbacks groupChat.mentionPatterns"),
  ...below("sandbox", sandboxCompared),
];
const agentOwn = words(
  "groupChat.historyLimit sandbox.docker.containerPrefix sandbox.browser.containerPrefix sandbox.pool",
);

const table: Readonly<Record<KeyClass, readonly string[]>> = {
  policy: [
    ...below("agents.defaults.sandbox", sandboxPolicy),
    ...below("agents.list.*", [
      ...words("id default subagents.allowAgents"),
      ...below("sandbox", sandboxPolicy),
      ...below("tools", toolRules),
    ]),
    ...below("bindings.*", words("agentId match.provider match.accountId match.peer.kind match.peer.id")),
    ...below("bindings.*.match", words("guildId teamId")),
    ...below("access.profiles.*", [
      ...words("agents places commands send sessions ask members"),
      ...below("tools", list),
      ...below("budget", words("turnsPerHour turnsPerDay tokensPerDay")),
    ]),
    ...below("tools", [
      ...toolRules,
      ...below("subagents.tools", list),
      ...words("agentToAgent.enabled agentToAgent.allow"),
    ]),
    ...below(
      "commands",
      words("ownerAllowFrom allowFrom.* text native restart config debug useAccessGroups"),
    ),
    "session.dmScope",
    ...networks.flatMap(({ id }) => [...below(id, access), ...below(`${id}.accounts.*`, access)]),
  ],
  compared: [
    ...below("agents.defaults", [
      ...agentCompared,
      ...words("imageModel.primary imageModel.fallbacks mediaMaxMb"),
      ...below("subagents", words("maxConcurrent maxPerTurn")),
    ]),
    ...below("agents.list.*", [...agentCompared, ...words("identity.name identity.emoji")]),
    "messages.groupChat.mentionPatterns",
    ...below("tools.bash", words("backgroundMs timeoutSec cleanupMs")),
    ...words("gateway.bind gateway.allowedHosts"),
    ...words("logging.file logging.redactPatterns"),
    ...words("models.providers.*.baseUrl models.providers.*.api"),
    ...words("browser.enabled browser.executablePath"),
    ...below("cron", words("enabled maxConcurrentRuns maxRunsPerHour maxJobs minIntervalSeconds")),
  ],
  own: [
    "$schema",
    ...below("agents.defaults", agentOwn),
    ...below("agents.list.*", [...agentOwn, "name"]),
    "messages.groupChat.historyLimit",
    "access.examples.*.*",
    "session.idleMinutes",
    "cron.timeZone",
    ...words("browser.headless gateway.port gateway.auth.token"),
    ...words("logging.level logging.consoleLevel logging.consoleStyle logging.redactSensitive"),
    ...words("models.providers.*.apiKey models.providers.*.models"),
  ],
  held: [],
};

/** Settings of networks that reach nothing, by name, whichever network has them; every other one but its secrets is held. */
const ownSettings = new Set(["replyToMode", "textChunkLimit", "sendReadReceipts"]);

interface Node {
  readonly children: Map<string, Node>;
  /** The classes of the keys below and at this place. */
  readonly classes: Set<KeyClass>;
  own?: KeyClass;
}

const emptyNode = (): Node => ({ children: new Map(), classes: new Set() });
let root: Node | undefined;

function tree(): Node {
  if (root !== undefined) return root;
  root = emptyNode();
  for (const [keyClass, keys] of Object.entries(table) as [KeyClass, readonly string[]][])
    for (const key of keys) {
      let node = root;
      for (const segment of key.split(".")) {
        node.classes.add(keyClass);
        const child = node.children.get(segment) ?? emptyNode();
        node.children.set(segment, child);
        node = child;
      }
      node.classes.add(keyClass);
      node.own = keyClass;
    }
  return root;
}

/** The class of a key, or of a block or a short form that stands for several keys: the strictest of theirs. */
export function classOf(path: readonly PathSegment[], secretSettings: SecretSettings): KeyClass {
  let node: Node | undefined = tree();
  for (const segment of path) node = node?.children.get(String(segment)) ?? node?.children.get("*");
  if (node !== undefined) return node.own ?? strictest(node.classes);
  const [network, ...rest] = path.map(String);
  if (!networks.some(({ id }) => id === network)) return "held";
  const [setting = "", ...deeper] = rest[0] === "accounts" ? rest.slice(2) : rest;
  if (deeper.length > 0) return "held";
  return secretSettings(network!).includes(setting) || ownSettings.has(setting) ? "own" : "held";
}

/** The secret settings of a network, by its id. */
export type SecretSettings = (network: string) => readonly string[];

/**
 * Never written from a conversation, also where it would give less: where words, files and engines are, who the owners are and
 * what they have switched on, and everything about the gateway itself.
 */
const byHandAlone: readonly string[] = [
  ...words("gateway logging models commands browser.executablePath"),
  ...["agents.defaults", "agents.list.*"].flatMap((agent) =>
    below(agent, [
      ...words("workspace model imageModel identity sandbox.workspaceRoot sandbox.egress.secrets"),
      ...below("sandbox.docker", words("socket certPath remote transport")),
    ]),
  ),
];

/** Whether the model of a conversation may propose a value there: what is compared, and is no user's own. */
export function mayBeProposed(path: readonly PathSegment[], secretSettings: SecretSettings): boolean {
  // What an included file says can be changed past every comparison, and counts from the next start; below a wildcard it would
  // pass for a name.
  if (path.includes("$include")) return false;
  const keyClass = classOf(path, secretSettings);
  if (keyClass !== "policy" && keyClass !== "compared") return false;
  return !byHandAlone.some((key) =>
    key
      .split(".")
      .every((segment, at) => at >= path.length || segment === "*" || segment === String(path[at])),
  );
}

const strictest = (classes: ReadonlySet<KeyClass>): KeyClass =>
  (["held", "own", "compared", "policy"] as const).find((one) => classes.has(one)) ?? "held";

/** The values of a config by their paths, lists of plain values and empty blocks whole. Total for any tree of plain data. */
export function leavesOf(value: unknown, path: readonly PathSegment[] = []): readonly Leaf[] {
  if (typeof value !== "object" || value === null) return value === undefined ? [] : [{ path, value }];
  const entries: readonly (readonly [PathSegment, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  const isList = Array.isArray(value) && value.every((entry) => typeof entry !== "object" || entry === null);
  if (entries.length === 0 || isList) return [{ path, value }];
  return entries.flatMap(([segment, entry]) => leavesOf(entry, [...path, segment]));
}

export interface Leaf {
  readonly path: readonly PathSegment[];
  readonly value: unknown;
}
