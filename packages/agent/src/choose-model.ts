/** Which model a name in the config means, and whether it can answer. */
import { nearestName } from "@clawd/kernel";

/** What `agents.defaults.model` is when it is absent. */
export const defaultModel = "anthropic/claude-opus-4-5";

/** One entry of `models.providers`. */
export interface ModelProvider {
  readonly baseUrl?: string | undefined;
  readonly api?: "anthropic-messages" | "openai-completions" | undefined;
  readonly apiKey?: string | undefined;
  /** Models of this provider that may be used. Absent means any. */
  readonly models?: readonly string[] | undefined;
}

export type ModelChoice =
  | {
      readonly kind: "anthropic";
      readonly provider: string;
      readonly model: string;
      readonly apiKey: string;
      readonly baseUrl?: string;
    }
  | { readonly kind: "practice" }
  | {
      readonly kind: "unavailable";
      readonly code: "model-name" | "model-provider" | "model-api" | "model-key" | "model-not-listed";
      readonly message: string;
      readonly hint: string;
    };

export interface ModelQuestion {
  /** `provider/model`, or `practice`. */
  readonly name: string;
  readonly providers: Readonly<Record<string, ModelProvider>>;
  /** What ANTHROPIC_API_KEY holds, for the provider `anthropic` without a key of its own. */
  readonly anthropicKey?: string | undefined;
}

/** Without any key for Anthropic's own service the practice model answers; for another service a key is asked for. Never throws. */
export function chooseModel({ name, providers, anthropicKey }: ModelQuestion): ModelChoice {
  if (name === "practice") return { kind: "practice" };
  const [, provider, model] = /^([a-z0-9][a-z0-9_-]{0,31})\/(\S{1,200})$/.exec(name) ?? [];
  if (provider === undefined || model === undefined) {
    return unavailable(
      "model-name",
      "A model is written provider/model.",
      `Write for example "${defaultModel}".`,
    );
  }
  const settings = Object.hasOwn(providers, provider) ? providers[provider]! : undefined;
  if (settings === undefined && provider !== "anthropic") {
    const nearest = nearestName(provider, ["anthropic", ...Object.keys(providers)]);
    const hint =
      nearest === undefined ? `Add models.providers.${provider}.` : `Did you mean "${nearest}/${model}"?`;
    return unavailable("model-provider", `There is no model provider "${provider}".`, hint);
  }
  if (settings?.api === "openai-completions") {
    return unavailable(
      "model-api",
      `The api "openai-completions" of models.providers.${provider} is not available yet.`,
      'Use a service with the api "anthropic-messages", or the practice model.',
    );
  }
  if (settings?.models !== undefined && !settings.models.includes(model)) {
    const nearest = nearestName(model, settings.models);
    const hint =
      nearest === undefined
        ? "Add it there, or choose one of those."
        : `Did you mean "${provider}/${nearest}"?`;
    return unavailable(
      "model-not-listed",
      `models.providers.${provider}.models does not list this model.`,
      hint,
    );
  }
  const apiKey = filled(settings?.apiKey) ?? (provider === "anthropic" ? filled(anthropicKey) : undefined);
  if (apiKey === undefined && provider === "anthropic") return { kind: "practice" };
  if (apiKey === undefined) {
    return unavailable(
      "model-key",
      `models.providers.${provider} has no apiKey.`,
      `Set models.providers.${provider}.apiKey; a service that needs none takes any word.`,
    );
  }
  const baseUrl = settings?.baseUrl;
  return { kind: "anthropic", provider, model, apiKey, ...(baseUrl !== undefined && { baseUrl }) };
}

const filled = (value: string | undefined): string | undefined => (value?.trim() ? value.trim() : undefined);

const unavailable = (
  code: Extract<ModelChoice, { kind: "unavailable" }>["code"],
  message: string,
  hint: string,
): ModelChoice => ({ kind: "unavailable", code, message, hint });
