/**
 * A gateway in one file: every event is put to the policy, and what the decision obliges to is done, nothing else.
 * Left out, and brought by @clawd/core: an inbox that outlives a crash, a record of decisions, group context, commands.
 */
import {
  buildSystemPrompt,
  createBoundary,
  envelope,
  type ModelMessage,
  noTools,
  runTurn,
} from "@clawd/agent";
import { practiceModel } from "@clawd/agent/practice";
import { silentLogger, systemClock } from "@clawd/kernel";
import { openPairing, type Pairing, pairingMessage } from "@clawd/pairing";
import { memoryPairingStore } from "@clawd/pairing/memory";
import { type Authority, compile } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import { telegram, type TelegramSettings } from "@clawd/provider-telegram";

export interface MinimalGateway {
  readonly pairing: Pairing;
  stop(): Promise<void>;
}

/** @param config What stands under `telegram` in a clawdbot.json. */
export async function startGateway(config: TelegramSettings & object): Promise<MinimalGateway> {
  const { network } = telegram;
  const compiled = compile({ telegram: config }, { networks: [network] });
  if (!compiled.ok) throw new Error(compiled.issues.map(({ message }) => message).join("\n"));
  const { policy } = compiled;
  const pairing = openPairing({ store: memoryPairingStore(), clock: systemClock, network });
  const histories = new Map<string, readonly ModelMessage[]>();
  const { signal } = new AbortController();

  const connection = telegram.connect(config, {
    account: "default",
    clock: systemClock,
    logger: silentLogger,
    note: null,
    http: { handle() {} },
    report: () => {},
    warn: () => {},
    async receive(events) {
      for (const event of events) await handle(event);
    },
  });

  async function handle(event: InboundEvent): Promise<void> {
    const isPaired = event.sender.id !== null && pairing.isApproved(event.sender.id);
    const { obligations, session } = policy.decide(requestOf(event), { isPaired });
    for (const obligation of obligations) {
      if (obligation.kind === "send-pairing-code") await sendCode(event);
      if (obligation.kind === "start-turn" && session !== null)
        await send(event, await answer(event, session, obligation.authority));
      // Whatever else it asks for is not done, and nothing is said.
    }
  }

  async function sendCode(event: InboundEvent): Promise<void> {
    const id = event.sender.id ?? "";
    const asked = pairing.ask({ id, meta: {} });
    if (asked.outcome !== "created" && asked.outcome !== "undelivered") return;
    const { senderIdLabel, id: provider } = network;
    await send(event, pairingMessage({ senderIdLabel, id, code: asked.code, provider }));
    pairing.delivered(id);
  }

  async function answer(event: InboundEvent, session: string, authority: Authority): Promise<string> {
    const { chat, sender, sentAt, text, replyTo, attachments } = event;
    const boundary = createBoundary(session);
    const about = { agentName: "Clawd", chat, authority, networkLabel: network.label };
    const system = buildSystemPrompt({ boundary, ...about, files: [], tools: [] });
    const who = { senderName: sender.name, senderId: sender.id, isGroup: chat.kind !== "dm" };
    const input = envelope({ boundary, ...who, sentAt, text, context: [], replyTo, attachments });
    const history = histories.get(session) ?? [];
    const parts = { model: practiceModel, system, history, input, tools: noTools };
    const turn = await runTurn({ ...parts, signal, clock: systemClock });
    histories.set(session, [...history, ...turn.messages].slice(-100));
    return turn.text;
  }

  async function send({ eventId, chat, messageId }: InboundEvent, text: string): Promise<void> {
    if (text !== "") await connection.send({ deliveryId: eventId, chat, text, replyToMessageId: messageId });
  }

  await connection.start();
  return { pairing, stop: () => connection.stop() };
}

function requestOf({ kind, command, chat, sender, ...event }: InboundEvent) {
  const { provider, account, mentioned, mentionDetectable, mentionsOthers } = event;
  const { title: _shown, ...where } = chat;
  const who = { id: sender.id, isBot: sender.isBot, isSelf: sender.isSelf };
  const facts = { provider, account, chat: where, sender: who, mentioned, mentionDetectable, mentionsOthers };
  return { action: "message", event: kind, command: command?.name ?? null, ...facts };
}
