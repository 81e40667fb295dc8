/**
 * The shapes of the keys that the policy owns. No defaults: an account must be able to tell "unset" from "set", or what
 * it leaves out would override what its network says.
 */
import { z } from "zod";
import type { AccessLayout } from "./network.ts";

const id = z.union([z.string(), z.number()]);
const ids = z.array(id);
const dmPolicy = z.enum(["pairing", "allowlist", "open", "disabled"]);
const groupPolicy = z.enum(["open", "allowlist", "disabled"]);
const optionalBoolean = z.boolean().optional();

const topic = z.strictObject({
  requireMention: optionalBoolean,
  enabled: optionalBoolean,
  allowFrom: ids.optional(),
});
const groupEntry = topic.extend({ topics: z.record(z.string(), topic).optional() });
const channel = z.strictObject({
  allow: optionalBoolean,
  enabled: optionalBoolean,
  requireMention: optionalBoolean,
  users: ids.optional(),
});
const guild = z.strictObject({
  requireMention: optionalBoolean,
  users: ids.optional(),
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

const toolRules = z.strictObject({
  allow: z.array(z.string()).optional(),
  deny: z.array(z.string()).optional(),
  elevated: z
    .strictObject({ enabled: optionalBoolean, allowFrom: z.record(z.string(), ids).optional() })
    .optional(),
});
const sandbox = z.strictObject({
  mode: z.enum(["off", "non-main", "all"]).optional(),
  scope: z.enum(["session", "agent", "shared"]).optional(),
  workspaceAccess: z.enum(["none", "ro", "rw"]).optional(),
});
const mentionPatterns = z.strictObject({ mentionPatterns: z.array(z.string()).optional() });
const model = z.union([
  z.string(),
  z.strictObject({ primary: z.string().optional(), fallbacks: z.array(z.string()).optional() }),
]);
const agentDefaults = {
  workspace: z.string().optional(),
  model: model.optional(),
  groupChat: mentionPatterns.optional(),
  sandbox: sandbox.optional(),
};
const agent = z.strictObject({
  id: z.string(),
  default: optionalBoolean,
  name: z.string().optional(),
  identity: z.strictObject({ name: z.string().optional(), emoji: z.string().optional() }).optional(),
  ...agentDefaults,
  tools: toolRules.optional(),
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

/** The keys at the top of the config that the policy owns. */
export const policySections = {
  agents: z
    .strictObject({ defaults: z.strictObject(agentDefaults).optional(), list: z.array(agent).optional() })
    .optional(),
  bindings: z.array(binding).optional(),
  commands: commands.optional(),
  messages: z.strictObject({ groupChat: mentionPatterns.optional() }).optional(),
  session: z
    .strictObject({
      dmScope: z.enum(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"]).optional(),
    })
    .optional(),
} as const;
