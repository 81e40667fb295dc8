/** The agents of a config, and which of them answers where nothing else is said. */
import { readBoolean, readList, readRecord, type Compilation } from "./compilation.ts";
import { child, isSet, pathText, type ConfigNode } from "./config-node.ts";

export interface Agents {
  readonly ids: ReadonlySet<string>;
  readonly fallback: string;
  /** Where each agent of `agents.list` is written. */
  readonly nodes: ReadonlyMap<string, ConfigNode>;
}

const agentId = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Without `agents.list` there is one agent, `main`. */
export function compileAgents(compilation: Compilation): Agents {
  const agents = child(compilation.root, "agents");
  readRecord(compilation, agents);
  const listNode = child(agents, "list");
  const ids = new Set<string>();
  const nodes = new Map<string, ConfigNode>();
  const defaults: string[] = [];
  for (const entry of readList(compilation, listNode) ?? []) {
    if (readRecord(compilation, entry) === undefined) continue;
    const id = readAgentId(compilation, child(entry, "id"), ids);
    checkPatterns(compilation, child(child(entry, "groupChat"), "mentionPatterns"));
    if (id === null) continue;
    ids.add(id);
    nodes.set(id, entry);
    const isDefault = child(entry, "default");
    if (readBoolean(compilation, isDefault) !== true) continue;
    defaults.push(id);
    if (defaults.length > 1) {
      const message = `${pathText(isDefault)}: a second agent is the default.`;
      compilation.report("two-default-agents", isDefault, message, "Keep one.");
    }
  }
  checkPatterns(
    compilation,
    child(child(child(compilation.root, "messages"), "groupChat"), "mentionPatterns"),
  );
  const [first] = ids;
  if (ids.size > 1 && defaults.length === 0) {
    const message = `Several agents and no default: what no binding names goes to the first.`;
    compilation.report(
      "no-default-agent",
      listNode,
      message,
      "Write default: true at one of them.",
      "warning",
    );
  }
  return first === undefined
    ? { ids: new Set(["main"]), fallback: "main", nodes }
    : { ids, fallback: defaults[0] ?? first, nodes };
}

export function reportUnknownAgent(compilation: Compilation, { ids }: Agents, node: ConfigNode): void {
  const message = `${pathText(node)} is no agent of agents.list.`;
  compilation.report("unknown-agent", node, message, `Known agents: ${[...ids].join(", ")}.`);
}

function readAgentId(compilation: Compilation, node: ConfigNode, taken: ReadonlySet<string>): string | null {
  const { value } = node;
  if (typeof value !== "string" || !agentId.test(value)) {
    const hint = "Lower-case letters, digits, _ and -, at most 64, starting with a letter or digit.";
    compilation.report("bad-agent-id", node, `${pathText(node)} is no id of an agent.`, hint);
    return null;
  }
  if (!taken.has(value)) return value;
  compilation.report(
    "duplicate-agent",
    node,
    `${pathText(node)} is the id of another agent as well.`,
    "Give each its own id.",
  );
  return null;
}

/** Beyond it, looking for repetitions takes long itself. */
const longest = 1000;

/** A pattern that is dropped is a mention that is never seen; one that backtracks is a way to stop the gateway. */
function checkPatterns(compilation: Compilation, node: ConfigNode): void {
  if (!isSet(node)) return;
  for (const entry of readList(compilation, node) ?? []) {
    const path = pathText(entry);
    if (typeof entry.value !== "string" || !isPattern(entry.value)) {
      compilation.report(
        "bad-pattern",
        entry,
        `${path} is no regular expression.`,
        "Escape special characters with \\.",
      );
    } else if (entry.value.length > longest || /\([^()]*[+*}][^()]*\)[+*{]/.test(entry.value)) {
      const hint = "Write it without a repetition inside a repeated group, and in at most 1,000 characters.";
      compilation.report(
        "slow-pattern",
        entry,
        `${path} can take for ever, as a repetition that is repeated does.`,
        hint,
      );
    }
  }
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "i").source !== "";
  } catch {
    return false;
  }
}
