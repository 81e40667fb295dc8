// The tables of docs/configuration.md are those of the config's schema: every key, with what it takes. The words beside
// them are here; a key without words, or words without a key, fails. `--write` brings the file up to date.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { read, report, root } from "./workspace.mjs";

const unconnected = "without effect until the network connects";

/** Title, the networks or the section they stand under ("" is the top), and what each key means. */
const tables = [
  {
    title: "Access rules of Telegram, WhatsApp, Signal and iMessage",
    under: ["telegram", "whatsapp", "signal", "imessage"],
    keys: {
      enabled: "`false` switches the network off",
      dmPolicy: "who may write directly; default `pairing`",
      allowFrom: 'the ids of people; `"*"` is everyone, and needs `dmPolicy: "open"`',
      groupPolicy: "which groups; absent: those that `groups` names",
      groupAllowFrom: "who may speak in groups under `allowlist`; absent: `allowFrom`",
      groups: 'the groups, by id; `"*"` is every group',
      "groups.<id>.requireMention": "default `true`",
      "groups.<id>.enabled": "`false` switches this group off",
      "groups.<id>.allowFrom": "who is heard in this group",
      "groups.<id>.topics": "its topics, by id; a topic inherits what it leaves out",
      "groups.<id>.topics.<id>.requireMention": "",
      "groups.<id>.topics.<id>.enabled": "",
      "groups.<id>.topics.<id>.allowFrom": "who is heard there must be in every list that is written",
    },
  },
  {
    title: "Access rules of Discord and Slack",
    under: ["discord", "slack"],
    keys: {
      enabled: "`false` switches the network off",
      groupPolicy: "which rooms; absent: those that the map names",
      dm: "direct messages",
      "dm.enabled": "`false`: none",
      "dm.policy": "as `dmPolicy`",
      "dm.allowFrom": "as `allowFrom`",
      "dm.groupEnabled": "direct messages of several people; default `false`",
      "dm.groupChannels": "which of them; absent: all",
    },
  },
  {
    title: "Discord's guilds",
    under: ["discord"],
    keys: {
      guilds: 'by id; `"*"` is every guild',
      "guilds.<id>.requireMention": "default `true`",
      "guilds.<id>.users": "who is heard in this guild",
      "guilds.<id>.channels": "its channels, by id; absent: all of the guild",
      "guilds.<id>.channels.<id>.allow": "`false` switches the channel off, as `enabled` does",
      "guilds.<id>.channels.<id>.enabled": "",
      "guilds.<id>.channels.<id>.requireMention": "",
      "guilds.<id>.channels.<id>.users": "who is heard in this channel",
    },
  },
  {
    title: "Slack's channels",
    under: ["slack"],
    keys: {
      channels: 'by id; `"*"` is every channel',
      "channels.<id>.allow": "`false` switches the channel off, as `enabled` does",
      "channels.<id>.enabled": "",
      "channels.<id>.requireMention": "default `true`",
      "channels.<id>.users": "who is heard in this channel",
    },
  },
  {
    title: "Telegram",
    under: ["telegram"],
    keys: {
      botToken: "secret; from @BotFather",
      tokenFile: "a file that holds it, instead",
      apiRoot: "another Bot API server",
      webhookUrl: "where Telegram reaches the gateway; absent: long polling",
      webhookSecret: "secret; demanded with `webhookUrl`",
      webhookPath: "the path on the gateway, where a proxy changes it",
      replyToMode: "whether an answer quotes its question; default `first`",
    },
  },
  {
    title: "Discord",
    under: ["discord"],
    note: unconnected,
    keys: { token: "secret", apiRoot: "", textChunkLimit: "", mediaMaxMb: "", replyToMode: "" },
  },
  {
    title: "Slack",
    under: ["slack"],
    note: unconnected,
    keys: {
      botToken: "secret; begins with `xoxb-`",
      appToken: "secret; begins with `xapp-`",
      apiRoot: "",
      textChunkLimit: "",
      mediaMaxMb: "",
      replyToMode: "",
    },
  },
  {
    title: "WhatsApp",
    under: ["whatsapp"],
    note: unconnected,
    keys: {
      webSocketUrl: "",
      authDir: "keys of the linked device",
      selfChatMode: "the bot uses the owner's own number",
      textChunkLimit: "",
      mediaMaxMb: "",
    },
  },
  {
    title: "Signal",
    under: ["signal"],
    note: unconnected,
    keys: {
      account: "the bot's own number",
      httpUrl: "where signal-cli runs as a daemon",
      cliPath: "the signal-cli program",
      textChunkLimit: "",
      mediaMaxMb: "",
      ignoreAttachments: "",
      sendReadReceipts: "",
    },
  },
  {
    title: "iMessage",
    under: ["imessage"],
    note: unconnected,
    keys: {
      cliPath: "the imsg program",
      dbPath: "the database of Messages",
      service: "",
      region: "country of numbers without a code",
      includeAttachments: "",
      textChunkLimit: "",
      mediaMaxMb: "",
    },
  },
  { title: "WebChat", under: ["webchat"], keys: { enabled: "`false` switches the web page off" } },
  {
    title: "Agents and bindings",
    under: [""],
    keys: {
      agents: "",
      "agents.defaults": "for every agent that says nothing itself",
      "agents.defaults.workspace":
        "default `~/clawd`; AGENTS.md, SOUL.md, IDENTITY.md, USER.md and TOOLS.md there are read into the prompt",
      "agents.defaults.model": "`provider/model` or `practice`; default `anthropic/claude-opus-4-5`",
      "agents.defaults.imageModel":
        "looks at pictures for `image`, then its `fallbacks`; default: the agent's own",
      "agents.defaults.mediaMaxMb": "of one file that is received or sent; default 20, at most 100",
      "agents.defaults.groupChat": "",
      "agents.defaults.groupChat.mentionPatterns": "for every agent without its own",
      "agents.defaults.groupChat.historyLimit": "for every agent without its own",
      "agents.defaults.sandbox": "where tools run: docs/access-profiles.md",
      "agents.defaults.sandbox.mode":
        "default `non-main`: everything but the owner's own session works in a container",
      "agents.defaults.sandbox.scope": "who shares a container; default `agent`",
      "agents.defaults.sandbox.workspaceAccess":
        "what a container sees of the agent's workspace; default `none`; `ro` takes write, edit and apply_patch away",
      "agents.defaults.sandbox.sessionToolsVisibility":
        "sessions that a sandboxed run may reach; default `spawned`: its own and what it spawned",
      "agents.defaults.sandbox.workspaceRoot":
        "where the sandboxes' own workspaces are; default `sandboxes` in the state directory",
      "agents.defaults.sandbox.isolation": "`strong`: a kernel of its own (gVisor); default `standard`",
      "agents.defaults.sandbox.docker": "docs/sandbox.md",
      "agents.defaults.sandbox.docker.socket":
        "the engine's unix socket, or `tcp://host:2376`, of all agents; absent: `DOCKER_HOST`, else Docker's own",
      "agents.defaults.sandbox.docker.certPath":
        "directory of `ca.pem`, `cert.pem`, `key.pem` for `tcp://`; absent: `DOCKER_CERT_PATH`",
      "agents.defaults.sandbox.docker.remote":
        "what is behind `socket` is another machine; always so for `tcp://`",
      "agents.defaults.sandbox.docker.transport": "how the supervisor is reached; default `auto`",
      "agents.defaults.sandbox.docker.image":
        "default `clawdbot-sandbox:bookworm-slim`; any other gets the supervisor as a layer",
      "agents.defaults.sandbox.docker.containerPrefix": "default `clawdbot-sbx-`",
      "agents.defaults.sandbox.docker.workdir": "default `/workspace`",
      "agents.defaults.sandbox.docker.readOnlyRoot": "default `true`",
      "agents.defaults.sandbox.docker.tmpfs": "paths, or `path:size=…`; default `/tmp`, `/var/tmp`, `/run`",
      "agents.defaults.sandbox.docker.network": "default `none`; the name of a network of the engine's",
      "agents.defaults.sandbox.docker.user": "`uid:gid`, never root; default: who owns the workspace",
      "agents.defaults.sandbox.docker.capDrop": '`["ALL"]` and nothing else',
      "agents.defaults.sandbox.docker.env": "variables of every command",
      "agents.defaults.sandbox.docker.setupCommand": "run once in each new container",
      "agents.defaults.sandbox.docker.pidsLimit": "processes; default 256",
      "agents.defaults.sandbox.docker.memory": "without swap; default `1g`",
      "agents.defaults.sandbox.docker.memorySwap": "the same as `memory`",
      "agents.defaults.sandbox.docker.cpus": "default 1",
      "agents.defaults.sandbox.docker.ulimits": "`soft:hard` by name; core is 0",
      "agents.defaults.sandbox.docker.seccompProfile": "a file; absent: the built-in profile",
      "agents.defaults.sandbox.docker.apparmorProfile": "a profile's name; absent: the engine's",
      "agents.defaults.sandbox.docker.dns": "name servers, with a network alone",
      "agents.defaults.sandbox.docker.extraHosts": "`name:address`",
      "agents.defaults.sandbox.docker.binds": "`source:target`, read-only without `:rw`",
      "agents.defaults.sandbox.docker.dangerouslyAllowExternalBindSources":
        "binds from outside the workspaces too",
      "agents.defaults.sandbox.browser": "the container of the browser: docs/sandbox.md",
      "agents.defaults.sandbox.browser.enabled":
        "default `false`; the lists of tools must allow `browser` besides",
      "agents.defaults.sandbox.browser.image": "default `clawdbot-sandbox-browser:bookworm-slim`",
      "agents.defaults.sandbox.browser.containerPrefix": "default `clawdbot-sbx-browser-`",
      "agents.defaults.sandbox.prune": "when an unused container is removed",
      "agents.defaults.sandbox.prune.idleHours": "default 24; 0: never",
      "agents.defaults.sandbox.prune.maxAgeDays": "default 7; 0: never",
      "agents.defaults.sandbox.pool":
        "containers of each agent that are made before anybody needs them, 0 to 8; default 0",
      "agents.defaults.sandbox.workspaceMax": "bytes that a workspace may hold; default `10g`",
      "agents.defaults.sandbox.egress": "what containers may reach, by a proxy: docs/sandbox.md",
      "agents.defaults.sandbox.egress.allow":
        "`host`, `host:port`, `*.example.org`, or an object; absent: nothing",
      "agents.defaults.sandbox.egress.secrets": "headers that the proxy puts into requests to a host",
      "agents.defaults.sandbox.egress.secrets[].host": "one of `allow`",
      "agents.defaults.sandbox.egress.secrets[].header": "its name",
      "agents.defaults.sandbox.egress.secrets[].value": "write it as ${VARIABLE}",
      "agents.defaults.sandbox.egress.secrets[].scheme": "put before the value, such as `Bearer`",
      "agents.list": "absent: one agent, `main`",
      "agents.list[].id": "",
      "agents.list[].default": "it answers where no binding names another; absent everywhere: the first does",
      "agents.list[].name": "",
      "agents.list[].identity": "",
      "agents.list[].identity.name": "also a word by which it is mentioned",
      "agents.list[].identity.emoji": "",
      "agents.list[].workspace": "default `~/clawd-<id>`",
      "agents.list[].model": "",
      "agents.list[].groupChat": "",
      "agents.list[].groupChat.mentionPatterns":
        "regular expressions; absent: those of the defaults, else of `messages.groupChat`, else its name",
      "agents.list[].groupChat.historyLimit":
        "lines of a group's talk since its last answer that a turn is told, at most 50; default 50; absent: as above",
      "agents.list[].sandbox": "key by key instead of that of the defaults",
      "agents.list[].sandbox.mode": "",
      "agents.list[].sandbox.scope": "",
      "agents.list[].sandbox.workspaceAccess": "",
      "agents.list[].sandbox.sessionToolsVisibility": "",
      "agents.list[].sandbox.workspaceRoot": "",
      "agents.list[].sandbox.isolation": "",
      "agents.list[].sandbox.docker": "",
      "agents.list[].sandbox.docker.socket": "without effect: the engine is one for all agents",
      "agents.list[].sandbox.docker.certPath": "without effect",
      "agents.list[].sandbox.docker.remote": "without effect",
      "agents.list[].sandbox.docker.transport": "without effect",
      "agents.list[].sandbox.docker.image": "",
      "agents.list[].sandbox.docker.containerPrefix": "",
      "agents.list[].sandbox.docker.workdir": "",
      "agents.list[].sandbox.docker.readOnlyRoot": "",
      "agents.list[].sandbox.docker.tmpfs": "",
      "agents.list[].sandbox.docker.network": "",
      "agents.list[].sandbox.docker.user": "",
      "agents.list[].sandbox.docker.capDrop": "",
      "agents.list[].sandbox.docker.env": "",
      "agents.list[].sandbox.docker.setupCommand": "",
      "agents.list[].sandbox.docker.pidsLimit": "",
      "agents.list[].sandbox.docker.memory": "",
      "agents.list[].sandbox.docker.memorySwap": "",
      "agents.list[].sandbox.docker.cpus": "",
      "agents.list[].sandbox.docker.ulimits": "",
      "agents.list[].sandbox.docker.seccompProfile": "",
      "agents.list[].sandbox.docker.apparmorProfile": "",
      "agents.list[].sandbox.docker.dns": "",
      "agents.list[].sandbox.docker.extraHosts": "",
      "agents.list[].sandbox.docker.binds": "",
      "agents.list[].sandbox.docker.dangerouslyAllowExternalBindSources": "",
      "agents.list[].sandbox.browser": "",
      "agents.list[].sandbox.browser.enabled": "",
      "agents.list[].sandbox.browser.image": "",
      "agents.list[].sandbox.browser.containerPrefix": "",
      "agents.list[].sandbox.prune": "",
      "agents.list[].sandbox.prune.idleHours": "",
      "agents.list[].sandbox.prune.maxAgeDays": "",
      "agents.list[].sandbox.pool": "",
      "agents.list[].sandbox.workspaceMax": "",
      "agents.list[].sandbox.egress": "",
      "agents.list[].sandbox.egress.allow": "",
      "agents.list[].sandbox.egress.secrets": "",
      "agents.list[].sandbox.egress.secrets[].host": "",
      "agents.list[].sandbox.egress.secrets[].header": "",
      "agents.list[].sandbox.egress.secrets[].value": "",
      "agents.list[].sandbox.egress.secrets[].scheme": "",
      "agents.defaults.subagents": "",
      "agents.defaults.subagents.maxConcurrent":
        "runs for one session at the same time that other runs started; default `4`",
      "agents.defaults.subagents.maxPerTurn": "runs that one message may begin in all; default `12`",
      "agents.list[].subagents": "",
      "agents.list[].subagents.allowAgents":
        "agents that it may have work for it, beside itself; `*` is a wildcard; never one that is less confined",
      bindings: "which agent answers where; the most specific match wins, then the first",
      "bindings[].agentId": "an id of `agents.list`",
      "bindings[].match": "everything that is written must match",
      "bindings[].match.provider": "",
      "bindings[].match.accountId": 'absent: the account `default`; `"*"`: any',
      "bindings[].match.peer": "one chat",
      "bindings[].match.peer.kind": "",
      "bindings[].match.peer.id": "",
      "bindings[].match.guildId": "",
      "bindings[].match.teamId": "",
      messages: "",
      "messages.groupChat": "",
      "messages.groupChat.mentionPatterns": "where neither the agent nor the defaults have any",
      "messages.groupChat.historyLimit": "where neither the agent nor the defaults have one",
    },
  },
  {
    title: "Profiles of rights",
    under: [""],
    keys: {
      access: "",
      "access.profiles":
        "by name: `owner`, `friend` and `stranger` are there without being written, others start from `friend`",
      "access.profiles.<id>.members":
        "the people who have it, as `<network>:<id>`; beside approvals that name it",
      "access.profiles.<id>.agents": "agents that they reach; `*` is a wildcard; absent: all",
      "access.profiles.<id>.tools": "one more list of tools",
      "access.profiles.<id>.tools.allow": "absent: whatever is not denied; `[]`: nothing",
      "access.profiles.<id>.tools.deny": "wins",
      "access.profiles.<id>.places": "where their calls may run; absent: all, for strangers never the host",
      "access.profiles.<id>.commands": "narrows the commands that they may give; grants none",
      "access.profiles.<id>.send":
        "`here`: their runs write to the chat that they answer; `accepted`: also to chats whose rules accept it; default `here`, for owners `accepted`",
      "access.profiles.<id>.sessions":
        "sessions that their runs reach; default `own`, for owners `agent`: all of the agent",
      "access.profiles.<id>.ask": "tools about which an owner is asked before each call outside the sandbox",
      "access.profiles.<id>.budget": "for each of them; absent: without a bound",
      "access.profiles.<id>.budget.turnsPerHour": "",
      "access.profiles.<id>.budget.turnsPerDay": "",
      "access.profiles.<id>.budget.tokensPerDay": "read and written by the model",
      "access.examples": "sentences with the answer that they must have; one that does not hold is a mistake",
    },
  },
  {
    title: "Tools, of all agents (`tools`) and of one (`agents.list[].tools`)",
    under: ["tools", "agents.list[].tools"],
    keys: {
      allow: "absent: whatever is not denied; `[]`: nothing. A call must pass every list that applies",
      deny: "wins",
      profile: "a ready-made list beside `allow`",
      alsoAllow: "adds to the ready-made list",
      byProvider: "lists for models, by `provider` or `provider/model`",
      "byProvider.<id>.allow": "",
      "byProvider.<id>.deny": "",
      "byProvider.<id>.profile": "",
      "byProvider.<id>.alsoAllow": "",
      elevated: "commands of sandboxed sessions on the host, while an owner's switch for the session is on",
      "elevated.enabled": "`false`: nobody",
      "elevated.allowFrom": "ids by network; without one, nobody; an agent's own list narrows",
      sandbox: "",
      "sandbox.tools": "what sandboxed sessions may use",
      "sandbox.tools.allow": "absent: files, commands, sessions and `image`",
      "sandbox.tools.deny": "absent: `browser`, `canvas`, `nodes`, `cron`, `gateway`",
    },
  },
  {
    title: "Tools, how they work and between agents",
    under: [""],
    keys: {
      "tools.bash": "how commands run",
      "tools.bash.backgroundMs": "after which a command goes on in the background; default 10000",
      "tools.bash.timeoutSec": "after which it is killed; default 1800, 0: never",
      "tools.bash.cleanupMs": "how long one that is over can be asked about; default 1800000",
      "tools.subagents": "",
      "tools.subagents.tools": "one more list for sub-agents",
      "tools.subagents.tools.allow": "",
      "tools.subagents.tools.deny": "",
      "tools.agentToAgent": "reaching the sessions of other agents",
      "tools.agentToAgent.enabled": "absent: off",
      "tools.agentToAgent.allow": "agents that may reach each other; `*` is a wildcard; absent: none",
    },
  },
  {
    title: "Tools, where people meet",
    intro:
      "Beside the other keys of a group (`groups.<id>`), a topic (`groups.<id>.topics.<id>`), a guild (`guilds.<id>`) and a channel (`channels.<id>`).",
    under: [
      ...["telegram", "whatsapp", "signal", "imessage"].flatMap((network) => [
        `${network}.groups.<id>`,
        `${network}.groups.<id>.topics.<id>`,
      ]),
      "discord.guilds.<id>",
      "discord.guilds.<id>.channels.<id>",
      "slack.channels.<id>",
    ],
    keys: {
      tools: 'one more list; what it leaves out, `allow` or `deny`, is that of `"*"`',
      "tools.allow": "",
      "tools.deny": "",
      toolsBySender: 'one more list, by sender; `"*"` is for whom no other entry names',
      "toolsBySender.<id>.allow": "",
      "toolsBySender.<id>.deny": "",
    },
  },
  {
    title: "Owners and commands",
    under: [""],
    keys: {
      commands: "",
      "commands.ownerAllowFrom": 'the owners, as `<network>:<id>`; `"*"` is an error',
      "commands.allowFrom": 'only these may give commands, by network; `"*"` is every network',
      "commands.text": "`false`: no commands as text",
      "commands.native": "`false`: no commands of the network's own kind",
      "commands.restart": "`true` makes `/restart` exist, for owners, and their tool `gateway` restart",
      "commands.config": "the same for `/config`",
      "commands.debug": "the same for `/debug`",
      "commands.useAccessGroups": "may only be `true`, which it is anyway",
    },
  },
  {
    title: "Scheduled runs",
    under: [""],
    keys: {
      cron: "docs/cron.md",
      "cron.enabled": "`false`: jobs stay, and none runs; default `true`",
      "cron.maxConcurrentRuns": "the others wait; default 1",
      "cron.maxRunsPerHour": "of all jobs together; default 60",
      "cron.maxJobs": "of one agent; default 50",
      "cron.minIntervalSeconds": "between two runs of a job; default 60",
      "cron.timeZone": "of expressions that name none; default: the machine's",
    },
  },
  {
    title: "Sessions, models, gateway, log",
    under: [""],
    keys: {
      session: "",
      "session.dmScope":
        "who shares a conversation in direct messages; default `per-account-channel-peer`: nobody with nobody. The owner's own is apart",
      "session.idleMinutes": "",
      models: "",
      "models.providers": "by name, the first part of a model's id",
      "models.providers.<id>.baseUrl": "absent: Anthropic's own address",
      "models.providers.<id>.api": "`openai-completions` is understood and cannot be used yet",
      "models.providers.<id>.apiKey": "secret; for `anthropic` ANTHROPIC_API_KEY stands in",
      "models.providers.<id>.models": "models that may be used; absent: any",
      gateway: "waits for the next start",
      "gateway.port": "",
      "gateway.bind": "`lan`: other machines can reach it, with the token",
      "gateway.auth": "",
      "gateway.auth.token":
        "secret; at least 128 bits; absent: one is made and kept in `credentials/gateway-token`",
      "gateway.allowedHosts": "names, beside the loopback ones, under which it is reached",
      browser: "the tool `browser`; in a sandbox see `agents.defaults.sandbox.browser`",
      "browser.enabled":
        "`false` switches it off everywhere; default `true`: the lists of tools say who has it",
      "browser.executablePath":
        "Chromium of this machine; absent: Debian's, else one in the usual directories",
      "browser.headless": "on this machine; default `true`",
      logging: "waits for the next start",
      "logging.level": "",
      "logging.file": "absent: `/tmp/clawdbot/clawdbot-YYYY-MM-DD.log`",
      "logging.consoleLevel": "",
      "logging.consoleStyle": "",
      "logging.redactPatterns": "removed from every line, beside the secrets that are known",
      "logging.redactSensitive": "always an error: secrets cannot be shown",
    },
  },
];

