/** The config keys of this package: `models`. */
import { z } from "zod";

const provider = z.strictObject({
  baseUrl: z.url({ protocol: /^https?$/, error: "Write an address such as https://host/path" }).optional(),
  api: z.enum(["anthropic-messages", "openai-completions"]).optional(),
  apiKey: z.string().min(1).optional(),
  models: z.array(z.string().min(1)).optional(),
});

export const modelSections = {
  models: z.strictObject({
    /** By name; the name is the first part of a model's id: `anthropic/claude-opus-4-5`. */
    providers: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/), provider).optional(),
  }),
};

/** Keys whose values are secrets. */
export const modelSecrets: readonly (readonly string[])[] = [["models", "providers", "*", "apiKey"]];

export type ModelProviderSettings = z.infer<typeof provider>;
