/** The config keys of this package: blocks beside the rules in `tools`. */
import { z } from "zod";

export const toolsShape = {
  bash: z
    .strictObject({
      /** Milliseconds after which a command goes on in the background. Absent: 10000. */
      backgroundMs: z.number().int().min(10).max(120_000).optional(),
      /** Seconds after which a command is killed; 0: never. Absent: 1800. */
      timeoutSec: z.number().int().min(0).max(86_400).optional(),
      /** Milliseconds for which a command that is over can be asked about. Absent: 1800000. */
      cleanupMs: z.number().int().min(60_000).max(10_800_000).optional(),
    })
    .optional(),
};
