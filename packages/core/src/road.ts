/**
 * The road of a message: inbox, decision, obligations, lanes, agent, outbox. The one way from any event to any effect.
 * INVARIANT: with a policy that denies everything, no effect ever leaves (road.test.ts).
 */
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import type { Decision, Obligation } from "@clawd/policy";
import type { Pairing } from "@clawd/pairing";
import { type InboundEvent, splitText } from "@clawd/provider-kit";
import type { Sessions } from "@clawd/sessions";
import type { OutboxEntry, OutboxMessage, Store } from "@clawd/store";
import { commandNamed, commands, type CommandContext, type StatusReport } from "./command.ts";
import type { Connections } from "./connections.ts";
import { decisionRecord } from "./decision-record.ts";
import { createDelivery } from "./delivery.ts";
import { createGroupContext } from "./group-context.ts";
import { type Accepted, actsOn, takeIn } from "./intake.ts";
import { judge, type JudgePorts } from "./judge.ts";
import { createLanes } from "./lanes.ts";
import { keepNote } from "./provider-note.ts";
import { type AgentSettings, takeTurn } from "./turn.ts";

export interface RoadPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly policy: JudgePorts["policy"];
  readonly matchMention: JudgePorts["matchMention"];
  /** The pairing of a provider's account; undefined where there is none. */
  readonly pairing: (provider: string, account: string) => Pairing | undefined;
  /** The message that carries a pairing code. */
  readonly pairingMessage: (event: InboundEvent, code: string) => string;
  /** 32 secret bytes, the same after a restart: the boundaries of data in the prompts are made of them. */
  readonly boundaryKey: Buffer;
  readonly agent: (id: string) => AgentSettings;
}

export interface Road {
  /** Takes up what an earlier process left, and begins to deliver. Call it before the first `receive`. */
  start(): void;
  /** Stores and decides; resolves once that is durable, long before anything is answered. */
  receive(events: readonly InboundEvent[]): Promise<void>;
  /** A provider came back, or an outbox message was added from elsewhere. */
  wake(): void;
  /** Lets what runs finish for a while; what is left is taken up at the next start. */
  stop(graceMilliseconds: number): Promise<void>;
}

/** Milliseconds before an event whose turn or command failed is taken up again; the last repeats. */
const retryPauses = [5000, 15_000, 60_000];
/** Turns at once over all sessions; running and waiting turns in one session. */
const limits = { concurrent: 16, perLane: 50 };

