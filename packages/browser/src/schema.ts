/** The config section `browser`. */
import { z } from "zod";

export const browserSchema = z.strictObject({
  /** Absent: true. Whether anybody may use it is for the lists of tools to say. */
  enabled: z.boolean().optional(),
  /** Of the host; absent: Debian's Chromium, else one that is found in the usual directories. */
  executablePath: z.string().startsWith("/", "Write the program's full path.").optional(),
  /** Of the host; absent: true. */
  headless: z.boolean().optional(),
});

export type BrowserSettings = z.output<typeof browserSchema>;
