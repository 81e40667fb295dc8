/** What the tools of a run reach beyond their place: chats, sessions, pictures. Each effect is decided where it is asked for. */
import type { Clock, Logger } from "@clawd/kernel";
import type { StateFacts, Decision } from "@clawd/policy";
import type { Pairing } from "@clawd/pairing";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Sessions } from "@clawd/sessions";
import type { Media, Store } from "@clawd/store";
import type { GatewayContext, JobsPort } from "@clawd/tools";
import type { Connections } from "../connections.ts";
import type { Delegation } from "./delegation.ts";
import { messagesPort } from "./messages-port.ts";
import type { Enqueue } from "../outgoing.ts";
import { type FetchFile, picturesPort } from "./pictures-port.ts";
import type { Places } from "../calls/place-executor.ts";
import { sessionsPort } from "./sessions-port.ts";
import { isBelow } from "./spawned.ts";
import { turnOf } from "../state.ts";
import type { PlacedCall, RunQuestion, ToolRun } from "../calls/tool-call.ts";
import { type AgentSettings, mediaMaxBytesOf } from "../turn.ts";

export interface ReachPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: Pick<Store, "outbox" | "usage">;
  readonly media: Media;
  readonly places: Pick<Places, "enter">;
  readonly fetchFile: FetchFile;
  readonly sessions: Sessions;
  readonly connections: Connections;
  readonly enqueue: Enqueue;
  readonly delegation: Delegation;
  readonly jobs: (call: PlacedCall) => JobsPort;
  readonly agent: (id: string) => AgentSettings;
  readonly agents: () => readonly string[];
  readonly pairing: (provider: string, account: string) => Pairing | undefined;
  /** Whether the sender may still be answered where the event came from. */
  readonly judge: (event: InboundEvent) => Decision;
}

export interface Reach {
  /** The ports of one call. */
  context(call: PlacedCall): GatewayContext;
  /** What the config does not hold of the target of a question. Whoever cannot be looked up is nobody's acquaintance. */
  target(run: ToolRun, question: RunQuestion): Pick<StateFacts, "isTargetPaired" | "isSpawned">;
}

export function createReach(ports: ReachPorts): Reach {
  const { sessions, enqueue, delegation } = ports;

  function announce(call: PlacedCall, session: string, label: string | null, text: string): void {
    const { provider, account, chat } = call.event;
    // Time has passed: whoever may no longer be answered here is not.
    if (ports.judge(call.event).effect !== "allow") return;
    enqueue({
      deliveryId: `announce:${session}`,
      provider,
      account,
      chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
      text: label === null ? text : `${label}: ${text}`,
      replyToMessageId: null,
      purpose: "announce",
      session: call.session,
      cause: null,
    });
  }

  return {
    context: (call) => ({
      jobs: ports.jobs(call),
      messages: messagesPort(call, {
        ...ports,
        outbox: ports.store.outbox,
        maxBytes: mediaMaxBytesOf(ports.agent(call.agent)),
        now: () => ports.clock.now(),
      }),
      pictures: picturesPort(call, {
        ...ports,
        models: ports.agent(call.agent).imageModels ?? [ports.agent(call.agent).model],
        count: (tokens) => ports.store.usage.addTokens(turnOf(call.event), tokens),
      }),
      sessions: sessionsPort(call, {
        sessions,
        delegation,
        agent: ports.agent,
        agents: ports.agents,
        announce,
      }),
    }),
    target({ agent, session }, question) {
      if (question.action === "session")
        return {
          isSpawned: question.operation !== "spawn" && isBelow(sessions, agent, session, question.session),
        };
      const { provider, account = "default", chat } = question.to;
      try {
        return { isTargetPaired: ports.pairing(provider, account)?.grantOf(chat.id) !== undefined };
      } catch {
        return { isTargetPaired: false };
      }
    },
  };
}
