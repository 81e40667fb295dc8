/** `gateway`: reads the config without its secrets, changes what gives nobody more, and restarts. */
import { z } from "zod";
import { answer, defineTool, failure, type ToolAnswer } from "../tool.ts";
import type { ControlAnswer, ControlPort } from "./control.ts";

export interface ControlContext {
  readonly control: ControlPort;
}

/** Longer ones are no config that a person could read. */
const longest = 200_000;

export const gateway = defineTool({
  name: "gateway",
  description:
    "Look at this gateway's configuration, change what gives nobody and nothing more than before, or restart it. Secrets are left out as [redacted]; written back, they stay what they were. Whatever gives more has to be written and accepted by an owner by hand.",
  parameters: z.strictObject({
    action: z
      .string()
      .max(64)
      .describe("config.get, config.schema, config.apply or restart. Nothing else can be done from here."),
    key: z.string().max(200).optional().describe("config.schema: below which key, such as tools.bash."),
    raw: z.string().max(longest).optional().describe("config.apply: the whole config, JSON5."),
    patch: z
      .union([z.string().max(longest), z.record(z.string(), z.unknown())])
      .optional()
      .describe("config.apply: only what changes, merged key by key; null takes a key away."),
    baseHash: z.string().max(200).optional().describe("config.apply: the hash that config.get gave."),
    delayMs: z.int().min(0).max(60_000).default(2000).describe("restart: milliseconds until it begins."),
    reason: z.string().max(200).optional().describe("restart: for the record."),
  }),
  async run(input, { control }: ControlContext) {
    return told(input.action, await done(input, control));
  },
});

interface Input {
  readonly action: string;
  readonly key?: string | undefined;
  readonly raw?: string | undefined;
  readonly patch?: string | Readonly<Record<string, unknown>> | undefined;
  readonly baseHash?: string | undefined;
  readonly delayMs: number;
  readonly reason?: string | undefined;
}

async function done(input: Input, control: ControlPort): Promise<ControlAnswer> {
  const { action, key = null, raw, patch, baseHash, delayMs, reason = null } = input;
  switch (action) {
    case "config.get":
      return control.read();
    case "config.schema":
      return control.schema(key);
    case "restart":
      return control.restart({ delayMs, reason });
    case "config.apply": {
      if ((raw === undefined) === (patch === undefined)) return misused("Give either raw or patch.");
      if (baseHash === undefined) return misused("Give baseHash: the hash that config.get gave.");
      const text = raw ?? textOf(patch);
      if (text === null) return misused("The patch is nested too deep.");
      return control.apply({ text, isPatch: raw === undefined, baseHash });
    }
    default:
      return {
        outcome: "unsupported",
        text: `This gateway does nothing called ${JSON.stringify(action)} from a conversation: it is updated, extended and set up by its owner, on the command line.`,
      };
  }
}

function textOf(patch: Input["patch"]): string | null {
  if (typeof patch === "string") return patch;
  try {
    return JSON.stringify(patch);
  } catch {
    // Deeper than the stack: no config is.
    return null;
  }
}

const misused = (text: string): ControlAnswer => ({ outcome: "misused", text });

/** The record of the call says what was tried, and what came of it. */
function told(action: string, { outcome, text, keys = [] }: ControlAnswer): ToolAnswer {
  const receipt = { place: "gateway", action: action.slice(0, 64), outcome, keys: keys.slice(0, 50) };
  return (outcome === "done" ? answer : failure)(text, { receipt });
}
