/** What every step of a compilation shares: the list of issues, the rules already made, and typed readers of keys. */
import { child, isRecord, isSet, pathText, type ConfigNode, type Fields } from "./config-node.ts";
import { formatPath, type ConfigPath } from "./config-path.ts";
import type { RuleReference } from "./decision.ts";
import { knownNetworks } from "./known-networks.ts";
import type { Network } from "./network.ts";
import type { People } from "./plan.ts";
import type { CompileOptions, PolicyIssue, SourcePosition } from "./policy.ts";
import { plainConfig } from "./plain-config.ts";
import { toolNames, type ToolNames } from "./tool-names.ts";

export interface Compilation {
  readonly root: ConfigNode;
  readonly networks: ReadonlyMap<string, Network>;
  readonly tools: ToolNames;
  /** The embedder brings tools of its own: what is built in about the standard ones says nothing about these. */
  readonly hasOwnTools: boolean;
  readonly issues: readonly PolicyIssue[];
  report(code: string, node: ConfigNode, message: string, hint: string, severity?: "warning"): void;
  /** The rule of a key. A key that is not set has no position. */
  rule(node: ConfigNode): RuleReference;
  /** Lists that several accounts inherit are made once. */
  readonly lists: Map<string, People | null>;
}

/** A getter that fails is asked again for each position, and costs that one alone. */
function hasLocate(options: CompileOptions): boolean {
  try {
    return options.locate !== undefined;
  } catch {
    return true;
  }
}

export function startCompilation(config: unknown, options: CompileOptions): Compilation {
  const issues: PolicyIssue[] = [];
  const reported = new Set<string>();
  const rules = new Map<string, RuleReference>();
  const hasPositions = hasLocate(options);
  const locate = (path: ConfigPath): SourcePosition | undefined => {
    try {
      const found = options.locate?.(path);
      return found && { file: found.file, line: found.line, column: found.column };
    } catch {
      // A rule without a line is a rule all the same.
      return undefined;
    }
  };
  const position = (path: ConfigPath): SourcePosition | undefined => {
    for (let length = path.length; length > 0; length--) {
      const found = locate(path.slice(0, length));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const report: Compilation["report"] = (code, node, message, hint, severity) => {
    const path = pathText(node);
    // Accounts inherit, so the same mistake is met once for each of them.
    if (reported.has(`${code} ${path}`)) return;
    reported.add(`${code} ${path}`);
    issues.push({ code, path, message, hint, ...position(node.path), ...(severity && { severity }) });
  };
  const networks = knownNetworks(options.networks, (path) => {
    const hint = "Each has every member of Network, and an id of its own.";
    report("bad-network", { path, value: undefined }, `${formatPath(path)} describes no network.`, hint);
  });
  const value = plainConfig(config, (path) => {
    const message = `${formatPath(path) || "The config"} is nothing that JSON can say.`;
    const hint = "Write texts, numbers, lists and objects that do not hold themselves.";
    report("not-json", { path, value: undefined }, message, hint);
  });
  return {
    root: { path: [], value },
    networks,
    tools: toolNames([...networks.values()], options.tools),
    hasOwnTools: options.tools !== undefined,
    issues,
    lists: new Map(),
    report,
    rule(node) {
      const path = pathText(node);
      let rule = rules.get(path);
      if (rule === undefined) {
        const found = hasPositions && isSet(node) ? locate(node.path) : undefined;
        rules.set(path, (rule = Object.freeze(found === undefined ? { path } : { path, ...found })));
      }
      return rule;
    },
  };
}

/** The network of that id. */
export function readNetwork(compilation: Compilation, node: ConfigNode, id: unknown): Network | undefined {
  const { networks } = compilation;
  const network = typeof id === "string" ? networks.get(id) : undefined;
  if (network === undefined) {
    const hint = `Known networks: ${[...networks.keys()].join(", ")}.`;
    compilation.report("unknown-network", node, `${pathText(node)} names no known network.`, hint);
  }
  return network;
}

export function readBoolean(compilation: Compilation, node: ConfigNode): boolean | undefined {
  if (!isSet(node) || typeof node.value === "boolean") return node.value as boolean | undefined;
  compilation.report(
    "not-a-boolean",
    node,
    `${pathText(node)} is neither true nor false.`,
    "Write true or false.",
  );
  return undefined;
}

export function readWord<Word extends string>(
  compilation: Compilation,
  node: ConfigNode,
  words: readonly Word[],
): Word | undefined {
  if (!isSet(node)) return undefined;
  const word = words.find((candidate) => candidate === node.value);
  if (word === undefined) {
    const hint = `Write one of ${words.map((known) => `"${known}"`).join(", ")}, in lower case.`;
    compilation.report("unknown-word", node, `${pathText(node)} is not a known word.`, hint);
  }
  return word;
}

/** The fields of an object; undefined when the key is not set or holds something else, which is reported. */
export function readRecord(compilation: Compilation, node: ConfigNode): Fields | undefined {
  if (!isSet(node)) return undefined;
  if (isRecord(node.value)) return node.value;
  compilation.report("not-an-object", node, `${pathText(node)} is not an object.`, "Write { … }.");
  return undefined;
}

export function readList(compilation: Compilation, node: ConfigNode): readonly ConfigNode[] | undefined {
  if (!isSet(node)) return undefined;
  if (Array.isArray(node.value)) return node.value.map((_, index) => child(node, index));
  const hint = "Write a list: [] means nobody; leave the key out for the default.";
  compilation.report("not-a-list", node, `${pathText(node)} is not a list.`, hint);
  return undefined;
}
