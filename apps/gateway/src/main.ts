/** `clawdbot`: the table of its commands. Each loads only what it needs. */
import { type CommandLine, type Option, runCommandLine } from "./cli.ts";
import { version } from "./version.ts";

const flag = (summary: string): Option => ({ type: "boolean", summary });
const text = (value: string, summary: string): Option => ({ type: "string", value, summary });

const json = flag("machine-readable, on stdout alone");
const account = text("ACCOUNT", "the account at the provider; `default` when left out");
const provider = text("PROVIDER", "the provider, instead of the first argument");

const command = (
  usage: string,
  summary: string,
  load: CommandLine["load"],
  options: CommandLine["options"] = {},
): CommandLine => ({ usage, summary, options, load });

function cronCommands(): readonly CommandLine[] {
  const jobs = async () => import("./commands/cron.ts");
  const made = async () => import("./commands/cron-add.ts");
  const what = {
    name: text("NAME", "what it is called"),
    description: text("TEXT", "what it is for"),
    at: text("TIME", "once: 2026-03-01T08:00:00+01:00, or 20m from now"),
    every: text("DURATION", "again and again: 30m, 12h, 7d"),
    cron: text("EXPRESSION", "five fields: 0 8 * * 1-5"),
    tz: text("ZONE", "of the expression: Europe/Berlin; absent: cron.timeZone"),
    message: text("TEXT", "what is to be done"),
    "timeout-seconds": text("N", "how long it may take; 600"),
    to: text("CHAT", "where the answer goes: telegram:42, telegram:group:-1001; absent: the web page"),
    account,
    "no-deliver": flag("send nothing"),
    json,
  };
  const shown = { json };
  return [
    command(
      "cron status",
      "scheduled runs: on or off, how many, the next",
      async () => (await jobs()).status,
      shown,
    ),
    command("cron list", "the scheduled jobs", async () => (await jobs()).list, {
      all: flag("also those that are off"),
      json,
    }),
    command("cron add", "have an agent do something later", async () => (await made()).add, {
      ...what,
      disabled: flag("made, and not switched on"),
    }),
    command(
      "cron edit [id]",
      "change a job; its rights stay those of its making",
      async () => (await made()).edit,
      what,
    ),
    command("cron rm [id]", "remove a job, and end it if it runs", async () => (await jobs()).remove, shown),
    command("cron enable [id]", "switch a job on, from now on", async () => (await jobs()).enable, {
      renew: flag("with the rights that its creator has now"),
      json,
    }),
    command("cron disable [id]", "switch a job off", async () => (await jobs()).disable, shown),
    command("cron run [id]", "run a job now, beside its schedule", async () => (await jobs()).run, shown),
    command("cron runs [id]", "how its runs ended, the newest first", async () => (await jobs()).runs, {
      limit: text("N", "only so many; 20"),
      json,
    }),
  ];
}

