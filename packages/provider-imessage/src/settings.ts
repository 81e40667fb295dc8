/** The settings of iMessage beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  /** The `imsg` program, or one that runs it on another machine. Absent: the one in PATH. */
  cliPath: z.string().min(1).optional(),
  /** The database of Messages. Absent: the user's own. */
  dbPath: z.string().min(1).optional(),
  /** Over which service to send. */
  service: z.enum(["imessage", "sms", "auto"]).optional(),
  /** The country of numbers without a country code, such as `US`. */
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, "is no country code of two capitals, such as US")
    .optional(),
  includeAttachments: z.boolean().optional(),
  /** UTF-16 code units in one message. */
  textChunkLimit: z.int().min(2).max(65_536).optional(),
  /** Largest file that is fetched, in megabytes. */
  mediaMaxMb: z.number().positive().optional(),
};

/** Messages itself is signed in; no setting is secret. */
export const secretSettings: readonly string[] = [];
