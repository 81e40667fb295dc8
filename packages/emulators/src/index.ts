export {
  connectAnthropicControl,
  startAnthropicEmulator,
  type AnthropicControl,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
} from "./anthropic.ts";
export {
  connectTelegramControl,
  startTelegramEmulator,
  type TelegramControl,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from "./telegram.ts";
