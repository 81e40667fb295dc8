/** A stranger is told a pairing code, and the pairing hears whether the message arrived. */
import type { Logger } from "@clawd/kernel";
import type { Pairing } from "@clawd/pairing";
import type { InboundEvent } from "@clawd/provider-kit";
import type { OutboxEntry } from "@clawd/store";
import { answerTo, type Enqueue } from "./outgoing.ts";
import { reasonOf } from "./perform.ts";

export interface ChallengePorts {
  readonly logger: Logger;
  /** The pairing of a provider's account; undefined where there is none. */
  readonly pairing: (provider: string, account: string) => Pairing | undefined;
  /** The message that carries a pairing code. */
  readonly pairingMessage: (event: InboundEvent, code: string) => string;
  readonly enqueue: Enqueue;
}

export function createChallenge(ports: ChallengePorts) {
  function challenge(event: InboundEvent): void {
    const pairing = ports.pairing(event.provider, event.account);
    if (pairing === undefined || event.sender.id === null) return;
    const { name, username } = event.sender;
    const meta = { ...(name === null ? {} : { name }), ...(username === null ? {} : { username }) };
    const asked = pairing.ask({ id: event.sender.id, meta });
    if (asked.outcome !== "created" && asked.outcome !== "undelivered") return;
    ports.enqueue({
      ...answerTo(event),
      text: ports.pairingMessage(event, asked.code),
      deliveryId: `pairing:${event.provider}:${event.account}:${event.eventId}`,
      purpose: "pairing-code",
      session: null,
      cause: null,
    });
  }

  return {
    /** @throws ClawdError when the pairing store cannot be used */
    challenge,
    /** The same; a pairing store that cannot be used holds up the one who asks, and nobody else. */
    couldChallenge(event: InboundEvent): boolean {
      try {
        challenge(event);
        return true;
      } catch (fault) {
        const { provider, account } = event;
        ports.logger.error("pairing waits", { provider, account, ...reasonOf(fault) });
        return false;
      }
    },
    settled({ provider, account, chat }: OutboxEntry, outcome: "sent" | "rejected"): void {
      const pairing = ports.pairing(provider, account);
      if (outcome === "sent") pairing?.delivered(chat.id);
      else pairing?.undeliverable(chat.id);
    },
  };
}
