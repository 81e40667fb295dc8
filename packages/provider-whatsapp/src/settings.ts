/** The settings of WhatsApp beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  /**
   * Absent: WhatsApp's own. Its encryption is the only thing that tells the real server from another, so point
   * it elsewhere for tests only.
   */
  webSocketUrl: z.url({ protocol: /^wss?$/, error: "must be a ws or wss address" }).optional(),
  /** Where the keys of the linked device are kept. Absent: below the state directory. */
  authDir: z.string().min(1).optional(),
  /** The bot uses the owner's own number: then the owner writes to it in the chat with himself. */
  selfChatMode: z.boolean().optional(),
  /** UTF-16 code units in one message. */
  textChunkLimit: z.int().min(2).max(65_536).optional(),
  /** Largest file that is fetched, in megabytes. */
  mediaMaxMb: z.number().positive().optional(),
};

/** The keys of the linked device are files, not settings. */
export const secretSettings: readonly string[] = [];
