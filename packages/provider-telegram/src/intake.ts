/** From updates to stored events. Whoever delivers them is told "received" only after this resolved. */
import { ClawdError } from "@clawd/kernel";
import { createLru, type InboundEvent, type ProviderPorts } from "@clawd/provider-kit";
import type { Update } from "grammy/types";
import { albumOf, mergeAlbums } from "./album.ts";
import type { Bot } from "./bot.ts";
import { translate } from "./translate.ts";

export interface Intake {
  /** @throws CLAWD_TELEGRAM_NOT_STORED: nothing was stored, and the updates must be delivered again. */
  store(updates: readonly Update[], bot: Bot): Promise<void>;
}

/** @param seen hears of every event */
export function createIntake(ports: ProviderPorts, seen: (event: InboundEvent) => void): Intake {
  function read(update: Update, bot: Bot): InboundEvent | undefined {
    try {
      const event = translate(update, { account: ports.account, bot, receivedAt: ports.clock.now() });
      // Answering itself, a bot never ends.
      return event?.sender.isSelf ? undefined : event;
    } catch {
      // An update of a shape that nobody foresaw is left out: kept back, it would stand in the way of all that follow.
      ports.logger.error("an update could not be read", { kinds: kindsOf(update) });
      return undefined;
    }
  }

  /** Stored under the id of another part: alone it would not be known again when it is delivered once more. */
  const parts = createLru<number, true>(1000);

  return {
    async store(updates, bot) {
      const understood = updates.flatMap((update) => {
        const event = parts.has(update.update_id) ? undefined : read(update, bot);
        return event === undefined ? [] : [{ event, album: albumOf(update), id: update.update_id }];
      });
      if (understood.length === 0) return;
      // Before they are stored: what is sent in answer must know of them already.
      for (const { event } of understood) seen(event);
      const events = mergeAlbums(understood);
      try {
        await ports.receive(events);
      } catch (cause) {
        throw new ClawdError(
          "CLAWD_TELEGRAM_NOT_STORED",
          "Messages could not be stored; Telegram keeps them.",
          {
            hint: "Look at the disk and the log: it goes on by itself once messages can be stored again.",
            cause,
          },
        );
      }
      for (const { id, album } of understood) if (album !== undefined) parts.set(id, true);
    },
  };
}

function kindsOf(update: unknown): string {
  if (typeof update !== "object" || update === null) return typeof update;
  return Object.keys(update).slice(0, 4).join(" ").slice(0, 100);
}
