/** The config keys of this package: `models`, and the form of a model's name. */
import { z } from "zod";

/** The first part of a model's name. */
const providerName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, {
  error: "A provider's name has lower-case letters, digits, - and _, at most 32",
});

const provider = z.strictObject({
  /** Absent: Anthropic's own address. */
  baseUrl: z.url({ protocol: /^https?$/, error: "Write an address such as https://host/path" }).optional(),
  /** Absent: `anthropic-messages`. `openai-completions` is understood and not available yet. */
  api: z.enum(["anthropic-messages", "openai-completions"]).optional(),
  apiKey: z.string().min(1).optional(),
  /** Models that may be used. Absent: any. */
  models: z.array(z.string().min(1)).optional(),
});

/** `agents.defaults.model` and `agents.list[].model`. */
export const modelName = z.string().regex(/^(?:practice|[a-z0-9][a-z0-9_-]{0,31}\/\S{1,200})$/, {
  error: 'Write a model as provider/model, such as "anthropic/claude-opus-4-5", or "practice"',
});

export const modelSections = {
  models: z.strictObject({
    /** By name; the name is the first part of a model's id: `anthropic/claude-opus-4-5`. */
    providers: z.record(providerName, provider).optional(),
  }),
};

/** Keys whose values are secrets. */
export const modelSecrets: readonly (readonly string[])[] = [["models", "providers", "*", "apiKey"]];

export type ModelProviderSettings = z.infer<typeof provider>;
