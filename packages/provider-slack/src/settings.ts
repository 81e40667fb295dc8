/** The settings of Slack beside the access rules. None has a default: an account that sets none inherits the network's. */
import { z } from "zod";

export const settings = {
  /** Of the installed app: it begins with `xoxb-`. */
  botToken: z.string().startsWith("xoxb-", "is no bot token: it begins with xoxb-").optional(),
  /** For Socket Mode, with the scope `connections:write`: it begins with `xapp-`. */
  appToken: z.string().startsWith("xapp-", "is no app-level token: it begins with xapp-").optional(),
  /** Absent: Slack's own. */
  apiRoot: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).optional(),
  /** UTF-16 code units in one message; Slack advises 4000 and cuts at 40000. */
  textChunkLimit: z.int().min(2).max(40_000).optional(),
  /** Largest file that is fetched, in megabytes. */
  mediaMaxMb: z.number().positive().optional(),
  /** Whether an answer goes into a thread below its question. */
  replyToMode: z.enum(["off", "first", "all"]).optional(),
};

export const secretSettings: readonly string[] = ["botToken", "appToken"];
