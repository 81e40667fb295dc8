/**
 * The road of a message: inbox, decision, obligations, lanes, agent, outbox. The one way from any event to any effect.
 * INVARIANT: with a policy that denies everything, no effect ever leaves (road.test.ts).
 */
import type { CronSettings } from "@clawd/cron";
import type { Clock, Logger } from "@clawd/kernel";
import type { Decision } from "@clawd/policy";
import type { Pairing } from "@clawd/pairing";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Sessions } from "@clawd/sessions";
import type { GatewayContext } from "@clawd/tools";
import type { Media, OutboxEntry, OutboxMessage, Store } from "@clawd/store";
import { createApprovals, type OwnersNotice } from "./calls/approvals.ts";
import { boundToFiles } from "./files/bound-to-files.ts";
import { createChallenge } from "./challenge.ts";
import type { CommandServices } from "./commands/command.ts";
import { commandServices } from "./commands/command-services.ts";
import type { Connections } from "./connections.ts";
import { createDelegation, type DelegationLimits } from "./reach/delegation.ts";
import { createDelivery } from "./delivery.ts";
import { createGroupContext } from "./group-context.ts";
import { type Accepted, takeIn } from "./intake.ts";
import { judge, type JudgePorts } from "./judge.ts";
import { createLanes } from "./lanes.ts";
import { createEnqueue } from "./outgoing.ts";
import type { OwnersChat } from "./owners-chats.ts";
import { createPerformer, reasonOf } from "./perform.ts";
import type { FetchFile } from "./reach/pictures-port.ts";
import type { Places } from "./calls/place-executor.ts";
import { keepNote } from "./provider-note.ts";
import { createReach } from "./reach/reach.ts";
import { originOf } from "./request.ts";
import { stateOf, turnOf } from "./state.ts";
import { createScheduling, type Scheduling } from "./jobs/scheduling.ts";
import { together } from "./together.ts";
import { createSpentNotice } from "./spent-notice.ts";
import type { PlacedCall, ToolExecutor, ToolRun } from "./calls/tool-call.ts";
import { gatedTools } from "./calls/tool-gate.ts";
import { type AgentSettings, takeTurn, type TurnTask } from "./turn.ts";

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
  /** What carries the tools out, once a decision allows it. */
  readonly executors: (context: (call: PlacedCall) => GatewayContext) => Promise<readonly ToolExecutor[]>;
  /** The places of these executors, for what a run does with files beside its tools. */
  readonly places: Pick<Places, "enter">;
  /** Files that wait to be sent. */
  readonly media: Media;
  /** Fetches a file from the public web, under the rules of pages. */
  readonly fetchFile: FetchFile;
  /** Ids of the agents that the config has. */
  readonly agents: () => readonly string[];
  /** Does what an owner says about something that waits outside this road; gives what to say, or null when nothing waits under the hash. */
  readonly hearOwner: CommandServices["hearOwner"];
  /** The chats of their own in which owners can be reached now. */
  readonly ownersChats: () => readonly OwnersChat[];
  /** How scheduled runs go. */
  readonly cron: () => CronSettings;
  /** How many runs others may start. Absent: as `delegation.ts` says. */
  readonly subagents?: () => DelegationLimits;
}

export interface Road {
  /** Takes up what an earlier process left, and begins to deliver. Call it before the first `receive`. */
  start(): void;
  /** Stores and decides; resolves once that is durable, long before anything is answered. */
  receive(events: readonly InboundEvent[]): Promise<void>;
  /** Sends a message that answers nothing, with a text and buttons of any length; the same `deliveryId` is sent once. */
  send(message: OutboxMessage): void;
  /** A provider came back. */
  wake(): void;
  /** Scheduled jobs: what can be asked of them, and a look at them when another config came into force. */
  readonly scheduled: Pick<Scheduling, "jobs" | "status" | "review">;
  /** Lets what runs finish for a while; what is left is taken up at the next start. */
  stop(graceMilliseconds: number): Promise<void>;
}

/** Turns at once over all sessions; running and waiting turns in one session. */
const limits = { concurrent: 16, perLane: 50 };

