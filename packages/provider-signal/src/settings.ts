/** The settings of Signal beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  /** The bot's own number, as signal-cli knows it. */
  account: z
    .string()
    .regex(/^\+[1-9][0-9]{6,14}$/, "is no number with + and country code, such as +15551234567")
    .optional(),
  /** Where signal-cli runs as a daemon already. Absent: `cliPath` is started. */
  httpUrl: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
  /** The signal-cli program. Absent: the one in PATH. */
  cliPath: z.string().min(1).optional(),
  /** UTF-16 code units in one message; longer ones become attachments at 2000 bytes. */
  textChunkLimit: z.int().min(2).max(65_536).optional(),
  /** Largest file that is fetched, in megabytes. */
  mediaMaxMb: z.number().positive().optional(),
  ignoreAttachments: z.boolean().optional(),
  sendReadReceipts: z.boolean().optional(),
};

/** The keys are signal-cli's own. */
export const secretSettings: readonly string[] = [];
