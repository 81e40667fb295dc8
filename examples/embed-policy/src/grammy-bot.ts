/** A bot for Telegram with grammY. Whom it answers, and who may have it deploy, is decided by @clawd/policy. */
import { openPairing, type Pairing, type PairingStore } from "@clawd/pairing";
import { memoryPairingStore } from "@clawd/pairing/memory";
import { compile, type ChatReference, type Network, type Origin, type ToolDescriptor } from "@clawd/policy";
import { Bot, type BotConfig, type Context, type Filter } from "grammy";
import { approve, codeIn, sendCode, stateOf } from "./codes.ts";
import { exactId } from "./exact-id.ts";
import { obey } from "./obey.ts";

const telegram: Network = {
  id: "telegram",
  layout: "groups",
  canPair: true,
  // Anonymous administrators, posts of linked channels, people who write as a channel.
  sharedSenders: ["1087968824", "777000", "136817688"],
  canonicalSender: exactId(/^[1-9]\d{0,15}$/, "Write the number of the account, not its @name."),
  canonicalChat: exactId(/^-[1-9]\d{0,15}$/, "Write the number of the group; it begins with a minus."),
};

const config = {
  telegram: {
    dmPolicy: "pairing",
    allowFrom: ["42"],
    groups: { "-1001234567890": { requireMention: true } },
  },
  commands: { ownerAllowFrom: ["telegram:42"] },
};

/** An `admin` tool is for owners alone, whatever the lists say. */
const tools: readonly ToolDescriptor[] = [{ name: "deploy", kind: "admin" }];

export interface TelegramBotOptions {
  readonly token: string;
  readonly deploy: (target: string) => Promise<void>;
  /** Absent: approvals end with the process. */
  readonly store?: PairingStore;
  readonly grammy?: BotConfig<Context>;
}

export function createTelegramBot(options: TelegramBotOptions): { bot: Bot; pairing: Pairing } {
  const { token, deploy, store = memoryPairingStore(), grammy } = options;
  const compiled = compile(config, { networks: [telegram], tools });
  if (!compiled.ok) throw new Error(compiled.issues.map(({ path, hint }) => `${path}: ${hint}`).join("\n"));
  const { policy } = compiled;
  const pairing = openPairing({ store, clock: Date, network: telegram });
  const bot = new Bot(token, grammy);
  bot.catch(({ message }) => console.error(message));

  // Edits, reactions and whatever Telegram invents next have no listener.
  bot.on("message:text", async (ctx) => {
    const { text, from, forward_origin: forwarded, via_bot: borrowed } = ctx.message;
    if (forwarded !== undefined || borrowed !== undefined) return; // somebody else's words
    const id = String(from.id);
    const reply = (words: string) => ctx.reply(words);
    const code = codeIn(text);

    const origin = originOf(ctx);
    const facts = { mentioned: isMentioned(ctx), mentionDetectable: true, command: code ? "approve" : null };
    const state = stateOf(pairing, origin);
    const decision = policy.decide({ action: "message", ...origin, ...facts }, state);
    await obey(decision, {
      "send-pairing-code": () => sendCode(pairing, { id, name: from.first_name }, reply),
      "run-command": () => reply(approve(pairing, code ?? "")),
      "start-turn": async ({ authority }) => {
        const target = /\bdeploy(?:@\w+)? ([a-z][a-z0-9-]*)$/.exec(text)?.[1];
        if (target === undefined) return reply(`Hello! You are ${authority} to me.`);
        const call = { action: "tool", tool: "deploy", agent: decision.agent, ...origin };
        const isDone = await obey(policy.decide(call, state), {
          "run-in": { gateway: () => deploy(target) },
        });
        return reply(isDone ? `${target} is deployed.` : "I may not do that for you.");
      },
    });
  });

  return { bot, pairing };
}

type TextContext = Filter<Context, "message:text">;

function originOf({ me, message }: TextContext): Origin {
  const { chat, from, sender_chat: senderChat } = message;
  const thread = message.is_topic_message ? String(message.message_thread_id) : null;
  const where: ChatReference =
    chat.type === "private"
      ? { kind: "dm", id: String(chat.id) }
      : { kind: "group", id: String(chat.id), thread };
  // Whoever speaks as a group or channel comes with a made-up `from`.
  const id = senderChat === undefined ? String(from.id) : null;
  return {
    provider: telegram.id,
    chat: where,
    sender: { id, isBot: from.is_bot, isSelf: from.id === me.id },
  };
}

/** What Telegram marked as a mention; never the text itself. */
function isMentioned(ctx: TextContext): boolean {
  const name = `@${ctx.me.username}`.toLowerCase();
  return ctx.entities(["mention", "bot_command"]).some(({ text }) => text.toLowerCase().endsWith(name));
}
