/** The config section `logging`. */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { consoleStyles } from "./console-sink.ts";
import { logLevels } from "./level.ts";
import { compilePattern } from "./safe-pattern.ts";

const pattern = z.string().superRefine((source, context) => {
  const compiled = compilePattern(source);
  if (compiled.ok) return;
  const { message, hint } = compiled;
  context.addIssue({ code: "custom", message, params: { code: "bad-pattern", hint } });
});

const file = z.string().refine((path) => isAbsolute(path) || path.startsWith("~/"), {
  error: "A log file is named by its whole path.",
  params: { code: "relative-path", hint: "Begin it with / or ~/." },
});

/** A key of the original that would let secrets into the log. Named here for the sake of the hint. */
const redactSensitive = z.custom<undefined>(() => false, {
  error: "Secrets are always redacted; there is no switch.",
  params: { code: "always-redacted", hint: "Remove the key. redactPatterns adds patterns of your own." },
});

/** Strict; leaves nothing out that a default can fill. */
export const loggingSchema = z
  .strictObject({
    /** Of the file. */
    level: z.enum(logLevels).default("info"),
    /** Absent means `/tmp/clawdbot/clawdbot-YYYY-MM-DD.log`. */
    file: file.optional(),
    /** Absent: the gateway shows warnings and errors. */
    consoleLevel: z.enum(logLevels).optional(),
    /** Absent means `pretty` on a terminal and `compact` elsewhere. */
    consoleStyle: z.enum(consoleStyles).optional(),
    /** In addition to the built-in patterns. */
    redactPatterns: z.array(pattern).max(64).default([]),
    redactSensitive: redactSensitive.optional(),
  })
  .prefault({});

export type LoggingConfig = z.infer<typeof loggingSchema>;
