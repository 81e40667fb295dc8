/** Telegram as a provider: one value. */
import { defineProvider } from "@clawd/provider-kit";
import { connect } from "./connection.ts";
import { fileCapabilities } from "./file-capabilities.ts";
import { network } from "./network.ts";
import { ready, settings, type TelegramSettings } from "./settings.ts";

export const telegram = defineProvider<TelegramSettings>({
  specVersion: 1,
  network,
  capabilities: {
    threads: true,
    edits: true,
    reactions: true,
    buttons: true,
    typing: true,
    maxTextLength: 4096,
    idempotentSend: false,
    files: fileCapabilities,
  },
  settings,
  secretSettings: ["botToken", "webhookSecret"],
  ready,
  connect,
});
