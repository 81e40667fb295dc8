/** This package's part of the config key `session`; the application puts it beside the parts of others. */
import { z } from "zod";

export const sessionShape = {
  idleMinutes: z
    .int()
    .min(1)
    .max(525_600)
    .default(60)
    .describe("Minutes without a turn after which a session begins anew."),
};