const table: readonly CommandLine[] = [
  command(
    "gateway",
    "run the gateway in the foreground",
    async () => (await import("./commands/gateway.ts")).gateway,
    {
      port: text("N", "listen here instead of gateway.port; 0 takes any free one"),
      json,
      "first-steps": flag("print the next steps where there is no config yet"),
    },
  ),
  command(
    "pairing list [provider]",
    "who asks to be let in; with --approved, who was",
    async () => (await import("./commands/pairing.ts")).list,
    {
      provider,
      account,
      approved: flag("who is approved, as what and until when"),
      json,
    },
  ),
  command(
    "pairing approve [provider] [code]",
    "let the sender of a code in",
    async () => (await import("./commands/pairing-approve.ts")).approve,
    {
      provider,
      account,
      id: text("ID", "approve this id instead of a code"),
      as: text("PROFILE", "with the rights of this profile: friend, stranger or one of access.profiles"),
      for: text("DURATION", "until this time has passed: 30m, 12h, 7d, 2w"),
      owner: flag("make the person an owner: commands.ownerAllowFrom"),
      notify: flag("tell the person"),
      json,
    },
  ),
  command(
    "pairing deny [provider] [code]",
    "drop a request",
    async () => (await import("./commands/pairing.ts")).deny,
    { provider, account, json },
  ),
  command(
    "pairing revoke [provider] [id]",
    "take an approval back, from the next message on",
    async () => (await import("./commands/pairing.ts")).revoke,
    { provider, account, json },
  ),
  command(
    "config validate",
    "every problem of the config at once",
    async () => (await import("./commands/config.ts")).validate,
    { json },
  ),
  command(
    "config apply",
    "put the config on disk in force; what widens access needs an owner's word",
    async () => (await import("./commands/config.ts")).apply,
    {
      ack: text("HASH", "accept exactly the difference with this hash"),
      json,
    },
  ),
  command(
    "config schema",
    "JSON Schema of the whole config, for editors",
    async () => (await import("./commands/config.ts")).schema,
  ),
  command(
    "policy decide",
    "requests on stdin, one JSON document a line; a decision a line on stdout",
    async () => (await import("./commands/policy.ts")).decide,
  ),
  command(
    "policy explain",
    "one request in words: who decided, and what would change it",
    async () => (await import("./commands/policy.ts")).explain,
    {
      provider: text("PROVIDER", "the network"),
      account,
      sender: text("ID", "the sender's id"),
      chat: text("CHAT", "dm (the default), group:ID or channel:ID"),
      guild: text("ID", "the guild of a channel"),
      team: text("ID", "the workspace of a channel"),
      thread: text("ID", "the topic or thread"),
      command: text("NAME", "a command's bare name"),
      event: text("KIND", "message, command, button, edit, reaction or member"),
      mentioned: flag("the bot is mentioned"),
      agent: text("ID", "the agent of the run that asks; main"),
      tool: text("NAME", "a tool that the sender's run calls"),
      elevated: flag("the call asks for the host, and the session's switch is on"),
      to: text("CHAT", "a chat that the run writes to: telegram:group:-1001"),
      session: text("KEY", "a session that the run reaches for"),
      operation: text("NAME", "list, read (the default) or send"),
      spawn: text("ID", "an agent that is to work for the run"),
      run: text("KIND", "turn (the default), subagent, cron or hook"),
      model: text("MODEL", "the run's model: anthropic/claude-opus-4-5"),
      "mention-undetectable": flag("a mention could not have been seen"),
      json,
    },
  ),
  command(
    "policy reach",
    "everyone who can get to a capability, each with a witness",
    async () => (await import("./commands/policy-analysis.ts")).reach,
    {
      capability: text("NAME", "host-exec, sandbox-exec, read, write, send, config, …"),
      json,
    },
  ),
  command(
    "policy diff [old] [new]",
    "every change of access between two configs, widenings first; 1 when anything widens",
    async () => (await import("./commands/policy-analysis.ts")).diff,
    { json },
  ),
  command(
    "policy lint",
    "rules that decide nothing, contradictions, dangers",
    async () => (await import("./commands/policy-analysis.ts")).lint,
    { json },
  ),
  command("audit list", "what was decided and done", async () => (await import("./commands/audit.ts")).list, {
    since: text("TIME", "24h, 7d or a date"),
    limit: text("N", "only the newest"),
    json,
  }),
  command(
    "audit verify",
    "whether the record is unbroken; names the first bad record",
    async () => (await import("./commands/audit.ts")).verify,
    { json },
  ),
  command(
    "doctor",
    "look for what is wrong or unsafe",
    async () => (await import("./commands/doctor.ts")).doctor,
    {
      fix: flag("repair what can be repaired without widening access"),
      json,
    },
  ),
  command(
    "security audit",
    "who and what could get in, and which settings widen what a model can touch",
    async () => (await import("./commands/doctor.ts")).audit,
    {
      fix: flag("repair what can be repaired without widening access"),
      deep: flag("the same: all is looked at anyway"),
      json,
    },
  ),
  command(
    "status",
    "whether the gateway runs, and how its providers are",
    async () => (await import("./commands/status.ts")).status,
    { json },
  ),
  command(
    "sessions list",
    "the conversations of all agents",
    async () => (await import("./commands/sessions.ts")).list,
    { json },
  ),
  command(
    "sessions show [key]",
    "one conversation",
    async () => (await import("./commands/sessions.ts")).show,
    { json },
  ),
  ...cronCommands(),
  command(
    "sandbox list",
    "the containers of this installation",
    async () => (await import("./commands/sandbox.ts")).list,
    { browser: flag("only those of browsers"), json },
  ),
  command(
    "sandbox explain",
    "where an agent's tools work, in what, and which keys say so",
    async () => (await import("./commands/sandbox-explain.ts")).explain,
    { agent: text("ID", "absent: the default agent"), session: text("KEY", "for this conversation"), json },
  ),
  command(
    "sandbox recreate",
    "remove containers; each is made anew when it is next needed",
    async () => (await import("./commands/sandbox.ts")).recreate,
    {
      all: flag("all of this installation"),
      session: text("KEY", "the one of this scope"),
      agent: text("ID", "those of this agent"),
      browser: flag("of these only those of browsers"),
      force: flag("without asking"),
    },
  ),
  command(
    "sandbox build [image]",
    "build the image of sandboxes: sandbox (usual) or browser",
    async () => (await import("./commands/sandbox.ts")).build,
    {
      fresh: flag("run every step again, for newer packages"),
      network: text("NETWORK", "how the build reaches Debian's packages: default or host"),
      json,
    },
  ),
  command("logs", "today's log", async () => (await import("./commands/logs.ts")).logs, {
    follow: flag("go on as it grows"),
    json,
  }),
  command(
    "agents list",
    "the agents, and with --bindings who reaches them",
    async () => (await import("./commands/agents.ts")).list,
    { bindings: flag("with the bindings"), json },
  ),
];

// A reader that closes early (`clawdbot audit list | head`) is no fault.
process.stdout.on("error", (fault: NodeJS.ErrnoException) => {
  if (fault.code === "EPIPE") process.exit(0);
  throw fault;
});

process.exitCode = await runCommandLine(process.argv.slice(2), table, version);
