/**
 * Acts on stored events: does what the decision obliges to, once, and finishes them. What fails stays pending and is tried
 * again. A decision that waited is made again right before its effect.
 */
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import type { Decision, Obligation } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Store } from "@clawd/store";
import type { CommandContext, CommandServices } from "./commands/command.ts";
import { commandNamed } from "./commands/commands.ts";
import type { Connections } from "./connections.ts";
import { decisionRecord } from "./decision-record.ts";
import { type Accepted, actsOn } from "./intake.ts";
import type { Lanes } from "./lanes.ts";
import { answerTo, type Enqueue } from "./outgoing.ts";
import { budgetSubject, turnOf } from "./state.ts";
import type { TurnAnswer, TurnTask } from "./turn.ts";

export interface PerformerPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<Store, "inbox" | "audit" | "usage" | "transaction">;
  readonly connections: Pick<Connections, "get">;
  readonly lanes: Lanes;
  readonly judge: (event: InboundEvent) => Decision;
  readonly enqueue: Enqueue;
  /** Asks for pairing. @throws what the pairing store throws */
  readonly challenge: (event: InboundEvent) => void;
  readonly takeTurn: (task: TurnTask, signal: AbortSignal) => Promise<TurnAnswer>;
  readonly services: CommandServices;
}

export interface Performer {
  /** Begins what the event asks for; returns long before it is done. Never throws. */
  act(accepted: Accepted): void;
  /** Begins nothing more; what is cut off from now on stays pending for the next start. */
  close(): void;
}

/** Milliseconds before an event whose turn or command failed is taken up again; the last repeats. */
const retryPauses = [5000, 15_000, 60_000];
/** Milliseconds from the beginning of a turn to "is typing …". */
const typingDelay = 20;
const crowdedText = "I have too many messages waiting here. Please send again later what I do not answer.";

export function createPerformer(ports: PerformerPorts): Performer {
  const { clock, logger, store, connections, lanes, judge, enqueue, services } = ports;
  /** How often each event was taken up in vain. */
  const failures = new Map<number, number>();
  /** Sessions that were told so since they last had room: a flood is not answered by a flood. */
  const crowded = new Set<string>();
  const closing = new AbortController();

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
      if (!closing.signal.aborted) act(accepted);
    });
  }

  /** Decides again first, since the policy, the pairing or the activation may have changed. */
  function actNow({ id, event }: Accepted): void {
    const decision = judge(event);
    const { agent, session } = decision;
    if (!actsOn(decision) || agent === null || session === null) return drop(id, event, decision);
    const command = obligation(decision, "run-command");
    if (command !== undefined) {
      const about = { event, agent, session, authority: command.authority };
      void runCommand(id, about, command.command).catch((fault: unknown) => actLater({ id, event }, fault));
      return;
    }
    void queueTurn(id, event, session);
  }

  function finish(id: number): void {
    store.inbox.finish(id);
    failures.delete(id);
  }

  function drop(id: number, event: InboundEvent, decision: Decision): void {
    store.transaction(() => {
      store.audit.append(decisionRecord(event, decision, "started"));
      if (obligation(decision, "send-pairing-code") !== undefined) ports.challenge(event);
      finish(id);
    });
  }

  async function runCommand(id: number, about: Omit<CommandContext, "args">, name: string): Promise<void> {
    const answer = commandNamed(name).run({ ...about, args: about.event.command?.args ?? "" }, services);
    // A command that answers at once has done so before anything else happens.
    const text = typeof answer === "string" ? answer : await answer;
    store.transaction(() => {
      const { event, agent, session } = about;
      store.audit.append({ ...whereOf(event), kind: "command-run", agent, session, code: name });
      reply(id, event, session, text, "command");
      finish(id);
    });
  }

  function reply(id: number, event: InboundEvent, session: string, text: string, purpose = "reply"): void {
    enqueue({ ...answerTo(event), text, deliveryId: `reply:${id}`, purpose, session, cause: id });
  }

  async function queueTurn(id: number, event: InboundEvent, session: string): Promise<void> {
    try {
      const outcome = await lanes.run(session, (signal) => answer(id, event, signal));
      if (outcome === "done") crowded.delete(session);
      // A road that closes leaves the event pending: the next start takes it up.
      if (outcome === "cancelled" && !closing.signal.aborted)
        finishUnanswered(id, event, session, "turn-stopped");
      if (outcome === "full") {
        finishUnanswered(id, event, session, "lane-full", crowded.has(session) ? undefined : crowdedText);
        crowded.add(session);
      }
    } catch (fault) {
      if (!closing.signal.aborted) actLater({ id, event }, fault);
    }
  }

  async function answer(id: number, event: InboundEvent, signal: AbortSignal): Promise<void> {
    const decision = judge(event);
    const start = obligation(decision, "start-turn");
    const { agent, session } = decision;
    if (!actsOn(decision) || start === undefined || agent === null || session === null)
      return drop(id, event, decision);
    // After the model is asked: that is what the person waits for. Who answers at once was not typing.
    const typing = setTimeout(() => showTyping(event), typingDelay);
    if (obligation(decision, "count-against-budget") !== undefined)
      store.usage.countTurn(budgetSubject(event), turnOf(event));
    const task = { event, decision, agent, session, authority: start.authority };
    const { text, outcome, tokens } = await ports.takeTurn(task, signal).finally(() => clearTimeout(typing));
    // Stopped: what it had cost by then counts all the same.
    if (signal.aborted) return store.usage.addTokens(turnOf(event), tokens);
    store.transaction(() => {
      store.audit.append({
        ...whereOf(event),
        kind: "turn-finished",
        agent,
        session,
        code: outcome,
        detail: { cause: id },
      });
      store.usage.addTokens(turnOf(event), tokens);
      if (text !== "") reply(id, event, session, text);
      finish(id);
    });
  }

  function showTyping({ provider, account, chat }: InboundEvent): void {
    void connections
      .get(provider, account)
      ?.link.typing({ kind: chat.kind, id: chat.id, thread: chat.thread });
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
      if (text !== undefined) reply(id, event, session, text);
      finish(id);
    });
  }

  return { act, close: () => closing.abort() };
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

/** A fault as the log says it. */
export function reasonOf(fault: unknown) {
  const known = isClawdError(fault) ? { code: fault.code, hint: fault.hint } : { code: "CLAWD_DEFECT" };
  return { ...known, reason: messageOf(fault) };
}
