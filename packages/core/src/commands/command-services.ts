/** What commands reach of the gateway: lanes, sessions, the owner's words. */
import type { Clock } from "@clawd/kernel";
import type { Decision } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { Sessions } from "@clawd/sessions";
import type { Approvals } from "../calls/approvals.ts";
import type { CommandServices } from "./command.ts";
import { commands } from "./commands.ts";
import type { Connections } from "../connections.ts";
import type { GroupContext } from "../group-context.ts";
import type { Lanes } from "../lanes.ts";
import type { AgentSettings } from "../turn.ts";

export interface CommandServicePorts {
  readonly clock: Clock;
  readonly version: string;
  readonly lanes: Pick<Lanes, "stop">;
  readonly sessions: Sessions;
  readonly connections: Pick<Connections, "list">;
  readonly context: Pick<GroupContext, "take">;
  readonly approvals: Pick<Approvals, "hear">;
  readonly agent: (id: string) => AgentSettings;
  /** Milliseconds since 1970; 0 when elevated mode is off. */
  readonly elevatedUntil: (agent: string, session: string) => number;
  /** Whether the sender may have elevated mode at all. */
  readonly elevatedDecision: (event: InboundEvent, agent: string) => Decision;
  readonly hearOwner: CommandServices["hearOwner"];
}

export function commandServices(ports: CommandServicePorts): CommandServices {
  const { clock, lanes, sessions, connections, context, approvals } = ports;
  return {
    help: () => commands,
    hearOwner: async (word) => approvals.hear(word) ?? ports.hearOwner(word),
    elevation: ({ event, agent, session }) => ({
      isGranted: ports.elevatedDecision(event, agent).effect === "allow",
      left: ports.elevatedUntil(agent, session) - clock.now(),
    }),
    elevate: ({ agent, session }, milliseconds) => {
      sessions.patch(agent, session, {
        elevatedUntil: milliseconds === 0 ? null : clock.now() + milliseconds,
      });
    },
    stopSession: (session) => lanes.stop(session),
    resetSession: (agent, session) => {
      context.take(session);
      sessions.reset(agent, session);
    },
    status: ({ agent, session }) => ({
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
}
