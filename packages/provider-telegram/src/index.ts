export { telegram } from "./telegram.ts";
export type { TelegramSettings } from "./settings.ts";
