/** A restart that somebody in a conversation asks for: in order, once for each message, and only for whom `/restart` exists. */
import type { PlacedCall } from "@clawd/core";
import type { Clock, Logger } from "@clawd/kernel";
import type { Audit } from "@clawd/store";
import type { ControlAnswer } from "@clawd/tools";

export interface RestartPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Pick<Audit, "append">;
  /**
   * Messages that were answered with a restart since the process began: a turn that the restart cut short is taken up
   * again after it, and must not restart a second time.
   */
  readonly answered: Set<string>;
  /** Begins it. */
  readonly begin: () => void;
  /** Aborts when the gateway stops for another reason. */
  readonly signal: AbortSignal;
}

export interface Restart {
  ask(call: PlacedCall, when: { readonly delayMs: number; readonly reason: string | null }): ControlAnswer;
}

export function createRestart({ clock, logger, audit, answered, begin, signal }: RestartPorts): Restart {
  return {
    ask(call, { delayMs, reason }) {
      if (!call.mayCommand("restart"))
        return {
          outcome: "switched-off",
          text: "Refused: restarting from a conversation is switched off. Its owner sets commands.restart: true.",
        };
      const { provider, account, eventId, sender } = call.event;
      const key = JSON.stringify([provider, account, eventId]);
      if (answered.has(key))
        return {
          outcome: "done",
          text: "This message has restarted the gateway already, or is about to. Go on.",
        };
      answered.add(key);
      const { session, agent } = call;
      audit.append({
        kind: "restart-asked",
        provider,
        account,
        sender: sender.id,
        session,
        agent,
        detail: { reason, delayMs },
      });
      logger.warn("a restart was asked for", { session, reason, delayMs });
      void clock.sleep(delayMs, signal).then(() => {
        if (!signal.aborted) begin();
      });
      return {
        outcome: "done",
        text: `The gateway restarts in ${delayMs} ms, when what runs has ended. Finish your answer now.`,
      };
    },
  };
}
