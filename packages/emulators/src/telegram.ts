import { connectControl, type Remote } from "./remote.ts";
import type { TelegramControl } from "./telegram/server.ts";

export {
  startTelegramEmulator,
  type TelegramControl,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from "./telegram/server.ts";
export { realLimits, type RateLimits } from "./telegram/limits.ts";
export type { Call, Sent } from "./telegram/emulator.ts";
export type { Acts, Saying, SentFile } from "./telegram/control/acts.ts";
export type { Said } from "./telegram/control/delivery.ts";
export type { Membership } from "./telegram/control/membership.ts";
export type { Outage } from "./telegram/control/outage.ts";
export type {
  NewChannel,
  NewChat,
  NewSupergroup,
  NewTopic,
  NewUser,
  Setting,
} from "./telegram/control/setting.ts";
export type { SentPattern, Witness } from "./telegram/control/witness.ts";
export type { PlannedDelay, PlannedFailure } from "./telegram/faults.ts";
export type { BotUser } from "./telegram/world.ts";
export type { Chat, Entity, MemberStatus, Message, Update, User } from "./telegram/wire.ts";

export type RemoteTelegramControl = Remote<TelegramControl>;

/** The control of a Telegram emulator in another process; `waitForSent` takes a pattern there, not a function. */
export const connectTelegramControl = (url: string): RemoteTelegramControl =>
  connectControl<TelegramControl>(url);
