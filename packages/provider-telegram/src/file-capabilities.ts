/** What Telegram does with files. */
import type { FileCapabilities } from "@clawd/provider-kit";
import { maxUploadBytes } from "./parts.ts";

export const fileCapabilities: FileCapabilities = { send: true, receive: true, maxBytes: maxUploadBytes };
