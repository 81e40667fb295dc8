/** A bot for Discord with discord.js. Whom it answers, and who may have it deploy, is decided by @clawd/policy. */
import { openPairing, type Pairing, type PairingStore } from "@clawd/pairing";
import { memoryPairingStore } from "@clawd/pairing/memory";
import { compile, type ChatReference, type Network, type Origin, type ToolDescriptor } from "@clawd/policy";
import {
  ChannelType,
  Client,
  Events,
  GatewayIntentBits,
  MessageType,
  Partials,
  type ClientOptions,
  type Message,
} from "discord.js";
import { approve, codeIn, sendCode, stateOf } from "./codes.ts";
import { exactId } from "./exact-id.ts";
import { obey } from "./obey.ts";

const snowflake = /^[1-9]\d{0,19}$/;

const discord: Network = {
  id: "discord",
  layout: "guilds",
  canPair: true,
  sharedSenders: [],
  canonicalSender: exactId(snowflake, "Write the number: right-click the person, Copy User ID."),
  canonicalChat: exactId(snowflake, "Write the number: right-click the server or channel, Copy ID."),
};

const config = {
  discord: {
    dm: { policy: "pairing", allowFrom: ["80351110224678912"] },
    guilds: { "197038439483310086": { requireMention: true, channels: { "381870553235193857": {} } } },
  },
  commands: { ownerAllowFrom: ["discord:80351110224678912"] },
  // Owners may use every tool; of the others, only whoever is named here.
  access: {
    profiles: {
      stranger: { tools: { allow: [] } },
      friend: { tools: { allow: [] } },
      deployer: { members: ["discord:60351110224678910"], tools: { allow: ["deploy"] } },
    },
  },
};

const tools: readonly ToolDescriptor[] = [{ name: "deploy", kind: "gateway" }];

export interface DiscordBotOptions {
  readonly deploy: (target: string) => Promise<void>;
  /** Absent: approvals end with the process. */
  readonly store?: PairingStore;
  readonly discord?: Partial<ClientOptions>;
}

export function createDiscordBot(options: DiscordBotOptions): { client: Client; pairing: Pairing } {
  const { deploy, store = memoryPairingStore() } = options;
  const compiled = compile(config, { networks: [discord], tools });
  if (!compiled.ok) throw new Error(compiled.issues.map(({ path, hint }) => `${path}: ${hint}`).join("\n"));
  const { policy } = compiled;
  const pairing = openPairing({ store, clock: Date, network: discord });
  const { DirectMessages, Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
  const client = new Client({
    intents: [DirectMessages, Guilds, GuildMessages, MessageContent],
    partials: [Partials.Channel],
    allowedMentions: { parse: [] },
    ...options.discord,
  });

  // Edits, reactions and whatever Discord invents next have no listener.
  client.on(Events.MessageCreate, (message) => {
    receive(message).catch((fault: unknown) => console.error(fault));
  });

  async function receive(message: Message): Promise<void> {
    const origin = originOf(message);
    if (origin === null) return;
    const { author, content, mentions } = message;
    const reply = (words: string) => message.reply(words);
    const code = codeIn(content);

    const mentioned = mentions.users.has(message.client.user.id);
    const facts = { mentioned, mentionDetectable: true, command: code ? "approve" : null };
    const state = stateOf(pairing, origin);
    const decision = policy.decide({ action: "message", ...origin, ...facts }, state);
    await obey(decision, {
      "send-pairing-code": () => sendCode(pairing, { id: author.id, name: author.username }, reply),
      "run-command": () => reply(approve(pairing, code ?? "")),
      "start-turn": async ({ authority }) => {
        const target = /\bdeploy ([a-z][a-z0-9-]*)$/.exec(content)?.[1];
        if (target === undefined) return reply(`Hello! You are ${authority} to me.`);
        const call = { action: "tool", tool: "deploy", agent: decision.agent, ...origin };
        const isDone = await obey(policy.decide(call, state), {
          "run-in": { gateway: () => deploy(target) },
        });
        return reply(isDone ? `${target} is deployed.` : "I may not do that for you.");
      },
    });
  }

  return { client, pairing };
}

/** Null for what is no message of anybody: joins, pins, boosts. */
function originOf({ author, channel, client, guildId, type, webhookId }: Message): Origin | null {
  if (type !== MessageType.Default && type !== MessageType.Reply) return null;
  const chat = chatOf(channel, guildId, author.id);
  // A webhook's author is made up by whoever posts through it.
  const id = webhookId === null ? author.id : null;
  return (
    chat && {
      provider: discord.id,
      chat,
      sender: { id, isBot: author.bot, isSelf: author.id === client.user.id },
    }
  );
}

function chatOf(channel: Message["channel"], guild: string | null, author: string): ChatReference | null {
  if (channel.type === ChannelType.DM) return { kind: "dm", id: author };
  if (guild === null) return { kind: "group", id: channel.id };
  if (!channel.isThread()) return { kind: "channel", id: channel.id, guild };
  // A thread stands under the rules of its room, so it waits until the room is known.
  const parent = channel.parentId;
  return parent === null ? null : { kind: "channel", id: channel.id, parent, guild };
}
