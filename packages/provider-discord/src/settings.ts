/** The settings of Discord beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  token: z.string().min(1, "is empty: the Bot page of the Developer Portal shows it").optional(),
  /** Absent: Discord's own. */
  apiRoot: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
  /** UTF-16 code units in one message; Discord takes 2000. */
  textChunkLimit: z.int().min(2).max(2000).optional(),
  /** Largest file that is fetched, in megabytes. */
  mediaMaxMb: z.number().positive().optional(),
  /** Whether an answer quotes its question. */
  replyToMode: z.enum(["off", "first", "all"]).optional(),
};

export const secretSettings: readonly string[] = ["token"];
