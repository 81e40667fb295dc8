/** Keys of older releases, recognised and answered with the new name. A table: nothing is migrated behind anyone's back. */
import { formatPath, type Issue, type PathSegment } from "@clawd/kernel";
import { matchesIn, type KeyPattern } from "./key-pattern.ts";
import { locateKey, type ConfigNode } from "./node.ts";

export interface LegacyKey {
  readonly path: KeyPattern;
  /** Where the setting lives now, as a person writes it. */
  readonly now: string;
  /** What to do beyond moving the value. Absent means that moving it is enough. */
  readonly hint?: string;
}

const underNetwork = "Put it under each network it was meant for.";

export const legacyKeys: readonly LegacyKey[] = [
  { path: ["routing", "allowFrom"], now: "<network>.allowFrom", hint: underNetwork },
  {
    path: ["routing", "groupChat", "requireMention"],
    now: '<network>.groups["*"].requireMention',
    hint: underNetwork,
  },
  { path: ["routing", "groupChat", "mentionPatterns"], now: "messages.groupChat.mentionPatterns" },
  { path: ["routing", "groupChat", "historyLimit"], now: "messages.groupChat.historyLimit" },
  { path: ["routing", "bindings"], now: "bindings" },
  { path: ["routing", "agents"], now: "agents.list", hint: 'Write it as a list, each agent with its "id".' },
  {
    path: ["routing", "defaultAgentId"],
    now: "agents.list[].default",
    hint: "Set default: true on that agent.",
  },
  { path: ["routing", "agentToAgent"], now: "tools.agentToAgent" },
  { path: ["routing", "queue"], now: "messages.queue" },
  { path: ["routing", "transcribeAudio"], now: "audio.transcription" },
  {
    path: ["agent"],
    now: "agents.defaults",
    hint: "Its tools part goes to tools, the model to agents.defaults.model.",
  },
  { path: ["agents", "defaults", "allowedModels"], now: "agents.defaults.models" },
  { path: ["agents", "defaults", "modelAliases"], now: "agents.defaults.models" },
  { path: ["agents", "defaults", "modelFallbacks"], now: "agents.defaults.model.fallbacks" },
  { path: ["agents", "defaults", "imageModelFallbacks"], now: "agents.defaults.imageModel.fallbacks" },
  { path: ["agents", "defaults", "sandbox", "perSession"], now: "agents.defaults.sandbox.scope" },
  { path: ["agents", "list", "*", "sandbox", "perSession"], now: "agents.list[].sandbox.scope" },
  { path: ["identity"], now: "agents.list[].identity", hint: "Put it on the default agent." },
  { path: ["gateway", "token"], now: "gateway.auth.token" },
  { path: ["channels", "*"], now: "<network>", hint: "Move the network's section to the top level." },
  { path: ["bindings", "*", "match", "channel"], now: "bindings[].match.provider" },
  { path: ["bindings", "*", "match", "accountID"], now: "bindings[].match.accountId" },
  { path: ["tools", "exec"], now: "tools.bash" },
  { path: ["messages", "queue", "byChannel"], now: "messages.queue.byProvider" },
];

/** The legacy keys of the networks whose groups are a map: `requireMention` once stood beside it. */
export function legacyKeysOfNetworks(
  networks: readonly { readonly id: string; readonly layout: string }[],
): readonly LegacyKey[] {
  return networks
    .filter(({ layout }) => layout === "groups")
    .map(({ id }) => ({ path: [id, "requireMention"], now: `${id}.groups["*"].requireMention` }));
}

export interface LegacyFindings {
  readonly issues: readonly Issue[];
  /** Without the legacy keys, so that each is reported once. */
  readonly rest: ConfigNode;
}

export function findLegacyKeys(root: ConfigNode, table: readonly LegacyKey[]): LegacyFindings {
  const issues: Issue[] = [];
  let rest = root;
  for (const legacy of table) {
    for (const { path } of matchesIn(root, legacy.path)) {
      issues.push({
        code: "legacy-key",
        path: formatPath(path),
        message: `This key has moved to ${legacy.now}.`,
        hint: legacy.hint ?? `Write it as ${legacy.now}.`,
        ...locateKey(root, path),
      });
      rest = without(rest, path);
    }
  }
  return { issues, rest: issues.length === 0 ? root : withoutEmptied(rest, root) };
}

function without(node: ConfigNode, [segment, ...below]: readonly PathSegment[]): ConfigNode {
  if (node.kind === "array") {
    return {
      ...node,
      elements: node.elements.map((element, index) =>
        index === segment ? without(element, below) : element,
      ),
    };
  }
  const key = String(segment);
  const member = node.kind === "object" ? node.members.get(key) : undefined;
  if (node.kind !== "object" || member === undefined) return node;
  const members = new Map(node.members);
  if (below.length === 0) members.delete(key);
  else members.set(key, { key: member.key, value: without(member.value, below) });
  return { ...node, members };
}

/** A section emptied by the removal goes too: it would only be reported a second time. */
function withoutEmptied(rest: ConfigNode, root: ConfigNode): ConfigNode {
  if (rest.kind !== "object" || root.kind !== "object") return rest;
  const kept = [...rest.members].filter(
    ([key, { value }]) => !isEmptyObject(value) || isEmptyObject(root.members.get(key)?.value),
  );
  return { ...rest, members: new Map(kept) };
}

function isEmptyObject(node: ConfigNode | undefined): boolean {
  if (node?.kind !== "object") return false;
  return [...node.members.values()].every(({ value }) => isEmptyObject(value));
}