export function createRoad(ports: RoadPorts): Road {
  const { clock, logger, store, sessions, connections } = ports;
  const lanes = createLanes(limits);
  const context = createGroupContext();
  const delivery = createDelivery({
    clock,
    logger,
    store,
    connections,
    media: ports.media,
    onSettled,
  });
  /** What is sent and what was sent share the wait for the disk with what is stored. */
  const committing: Store = { ...store, transaction: (work) => delivery.commit(work) };
  const judging: JudgePorts = {
    policy: ports.policy,
    matchMention: ports.matchMention,
    grant: (provider, account, sender) => ports.pairing(provider, account)?.grantOf(sender),
    usage: store.usage,
    activation: (agent, session) => sessions.find(agent, session)?.activation ?? null,
  };
  const judgement = (event: InboundEvent): Decision => judge(event, judging);

  const elevatedUntil = (agent: string, session: string): number =>
    sessions.find(agent, session)?.elevatedUntil ?? 0;
  /** Asked about the one tool that elevated mode is for. */
  const elevatedDecision = (event: InboundEvent, agent: string): Decision =>
    ports
      .policy()
      .decide(
        { action: "tool", agent, tool: "bash", elevated: true, ...originOf(event) },
        stateOf(event, judging),
      );
  const enqueue = createEnqueue({ store, connections, wake: () => delivery.wake() });
  const pairing = createChallenge({ ...ports, enqueue });
  const tellSpent = createSpentNotice({ clock, enqueue });
  const approvals = createApprovals({
    clock,
    audit: store.audit,
    isOwner: (event) =>
      judgement(event).obligations.some((one) => "authority" in one && one.authority === "owner"),
    tellOwners,
  });
  const services = commandServices({
    clock,
    version: ports.version,
    lanes,
    sessions,
    connections,
    context,
    approvals,
    agent: ports.agent,
    elevatedUntil,
    elevatedDecision,
    hearOwner: ports.hearOwner,
  });
  const tools = async (run: ToolRun) =>
    gatedTools(run, {
      policy: ports.policy,
      state: (event) => stateOf(event, judging),
      isElevated: (agent, session) => elevatedUntil(agent, session) > clock.now(),
      target: (of, question) => reach.target(of, question),
      audit: store.audit,
      refusals: store.refusals,
      approvals,
      executors: (await ports.executors((call) => reach.context(call))).map((executor) =>
        boundToFiles(executor, ports.places),
      ),
    });
  const turns = (task: TurnTask, signal: AbortSignal) => takeTurn(task, { ...ports, context, tools }, signal);
  const delegation = createDelegation({
    clock,
    logger,
    lanes,
    sessions,
    takeTurn: turns,
    count: ({ event }, tokens) => store.usage.addTokens(turnOf(event), tokens),
    ...(ports.subagents && { limits: ports.subagents }),
  });
  const scheduling = createScheduling({
    ...ports,
    store: committing,
    lanes,
    judging,
    enqueue,
    takeTurn: turns,
  });
  const reach = createReach({
    ...ports,
    enqueue,
    delegation,
    jobs: (call) => scheduling.port(call),
    judge: judgement,
  });
  const performer = createPerformer({
    clock,
    logger,
    store: committing,
    connections,
    lanes,
    judge: judgement,
    enqueue,
    challenge: pairing.challenge,
    takeTurn: turns,
    services,
  });

  function tellOwners({ id, text, buttons }: OwnersNotice): number {
    const chats = ports.ownersChats();
    for (const { provider, account, id: chat } of chats)
      enqueue({
        deliveryId: `approval:${id}:${provider}:${account}:${chat}`,
        provider,
        account,
        chat: { kind: "dm", id: chat, thread: null },
        text,
        buttons,
        replyToMessageId: null,
        purpose: "approval",
        session: null,
        cause: null,
      });
    return chats.length;
  }

  function onSettled(entry: OutboxEntry, outcome: "sent" | "rejected"): void {
    if (entry.purpose === "approval" && outcome === "rejected")
      approvals.undeliverable(entry.deliveryId.split(":")[1] ?? "");
    if (entry.purpose === "pairing-code") pairing.settled(entry, outcome);
  }

  return {
    start() {
      for (const { id, body } of store.inbox.pending())
        performer.act({ id, event: JSON.parse(body) as InboundEvent });
      delivery.wake();
      scheduling.start();
    },
    scheduled: scheduling,
    receive: together((events: readonly InboundEvent[]) => {
      for (const one of stored(events)) performer.act(one);
    }),
    send: enqueue,
    wake: () => delivery.wake(),
    async stop(graceMilliseconds) {
      performer.close();
      await Promise.all([scheduling.stop(graceMilliseconds), lanes.close(graceMilliseconds)]);
      await delivery.stop(graceMilliseconds);
    },
  };

  function stored(events: readonly InboundEvent[]): readonly Accepted[] {
    try {
      return takeIn(events, {
        clock,
        store: committing,
        judge: judgement,
        keepNote: (event) => keepNote(event, ports),
        remember,
        challenge: (event) => pairing.couldChallenge(event),
        tellSpent,
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
