/** Talk as one value. */
import { defineProvider, type Provider } from "@clawd/provider-kit";
import { createConnection } from "./connection.ts";
import { network } from "./network.ts";
import { secretSettings, settings, type Settings } from "./settings.ts";
import { openWire } from "./wire.ts";

export const provider: Provider<Settings> = defineProvider<Settings>({
  specVersion: 1,
  network,
  capabilities: {
    threads: false,
    edits: true,
    reactions: false,
    buttons: false,
    typing: false,
    maxTextLength: 2000,
    idempotentSend: true,
    files: { send: false, receive: false, maxBytes: 0 },
  },
  settings,
  secretSettings,
  ready({ token }) {
    if (token !== undefined) return { ready: true };
    return { ready: false, message: "Talk has no token.", hint: "Set talk.token." };
  },
  connect({ token = "", host = "127.0.0.1", port = 7777 }, ports) {
    return createConnection(openWire({ token, host, port }), ports);
  },
});