const [begin, end] = ["<!-- keys: begin -->", "<!-- keys: end -->"];
const file = "docs/configuration.md";
const problems = [];
const keys = keysOf(schema());
const text = read(file);
const [before, after] = [text.split(begin)[0], text.split(end)[1]];
const wanted = formatted(`${before}${begin}\n\n${tables.map(tableOf).join("\n\n")}\n\n${end}${after}`);
for (const [path, { isSaid }] of keys)
  if (!isSaid) problems.push(`${path}: has no words in tools/checks/config-docs.mjs`);

if (process.argv.includes("--write")) writeFileSync(join(root, file), wanted);
else if (wanted !== text) problems.push(`${file} is not current: node tools/checks/config-docs.mjs --write`);
report(problems, `${keys.size} keys of the config are documented`);

function schema() {
  const { stdout, stderr, status } = spawnSync(
    "node",
    ["--conditions=@clawd/source", "--no-warnings", "apps/gateway/src/main.ts", "config", "schema"],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Every key with what it takes. An account takes what its network takes, so it is not listed again. */
function keysOf(node, prefix = "", found = new Map()) {
  for (const [name, value] of Object.entries(node.properties ?? {})) {
    if (name === "$include" || name === "$schema" || name === "accounts") continue;
    const path = `${prefix}${name}`;
    // The name of a network alone says nothing.
    if (!tables.some(({ under }) => under.includes(path)))
      found.set(path, { takes: takes(value), isSaid: false });
    keysOf(value, `${path}.`, found);
    if (typeof value.additionalProperties === "object")
      keysOf(value.additionalProperties, `${path}.<id>.`, found);
    if (value.items) keysOf(value.items, `${path}[].`, found);
  }
  return found;
}

function takes(value) {
  const shown = (one) => `\`${typeof one === "string" ? one : JSON.stringify(one)}\``;
  if (value.enum) return value.enum.map(shown).join(", ") + withDefault(value);
  if (value.const !== undefined) return shown(value.const);
  if (value.anyOf) return [...new Set(value.anyOf.map(takes))].join(" or ");
  if (Array.isArray(value.type)) return value.type.join(" or ");
  if (value.type === "array")
    return value.items.type === "object" ? "a list" : `a list of ${takes(value.items)}`;
  if (value.type === "object") return "";
  return `${value.type ?? ""}${withDefault(value)}`;
}

function withDefault({ default: value }) {
  return value === undefined ? "" : `; default \`${JSON.stringify(value)}\``;
}

function tableOf({ title, under, note, intro, keys: words }) {
  const rows = Object.entries(words).map(([key, meaning]) => {
    const found = under.map((prefix) => keys.get(prefix === "" ? key : `${prefix}.${key}`));
    for (const [index, one] of found.entries()) {
      if (one === undefined) problems.push(`${under[index]}.${key}: is no key of the config`);
      else if (one.takes !== found[0]?.takes)
        problems.push(`${under[index]}.${key}: takes something else than ${under[0]}.${key}`);
      else one.isSaid = true;
    }
    return `| \`${key}\` | ${found[0]?.takes ?? ""} | ${meaning} |`;
  });
  const above = intro ?? (note && `Checked; ${note}.`);
  const head = `### ${title}\n\n${above ? `${above}\n\n` : ""}`;
  return `${head}| key | takes | meaning |\n| --- | --- | --- |\n${rows.join("\n")}`;
}

function formatted(markdown) {
  const { stdout, stderr, status } = spawnSync("oxfmt", ["--stdin-filepath", file], {
    cwd: root,
    input: markdown,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
