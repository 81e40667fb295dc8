/** A config in which every key of the policy's shapes is written once; schema.test.ts holds it to that. */
const toolLists = { profile: "coding", alsoAllow: ["message"], allow: ["*"], deny: ["canvas"] };
const sandbox = { mode: "non-main", scope: "agent", workspaceAccess: "ro", sessionToolsVisibility: "all" };
const roomTools = {
  tools: { allow: ["*"], deny: ["image"] },
  toolsBySender: { "1": { allow: ["*"], deny: ["ls"] } },
};
const channel = { allow: true, enabled: true, requireMention: false, users: ["1"], ...roomTools };
const dm = { enabled: true, policy: "pairing", allowFrom: ["1"], groupEnabled: true, groupChannels: ["5"] };
const flat = {
  enabled: true,
  dmPolicy: "allowlist",
  allowFrom: ["1", 2],
  groupPolicy: "allowlist",
  groupAllowFrom: ["1", "2"],
  groups: {
    "77": {
      requireMention: false,
      enabled: true,
      allowFrom: ["1"],
      ...roomTools,
      topics: { "7": { requireMention: true, enabled: true, allowFrom: ["1"], ...roomTools } },
    },
  },
};
const guilded = {
  enabled: true,
  groupPolicy: "allowlist",
  dm,
  guilds: { "9": { requireMention: true, users: ["1"], ...roomTools, channels: { "77": channel } } },
};
const roomy = { enabled: true, groupPolicy: "open", dm, channels: { "77": channel } };
const model = { primary: "m/x", fallbacks: ["m/y"] };

export const everyKey = {
  $schema: "./policy.schema.json",
  agents: {
    defaults: {
      workspace: "~/a",
      model,
      groupChat: { mentionPatterns: ["@a"], historyLimit: 20 },
      imageModel: model,
      mediaMaxMb: 5,
      subagents: { maxConcurrent: 2, maxPerTurn: 6 },
      sandbox,
    },
    list: [
      {
        id: "main",
        default: true,
        name: "M",
        identity: { name: "M", emoji: "🦞" },
        workspace: "~/m",
        model,
        groupChat: { mentionPatterns: ["@m"], historyLimit: 0 },
        sandbox,
        tools: {
          ...toolLists,
          byProvider: { m: toolLists },
          elevated: { enabled: true, allowFrom: { flat: ["1"] } },
          sandbox: { tools: { allow: ["*"], deny: ["nodes"] } },
        },
        subagents: { allowAgents: ["other"] },
      },
      { id: "other" },
    ],
  },
  bindings: [
    {
      agentId: "other",
      match: {
        provider: "guilded",
        accountId: "work",
        peer: { kind: "channel", id: "77" },
        guildId: "9",
        teamId: "3",
      },
    },
  ],
  access: {
    profiles: {
      guest: {
        agents: ["main"],
        tools: { allow: ["*"], deny: ["cron"] },
        places: ["sandbox", "gateway"],
        commands: ["status"],
        send: "accepted",
        sessions: "agent",
        ask: ["bash"],
        budget: { turnsPerHour: 2, turnsPerDay: 9, tokensPerDay: 1000 },
        members: ["flat:2"],
      },
    },
    examples: [{ "flat:1 in dm": "allow" }],
  },
  tools: {
    ...toolLists,
    byProvider: { "m/x": toolLists },
    elevated: { enabled: true, allowFrom: { flat: ["1"] } },
    sandbox: { tools: { allow: ["*"], deny: ["browser"] } },
    subagents: { tools: { allow: ["*"], deny: ["process"] } },
    agentToAgent: { enabled: true, allow: ["main", "other"] },
  },
  commands: {
    ownerAllowFrom: ["flat:1"],
    allowFrom: { flat: ["1"], "*": ["roomy:1"] },
    text: true,
    native: "auto",
    restart: true,
    config: true,
    debug: true,
    useAccessGroups: true,
  },
  messages: { groupChat: { mentionPatterns: ["@all"], historyLimit: 50 } },
  session: { dmScope: "per-peer" },
  flat: { ...flat, accounts: { work: flat } },
  guilded: { ...guilded, accounts: { work: guilded } },
  roomy: { ...roomy, accounts: { work: roomy } },
  desk: { enabled: true, accounts: { work: { enabled: true } } },
};
