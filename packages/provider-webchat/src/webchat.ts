/** WebChat as one value. It has no settings: reaching it takes the gateway's token, and nothing else. */
import { defineProvider } from "@clawd/provider-kit";
import { createConnection } from "./connection.ts";
import { fileCapabilities } from "./files.ts";
import { network } from "./network.ts";
import { maxTextLength } from "./posted.ts";

export const webchat = defineProvider<Readonly<Record<string, never>>>({
  specVersion: 1,
  network,
  capabilities: {
    threads: true,
    edits: false,
    reactions: false,
    buttons: true,
    typing: true,
    maxTextLength,
    idempotentSend: true,
    files: fileCapabilities,
  },
  settings: {},
  secretSettings: [],
  ready: () => ({ ready: true }),
  connect: (_settings, ports) => createConnection(ports),
});
