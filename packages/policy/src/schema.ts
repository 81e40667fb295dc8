/**
 * The shapes of the keys that the policy owns. No defaults: an account must be able to tell "unset" from "set", or what
 * it leaves out would override what its network says.
 */
import { z } from "zod";
import type { AccessLayout, Network } from "./network.ts";

const id = z.union([z.string(), z.number()]);
const ids = z.array(id);
const dmPolicy = z.enum(["pairing", "allowlist", "open", "disabled"]);
const groupPolicy = z.enum(["open", "allowlist", "disabled"]);
const optionalBoolean = z.boolean().optional();

const names = z.array(z.string());
const toolList = z.strictObject({ allow: names.optional(), deny: names.optional() });
const listBlock = {
  profile: z.enum(["minimal", "coding", "messaging", "full"]).optional(),
  alsoAllow: names.optional(),
  allow: names.optional(),
  deny: names.optional(),
};
const sandboxTools = z.strictObject({ tools: toolList.optional() });
/** Rules about tools, global and of an agent alike. */
const toolRules = {
  ...listBlock,
  byProvider: z.record(z.string(), z.strictObject(listBlock)).optional(),
  elevated: z
    .strictObject({ enabled: optionalBoolean, allowFrom: z.record(z.string(), ids).optional() })
    .optional(),
  sandbox: sandboxTools.optional(),
};
/** Rules about tools beside the other settings of a room. */
const roomTools = {
  tools: toolList.optional(),
  toolsBySender: z.record(z.string(), toolList).optional(),
};

const topic = z.strictObject({
  requireMention: optionalBoolean,
  enabled: optionalBoolean,
  allowFrom: ids.optional(),
  ...roomTools,
});
const groupEntry = topic.extend({ topics: z.record(z.string(), topic).optional() });
const channel = z.strictObject({
  allow: optionalBoolean,
  enabled: optionalBoolean,
  requireMention: optionalBoolean,
  users: ids.optional(),
  ...roomTools,
});
const guild = z.strictObject({
  requireMention: optionalBoolean,
  users: ids.optional(),
  ...roomTools,
  channels: z.record(z.string(), channel).optional(),
});
const dm = z.strictObject({
  enabled: optionalBoolean,
  policy: dmPolicy.optional(),
  allowFrom: ids.optional(),
  groupEnabled: optionalBoolean,
  groupChannels: ids.optional(),
});

const shapes = {
  groups: {
    dmPolicy: dmPolicy.optional(),
    allowFrom: ids.optional(),
    groupPolicy: groupPolicy.optional(),
    groupAllowFrom: ids.optional(),
    groups: z.record(z.string(), groupEntry).optional(),
  },
  guilds: {
    groupPolicy: groupPolicy.optional(),
    dm: dm.optional(),
    guilds: z.record(z.string(), guild).optional(),
  },
  channels: {
    groupPolicy: groupPolicy.optional(),
    dm: dm.optional(),
    channels: z.record(z.string(), channel).optional(),
  },
  operator: {},
} as const satisfies Record<AccessLayout, z.core.$ZodLooseShape>;

const networkShapes = {
  groups: { enabled: optionalBoolean, ...shapes.groups },
  guilds: { enabled: optionalBoolean, ...shapes.guilds },
  channels: { enabled: optionalBoolean, ...shapes.channels },
  operator: { enabled: optionalBoolean, ...shapes.operator },
} as const;

/** The access keys of a network, for its own section and for each of its accounts alike. */
export function accessShape<Layout extends AccessLayout>(layout: Layout): (typeof networkShapes)[Layout] {
  return networkShapes[layout];
}

const sandboxShape = {
  mode: z.enum(["off", "non-main", "all"]).optional(),
  scope: z.enum(["session", "agent", "shared"]).optional(),
  workspaceAccess: z.enum(["none", "ro", "rw"]).optional(),
  sessionToolsVisibility: z.enum(["spawned", "all"]).optional(),
};
const groupChat = z.strictObject({
  mentionPatterns: z.array(z.string()).optional(),
  historyLimit: z.number().int().min(0).max(50).optional(),
});
const model = z.union([
  z.string(),
  z.strictObject({ primary: z.string().optional(), fallbacks: z.array(z.string()).optional() }),
]);
const agentDefaults = {
  workspace: z.string().optional(),
  model: model.optional(),
  groupChat: groupChat.optional(),
};
const mediaDefaults = {
  imageModel: model.optional(),
  mediaMaxMb: z.number().positive().max(100).optional(),
};
/** What runs may start beside themselves; no right, a bound of every right to it. */
const delegationDefaults = {
  subagents: z
    .strictObject({
      maxConcurrent: z.number().int().min(0).max(32).optional(),
      maxPerTurn: z.number().int().min(0).max(100).optional(),
    })
    .optional(),
};
const agentShape = {
  id: z.string(),
  default: optionalBoolean,
  name: z.string().optional(),
  identity: z.strictObject({ name: z.string().optional(), emoji: z.string().optional() }).optional(),
  ...agentDefaults,
  tools: z.strictObject(toolRules).optional(),
  subagents: z.strictObject({ allowAgents: names.optional() }).optional(),
};

