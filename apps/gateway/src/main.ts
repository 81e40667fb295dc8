/** `clawdbot`: the table of its commands. Each loads only what it needs. */
import { type CommandLine, type Option, runCommandLine } from "./cli.ts";
import { version } from "./version.ts";

const json: Option = { type: "boolean", summary: "machine-readable, on stdout alone" };
const account: Option = {
  type: "string",
  summary: "the account at the provider; `default` when left out",
  value: "ACCOUNT",
};
const provider: Option = {
  type: "string",
  summary: "the provider, instead of the first argument",
  value: "PROVIDER",
};

const table: readonly CommandLine[] = [
  {
    usage: "gateway",
    summary: "run the gateway in the foreground",
    options: {
      port: {
        type: "string",
        summary: "listen here instead of gateway.port; 0 takes any free one",
        value: "N",
      },
      json,
      "first-steps": { type: "boolean", summary: "print the next steps where there is no config yet" },
    },
    load: async () => (await import("./commands/gateway.ts")).gateway,
  },
  {
    usage: "pairing list [provider]",
    positionals: 1,
    summary: "who asks to be let in; with --approved, who was",
    options: {
      provider,
      account,
      approved: { type: "boolean", summary: "who is approved, as what and until when" },
      json,
    },
    load: async () => (await import("./commands/pairing.ts")).list,
  },
  {
    usage: "pairing approve [provider] [code]",
    positionals: 2,
    summary: "let the sender of a code in",
    options: {
      provider,
      account,
      id: { type: "string", summary: "approve this id instead of a code", value: "ID" },
      as: {
        type: "string",
        summary: "with the rights of this profile: friend, stranger or one of access.profiles",
        value: "PROFILE",
      },
      for: { type: "string", summary: "until this time has passed: 30m, 12h, 7d, 2w", value: "DURATION" },
      owner: { type: "boolean", summary: "make the person an owner: commands.ownerAllowFrom" },
      notify: { type: "boolean", summary: "tell the person" },
      json,
    },
    load: async () => (await import("./commands/pairing-approve.ts")).approve,
  },
  {
    usage: "pairing deny [provider] [code]",
    positionals: 2,
    summary: "drop a request",
    options: { provider, account, json },
    load: async () => (await import("./commands/pairing.ts")).deny,
  },
  {
    usage: "pairing revoke [provider] [id]",
    positionals: 2,
    summary: "take an approval back, from the next message on",
    options: { provider, account, json },
    load: async () => (await import("./commands/pairing.ts")).revoke,
  },
  {
    usage: "config validate",
    summary: "every problem of the config at once",
    options: { json },
    load: async () => (await import("./commands/config.ts")).validate,
  },
  {
    usage: "config apply",
    summary: "put the config on disk in force; what widens access needs an owner's word",
    options: {
      ack: { type: "string", summary: "accept exactly the difference with this hash", value: "HASH" },
      json,
    },
    load: async () => (await import("./commands/config.ts")).apply,
  },
  {
    usage: "config schema",
    summary: "JSON Schema of the whole config, for editors",
    load: async () => (await import("./commands/config.ts")).schema,
  },
  {
    usage: "policy decide",
    summary: "requests on stdin, one JSON document a line; a decision a line on stdout",
    load: async () => (await import("./commands/policy.ts")).decide,
  },
  {
    usage: "policy explain",
    summary: "one request in words: who decided, and what would change it",
    options: {
      provider: { type: "string", summary: "the network", value: "PROVIDER" },
      account,
      sender: { type: "string", summary: "the sender's id", value: "ID" },
      chat: { type: "string", summary: "dm (the default), group:ID or channel:ID", value: "CHAT" },
      guild: { type: "string", summary: "the guild of a channel", value: "ID" },
      team: { type: "string", summary: "the workspace of a channel", value: "ID" },
      thread: { type: "string", summary: "the topic or thread", value: "ID" },
      command: { type: "string", summary: "a command's bare name", value: "NAME" },
      event: { type: "string", summary: "message, command, button, edit, reaction or member", value: "KIND" },
      mentioned: { type: "boolean", summary: "the bot is mentioned" },
      agent: { type: "string", summary: "the agent of the run that asks; main", value: "ID" },
      tool: { type: "string", summary: "a tool that the sender's run calls", value: "NAME" },
      elevated: { type: "boolean", summary: "the call asks for the host, and the session's switch is on" },
      to: { type: "string", summary: "a chat that the run writes to: telegram:group:-1001", value: "CHAT" },
      session: { type: "string", summary: "a session that the run reaches for", value: "KEY" },
      operation: { type: "string", summary: "list, read (the default) or send", value: "NAME" },
      spawn: { type: "string", summary: "an agent that is to work for the run", value: "ID" },
      run: { type: "string", summary: "turn (the default), subagent, cron or hook", value: "KIND" },
      model: { type: "string", summary: "the run's model: anthropic/claude-opus-4-5", value: "MODEL" },
      "mention-undetectable": { type: "boolean", summary: "a mention could not have been seen" },
      json,
    },
    load: async () => (await import("./commands/policy.ts")).explain,
  },
  {
    usage: "policy reach",
    summary: "everyone who can get to a capability, each with a witness",
    options: {
      capability: {
        type: "string",
        summary: "host-exec, sandbox-exec, read, write, send, config, …",
        value: "NAME",
      },
      json,
    },
    load: async () => (await import("./commands/policy-analysis.ts")).reach,
  },
  {
    usage: "policy diff [old] [new]",
    positionals: 2,
    summary: "every change of access between two configs, widenings first; 1 when anything widens",
    options: { json },
    load: async () => (await import("./commands/policy-analysis.ts")).diff,
  },
  {
    usage: "policy lint",
    summary: "rules that decide nothing, contradictions, dangers",
    options: { json },
    load: async () => (await import("./commands/policy-analysis.ts")).lint,
  },
  {
    usage: "audit list",
    summary: "what was decided and done",
    options: {
      since: { type: "string", summary: "24h, 7d or a date", value: "TIME" },
      limit: { type: "string", summary: "only the newest", value: "N" },
      json,
    },
    load: async () => (await import("./commands/audit.ts")).list,
  },
  {
    usage: "audit verify",
    summary: "whether the record is unbroken; names the first bad record",
    options: { json },
    load: async () => (await import("./commands/audit.ts")).verify,
  },
  {
    usage: "doctor",
    summary: "look for what is wrong or unsafe",
    options: {
      fix: { type: "boolean", summary: "repair what can be repaired without widening access" },
      json,
    },
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
  {
    usage: "status",
    summary: "whether the gateway runs, and how its providers are",
    options: { json },
    load: async () => (await import("./commands/status.ts")).status,
  },
  {
    usage: "sessions list",
    summary: "the conversations of all agents",
    options: { json },
    load: async () => (await import("./commands/sessions.ts")).list,
  },
  {
    usage: "sessions show [key]",
    positionals: 1,
    summary: "one conversation",
    options: { json },
    load: async () => (await import("./commands/sessions.ts")).show,
  },
  {
    usage: "logs",
    summary: "today's log",
    options: { follow: { type: "boolean", summary: "go on as it grows" }, json },
    load: async () => (await import("./commands/logs.ts")).logs,
  },
  {
    usage: "agents list",
    summary: "the agents, and with --bindings who reaches them",
    options: { bindings: { type: "boolean", summary: "with the bindings" }, json },
    load: async () => (await import("./commands/agents.ts")).list,
  },
];

// A reader that closes early (`clawdbot audit list | head`) is no fault.
process.stdout.on("error", (fault: NodeJS.ErrnoException) => {
  if (fault.code === "EPIPE") process.exit(0);
  throw fault;
});

process.exitCode = await runCommandLine(process.argv.slice(2), table, version);