export function createRoad(ports: RoadPorts): Road {
  const { clock, logger, store, sessions, connections } = ports;
  const lanes = createLanes(limits);
  const context = createGroupContext();
  const delivery = createDelivery({ clock, logger, store, connections, onSettled });
  /** How often each event was taken up in vain. */
  const failures = new Map<number, number>();
  const closing = new AbortController();
  let isOpen = true;

  const judgement = (event: InboundEvent): Decision =>
    judge(event, {
      policy: ports.policy,
      matchMention: ports.matchMention,
      isPaired: (provider, account, sender) => ports.pairing(provider, account)?.isApproved(sender) ?? false,
      activation: (agent, session) => sessions.find(agent, session)?.activation ?? null,
    });

  function challenge(event: InboundEvent): void {
    const pairing = ports.pairing(event.provider, event.account);
    if (pairing === undefined || event.sender.id === null) return;
    const { name, username } = event.sender;
    const meta = { ...(name === null ? {} : { name }), ...(username === null ? {} : { username }) };
    const asked = pairing.ask({ id: event.sender.id, meta });
    if (asked.outcome !== "created" && asked.outcome !== "undelivered") return;
    enqueue(event, ports.pairingMessage(event, asked.code), {
      deliveryId: `pairing:${event.provider}:${event.account}:${event.eventId}`,
      purpose: "pairing-code",
      session: null,
      cause: null,
    });
  }

  /** Splits the text for the network and stores the pieces; they are sent once the transaction around this is over. */
  function enqueue(
    event: InboundEvent,
    text: string,
    message: Pick<OutboxMessage, "deliveryId" | "purpose" | "session" | "cause">,
  ): void {
    const limit = connections.get(event.provider, event.account)?.provider.capabilities.maxTextLength ?? 4000;
    for (const [index, piece] of splitText(text, limit).entries()) {
      store.outbox.enqueue({
        ...message,
        deliveryId: index === 0 ? message.deliveryId : `${message.deliveryId}:${index}`,
        provider: event.provider,
        account: event.account,
        chat: { kind: event.chat.kind, id: event.chat.id, thread: event.chat.thread },
        text: piece,
        replyToMessageId: index === 0 ? event.messageId : null,
      });
    }
    delivery.wake();
  }

  function onSettled(entry: OutboxEntry, outcome: "sent" | "rejected"): void {
    if (entry.purpose !== "pairing-code") return;
    const pairing = ports.pairing(entry.provider, entry.account);
    if (outcome === "sent") pairing?.delivered(entry.chat.id);
    else pairing?.undeliverable(entry.chat.id);
  }

  /** Acts on a stored event, now or, where something fails, later: it stays pending until it is finished. */
  function act(accepted: Accepted): void {
    try {
      actNow(accepted);
    } catch (fault) {
      actLater(accepted, fault);
    }
  }

  function actLater(accepted: Accepted, fault: unknown): void {
    const failed = failures.get(accepted.id) ?? 0;
    failures.set(accepted.id, failed + 1);
    const pause = retryPauses[Math.min(failed, retryPauses.length - 1)]!;
    logger.error("a message waits, since acting on it failed", {
      event: accepted.event.eventId,
      ...reasonOf(fault),
      pause,
    });
    void clock.sleep(pause, closing.signal).then(() => {
      if (isOpen) act(accepted);
    });
  }

  /** Decides again first, since the policy, the pairing or the activation may have changed. */
  function actNow({ id, event }: Accepted): void {
    const decision = judgement(event);
    const { agent, session } = decision;
    if (!actsOn(decision) || agent === null || session === null) return drop(id, event, decision);
    const command = obligation(decision, "run-command");
    if (command !== undefined)
      return runCommand(id, { event, agent, session, authority: command.authority }, command.command);
    void queueTurn(id, event, session);
  }

  function finish(id: number): void {
    store.inbox.finish(id);
    failures.delete(id);
  }

  function drop(id: number, event: InboundEvent, decision: Decision): void {
    store.transaction(() => {
      store.audit.append(decisionRecord(event, decision, "started"));
      finish(id);
    });
  }

  function runCommand(id: number, about: Omit<CommandContext, "args">, name: string): void {
    const text = commandNamed(name).run({ ...about, args: about.event.command?.args ?? "" }, services);
    store.transaction(() => {
      const { event, agent, session } = about;
      store.audit.append({ ...whereOf(event), kind: "command-run", agent, session, code: name });
      enqueue(event, text, { deliveryId: `reply:${id}`, purpose: "command", session, cause: id });
      finish(id);
    });
  }

  async function queueTurn(id: number, event: InboundEvent, session: string): Promise<void> {
    try {
      const outcome = await lanes.run(session, (signal) => answer(id, event, signal));
      // A road that closes leaves the event pending: the next start takes it up.
      if (outcome === "cancelled" && isOpen) finishUnanswered(id, event, session, "turn-stopped");
      if (outcome === "full") {
        finishUnanswered(
          id,
          event,
          session,
          "lane-full",
          "I have too many messages waiting here. Please send this one again later.",
        );
      }
    } catch (fault) {
      if (isOpen) actLater({ id, event }, fault);
    }
  }

  async function answer(id: number, event: InboundEvent, signal: AbortSignal): Promise<void> {
    const decision = judgement(event);
    const start = obligation(decision, "start-turn");
    const { agent, session } = decision;
    if (!actsOn(decision) || start === undefined || agent === null || session === null)
      return drop(id, event, decision);
    void connections
      .get(event.provider, event.account)
      ?.link.typing({ kind: event.chat.kind, id: event.chat.id, thread: event.chat.thread });
    const { text, outcome } = await takeTurn(
      { event, decision, agent, session, authority: start.authority },
      { ...ports, context },
      signal,
    );
    if (signal.aborted) return;
    store.transaction(() => {
      store.audit.append({
        ...whereOf(event),
        kind: "turn-finished",
        agent,
        session,
        code: outcome,
        detail: { cause: id },
      });
      if (text !== "")
        enqueue(event, text, { deliveryId: `reply:${id}`, purpose: "reply", session, cause: id });
      finish(id);
    });
  }

  function finishUnanswered(
    id: number,
    event: InboundEvent,
    session: string,
    code: string,
    text?: string,
  ): void {
    store.transaction(() => {
      store.audit.append({ ...whereOf(event), kind: "turn-finished", session, code, detail: { cause: id } });
      if (text !== undefined)
        enqueue(event, text, { deliveryId: `reply:${id}`, purpose: "reply", session, cause: id });
      finish(id);
    });
  }

  const services = {
    help: () => commands,
    stopSession: (session: string) => lanes.stop(session),
    resetSession: (agent: string, session: string) => {
      context.take(session);
      sessions.reset(agent, session);
    },
    status: ({ agent, session }: CommandContext): StatusReport => ({
      version: ports.version,
      agent,
      model: ports.agent(agent).model.id,
      messages: sessions.history(agent, session, 1000).length,
      providers: connections.list().map(({ provider, account, state }) => ({
        label: provider.network.label,
        account,
        state: state.state,
      })),
    }),
  };

  return {
    start() {
      for (const { id, body } of store.inbox.pending()) act({ id, event: JSON.parse(body) as InboundEvent });
      delivery.wake();
    },
    async receive(events) {
      for (const one of stored(events)) act(one);
    },
    wake: () => delivery.wake(),
    async stop(graceMilliseconds) {
      isOpen = false;
      closing.abort();
      await lanes.close(graceMilliseconds);
      await delivery.stop(graceMilliseconds);
    },
  };

  function stored(events: readonly InboundEvent[]): readonly Accepted[] {
    try {
      return takeIn(events, {
        clock,
        store,
        judge: judgement,
        keepNote: (event) => keepNote(event, ports),
        remember,
        challenge,
      });
    } catch (fault) {
      // The network delivers them again; why, only this line says.
      logger.error("events could not be stored", { count: events.length, ...reasonOf(fault) });
      throw fault;
    }
  }

  function remember(session: string, event: InboundEvent): void {
    if (event.text === "") return;
    context.add(session, {
      senderId: event.sender.id,
      senderName: event.sender.name,
      sentAt: event.sentAt,
      text: event.text,
    });
  }
}

function obligation<Kind extends Obligation["kind"]>(decision: Decision, kind: Kind) {
  return decision.obligations.find((one): one is Extract<Obligation, { kind: Kind }> => one.kind === kind);
}

function whereOf(event: InboundEvent) {
  const { provider, account, chat, sender } = event;
  return {
    provider,
    account,
    sender: sender.id,
    chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
  };
}

function reasonOf(fault: unknown) {
  const known = isClawdError(fault) ? { code: fault.code, hint: fault.hint } : { code: "CLAWD_DEFECT" };
  return { ...known, reason: messageOf(fault) };
}
