/** Rate limits like the real ones: Telegram's FAQ says 1 message a second in a chat, 20 a minute in a group, 30 a second in all. */
import type { Clock } from "@clawd/kernel";
import type { Chat } from "./wire.ts";

export interface RateLimits {
  /** Messages a second to one chat, after a burst of `chatBurst`. */
  readonly perChatPerSecond: number;
  readonly chatBurst: number;
  /** To one group, supergroup or channel. */
  readonly perGroupPerMinute: number;
  /** To all chats together. */
  readonly overallPerSecond: number;
}

export const realLimits: RateLimits = {
  perChatPerSecond: 1,
  chatBurst: 3,
  perGroupPerMinute: 20,
  overallPerSecond: 30,
};

export interface Limiter {
  limits: RateLimits | undefined;
  /** Counts so many messages to the chat (absent: one) and answers 0, or answers the seconds to wait and counts nothing. */
  admit(chat: Chat, count?: number): number;
}

export function createLimiter(clock: Clock, limits: RateLimits | undefined): Limiter {
  const sentTo = new Map<number, number[]>();
  let sent: number[] = [];
  return {
    limits,
    admit(chat, count = 1) {
      if (this.limits === undefined) return 0;
      const { perChatPerSecond, chatBurst, perGroupPerMinute, overallPerSecond } = this.limits;
      const now = clock.now();
      const own = (sentTo.get(chat.id) ?? []).filter((at) => at > now - 60_000);
      sent = sent.filter((at) => at > now - 1000);
      const chatWindow = (chatBurst / perChatPerSecond) * 1000;
      const wait = Math.max(
        untilRoom(own, chatBurst, chatWindow, now),
        chat.type === "private" ? 0 : untilRoom(own, perGroupPerMinute, 60_000, now),
        untilRoom(sent, overallPerSecond, 1000, now),
      );
      if (wait > 0) return Math.ceil(wait / 1000);
      const times = Array.from({ length: count }, () => now);
      sentTo.set(chat.id, [...own, ...times]);
      sent.push(...times);
      return 0;
    },
  };
}

/** Milliseconds until fewer than `count` of the times lie in the window that ends now. */
function untilRoom(times: readonly number[], count: number, windowMs: number, now: number): number {
  const inside = times.filter((at) => at > now - windowMs);
  return inside.length < count ? 0 : inside[inside.length - count]! + windowMs - now;
}
