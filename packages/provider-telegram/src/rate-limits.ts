/** How fast a bot may write: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
import type { Clock } from "@clawd/kernel";
import { createRateLimiter, type OutboundMessage, type RateLimiter } from "@clawd/provider-kit";

/** "avoid sending more than one message per second … short bursts are allowed". */
const perChat = { burst: 3, perSecond: 1 };
/** "not able to send more than 20 messages per minute" to a group; 3 at once and 15 more keep below it in any minute. */
const perGroup = { burst: 3, perSecond: 0.25 };
/** "not more than about 30 messages per second"; 3 at once and 25 more keep below it, also when the way there delays some by 80 ms. */
const overall = { burst: 3, perSecond: 25 };
const probing = { burst: 10, perSecond: 20 };

export interface SendingPace {
  /** As RateLimiter.take. */
  take(chat: OutboundMessage["chat"], signal?: AbortSignal): Promise<void>;
  /** For calls that nobody sees; they have no published limit, so they stay well below the others'. */
  takeProbe(signal?: AbortSignal): Promise<void>;
  /** For acknowledging a press. @throws as RateLimiter.take: a flood of presses is not answered by a flood */
  takePress(signal?: AbortSignal): Promise<void>;
  pause(milliseconds: number, chat: OutboundMessage["chat"]): void;
  stop(): void;
}

export function createPace(clock: Clock): SendingPace {
  const everybody = createRateLimiter({ clock, perChat, overall });
  const groups = createRateLimiter({ clock, perChat: perGroup, overall });
  const probes = createRateLimiter({ clock, perChat: probing, overall: probing });
  const presses = createRateLimiter({ clock, perChat: probing, overall: probing, maxWaiting: 100 });
  const limiterOf = (chat: OutboundMessage["chat"]): RateLimiter => (chat.kind === "dm" ? everybody : groups);
  return {
    async take(chat, signal) {
      await limiterOf(chat).take(chat.id, signal);
      if (chat.kind !== "dm") await everybody.take(chat.id, signal);
    },
    takeProbe: (signal) => probes.take("probe", signal),
    takePress: (signal) => presses.take("press", signal),
    pause: (milliseconds, chat) => limiterOf(chat).pause(milliseconds, chat.id),
    stop() {
      everybody.stop();
      groups.stop();
      probes.stop();
      presses.stop();
    },
  };
}
