/** Example as one value. */
import { defineProvider, type Provider } from "@clawd/provider-kit";
import { createConnection } from "./connection.ts";
import { fileCapabilities } from "./files.ts";
import { network } from "./network.ts";
import { secretSettings, settings, type Settings } from "./settings.ts";
import { openWire, type Wire } from "./wire.ts";

export const provider = providerOver(openWire);

/** The provider over another opener, so that a test can put a network of its own below it. */
export function providerOver(open: (settings: Settings) => Wire): Provider<Settings> {
  return defineProvider<Settings>({
    specVersion: 1,
    network,
    capabilities: {
      threads: false,
      edits: true,
      reactions: false,
      buttons: true,
      typing: false,
      maxTextLength: 2000,
      idempotentSend: true,
      files: fileCapabilities,
    },
    settings,
    secretSettings,
    ready({ token }) {
      if (token) return { ready: true };
      return { ready: false, message: "Example has no token.", hint: "Set example.token." };
    },
    connect: (given, ports) => createConnection(open(given), ports),
  });
}
