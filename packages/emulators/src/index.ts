export {
  connectTelegramControl,
  startTelegramEmulator,
  type TelegramControl,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from "./telegram.ts";
