/** An app for Slack with Bolt. Whom it answers, and who may have it deploy, is decided by @clawd/policy. */
import { openPairing, type Pairing, type PairingStore } from "@clawd/pairing";
import { memoryPairingStore } from "@clawd/pairing/memory";
import { compile, type ChatReference, type Network, type Origin, type ToolDescriptor } from "@clawd/policy";
import { App, type AppOptions, type types } from "@slack/bolt";
import { approve, codeIn, sendCode, stateOf } from "./codes.ts";
import { exactId } from "./exact-id.ts";
import { obey } from "./obey.ts";

const slack: Network = {
  id: "slack",
  layout: "channels",
  canPair: true,
  // Slackbot speaks for workflows, reminders and whoever set them up.
  sharedSenders: ["USLACKBOT"],
  canonicalSender: exactId(/^[UW][A-Z0-9]{2,20}$/, "Write the member ID; the profile's menu copies it."),
  canonicalChat: exactId(/^[CG][A-Z0-9]{2,20}$/, "Write the channel ID; it ends the channel's details."),
};

const config = {
  slack: {
    dm: { policy: "pairing", allowFrom: ["U0OWNER42"] },
    channels: { C0GENERAL1: { requireMention: true } },
  },
  commands: { ownerAllowFrom: ["slack:U0OWNER42"] },
  agents: { defaults: { sandbox: { mode: "off" } } },
};

/**
 * An `exec` tool runs commands. Without a sandbox that is on the host: never for strangers, and for everybody but an owner in
 * their own direct messages an owner is asked first, which this app cannot do.
 */
const tools: readonly ToolDescriptor[] = [{ name: "deploy", kind: "exec" }];

export interface SlackAppOptions {
  readonly deploy: (target: string) => Promise<void>;
  /** Absent: approvals end with the process. */
  readonly store?: PairingStore;
  readonly bolt: AppOptions;
}

export function createSlackApp(options: SlackAppOptions): { app: App; pairing: Pairing } {
  const { bolt, deploy, store = memoryPairingStore() } = options;
  const compiled = compile(config, { networks: [slack], tools });
  if (!compiled.ok) throw new Error(compiled.issues.map(({ path, hint }) => `${path}: ${hint}`).join("\n"));
  const { policy } = compiled;
  const pairing = openPairing({ store, clock: Date, network: slack });
  const app = new App(bolt);

  app.message(async ({ message, context, say }) => {
    if (message.subtype !== undefined) return; // edits, joins, posts of old-style bots
    const origin = originOf(message, context.botUserId);
    if (origin === null) return;
    const { user, text = "", thread_ts: thread } = message;
    const reply = (words: string) => say({ text: words, ...(thread && { thread_ts: thread }) });
    const code = codeIn(text);

    const facts = { ...mentionIn(text, context.botUserId), command: code ? "approve" : null };
    const state = stateOf(pairing, origin);
    const decision = policy.decide({ action: "message", ...origin, ...facts }, state);
    await obey(decision, {
      "send-pairing-code": () => sendCode(pairing, { id: user, name: "" }, reply),
      "run-command": () => reply(approve(pairing, code ?? "")),
      "start-turn": async ({ authority }) => {
        const target = /\bdeploy ([a-z][a-z0-9-]*)$/.exec(text)?.[1];
        if (target === undefined) return reply(`Hello! You are ${authority} to me.`);
        const call = { action: "tool", tool: "deploy", agent: decision.agent, ...origin };
        const isDone = await obey(policy.decide(call, state), { "run-in": { host: () => deploy(target) } });
        return reply(isDone ? `${target} is deployed.` : "I may not do that for you.");
      },
    });
  });

  return { app, pairing };
}

/** `group` is what Slack calls a private channel. */
const kinds = { im: "dm", mpim: "group", channel: "channel", group: "channel", app_home: null } as const;

function originOf(message: types.GenericMessageEvent, me: string | undefined): Origin | null {
  const { user, channel, channel_type: type, bot_id: botId, thread_ts: thread = null } = message;
  const kind = kinds[type];
  if (!kind) return null;
  const chat: ChatReference = kind === "dm" ? { kind, id: user } : { kind, id: channel, thread };
  return { provider: slack.id, chat, sender: { id: user, isBot: botId !== undefined, isSelf: user === me } };
}

/** Slack escapes the brackets that people type, so these are its own. */
function mentionIn(text: string, me: string | undefined) {
  const mentioned = text.includes(`<@${me}>`) || text.includes(`<@${me}|`);
  return { mentioned: me !== undefined && mentioned, mentionDetectable: me !== undefined };
}