const toolsShape = {
  ...toolRules,
  subagents: sandboxTools.optional(),
  agentToAgent: z.strictObject({ enabled: optionalBoolean, allow: names.optional() }).optional(),
};

const bound = z.number().int().positive().optional();
const profile = z.strictObject({
  agents: names.optional(),
  tools: toolList.optional(),
  places: z.array(z.enum(["sandbox", "host", "gateway"])).optional(),
  commands: names.optional(),
  send: z.enum(["here", "accepted"]).optional(),
  sessions: z.enum(["own", "agent"]).optional(),
  ask: names.optional(),
  budget: z.strictObject({ turnsPerHour: bound, turnsPerDay: bound, tokensPerDay: bound }).optional(),
  members: names.optional(),
});
const verdict = z.enum(["allow", "deny", "challenge", "sandbox", "host", "gateway"]);
const access = z.strictObject({
  profiles: z.record(z.string(), profile).optional(),
  examples: z.array(z.record(z.string(), verdict)).optional(),
});

const binding = z.strictObject({
  agentId: z.string(),
  match: z.strictObject({
    provider: z.string(),
    accountId: z.string().optional(),
    peer: z.strictObject({ kind: z.enum(["dm", "group", "channel"]), id }).optional(),
    guildId: z.string().optional(),
    teamId: z.string().optional(),
  }),
});

const commands = z.strictObject({
  ownerAllowFrom: z.array(z.string()).optional(),
  allowFrom: z.record(z.string(), ids).optional(),
  text: optionalBoolean,
  native: z.union([z.boolean(), z.literal("auto")]).optional(),
  restart: optionalBoolean,
  config: optionalBoolean,
  debug: optionalBoolean,
  useAccessGroups: z
    .literal(true, "Commands always stand under the access rules of their chat. Remove this key.")
    .optional(),
});

/**
 * The keys at the top of the config that the policy owns, with those of others in the blocks that it shares:
 * `sandbox` beside the rules of `agents.defaults.sandbox` and `agents.list[].sandbox`, `tools` beside those of `tools`.
 */
export function policySectionsWith<
  const Sandbox extends z.core.$ZodLooseShape,
  const Tools extends z.core.$ZodLooseShape,
>(more: { readonly sandbox: Sandbox; readonly tools: Tools }) {
  const sandbox = z.strictObject({ ...sandboxShape, ...more.sandbox }).optional();
  return {
    agents: z
      .strictObject({
        defaults: z
          .strictObject({ ...agentDefaults, ...mediaDefaults, ...delegationDefaults, sandbox })
          .optional(),
        list: z.array(z.strictObject({ ...agentShape, sandbox })).optional(),
      })
      .optional(),
    bindings: z.array(binding).optional(),
    access: access.optional(),
    tools: z.strictObject({ ...toolsShape, ...more.tools }).optional(),
    commands: commands.optional(),
    messages: z.strictObject({ groupChat: groupChat.optional() }).optional(),
    session: z
      .strictObject({
        dmScope: z.enum(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]).optional(),
      })
      .optional(),
  } as const;
}

/** The keys at the top of the config that the policy owns. */
export const policySections = policySectionsWith({ sandbox: {}, tools: {} });

/** A network's access keys, for itself and for each of its accounts. */
function networkSection(layout: AccessLayout): z.ZodType {
  const own = accessShape(layout);
  const accounts = z.record(z.string(), z.strictObject(own)).optional();
  return z.strictObject({ ...own, accounts }).optional();
}

/**
 * JSON Schema (2020-12) of a config that has the policy's keys and no others, for editors. Who has settings beside them
 * composes `accessShape` and `policySections` into a schema of their own.
 */
export function policyJsonSchema({
  networks,
}: {
  readonly networks: readonly Pick<Network, "id" | "layout">[];
}): Record<string, unknown> {
  const sections = networks.map(({ id, layout }) => [id, networkSection(layout)] as const);
  const schema = z.strictObject({
    ...Object.fromEntries(sections),
    $schema: z.string().optional(),
    ...policySections,
  });
  return z.toJSONSchema(schema, { io: "input" });
}
