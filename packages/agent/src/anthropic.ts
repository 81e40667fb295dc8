/** Anthropic's Messages API through its own SDK, which is loaded at the first request. */
import type { MessagesClient } from "./anthropic-sdk.ts";
import { systemClock, type Clock } from "@clawd/kernel";
import { toFault } from "./anthropic-fault.ts";
import { bodyOf } from "./anthropic-request.ts";
import { translate } from "./anthropic-stream.ts";
import { createIdleWatch, type IdleWatch } from "./idle-watch.ts";
import type { Model } from "./model.ts";
import { ModelFault } from "./model-fault.ts";

export interface AnthropicOptions {
  readonly apiKey: string;
  /** Absent means the service's own address; the environment is not asked. */
  readonly baseUrl?: string;
  /** The service's name of the model: `claude-opus-4-5`. */
  readonly model: string;
  /** The first part of the model's id, where the config gives the service another name. Absent: `anthropic`. */
  readonly provider?: string;
  /** Milliseconds without any event before a request counts as dead. Absent means two minutes. */
  readonly idleMilliseconds?: number;
  readonly clock?: Clock;
  /** Absent: the parts of `@anthropic-ai/sdk` that are needed. */
  readonly loadSdk?: () => Promise<{ readonly default: SdkClass }>;
}

/** `Anthropic` of `@anthropic-ai/sdk` is one. */
export type SdkClass = new (options: ConstructorParameters<typeof MessagesClient>[0]) => SdkClient;
type SdkClient = Pick<MessagesClient, "messages">;

/** A model that also can load its library ahead of the first request. */
export interface AnthropicModel extends Model {
  preload(): Promise<void>;
}

export function anthropicModel(options: AnthropicOptions): AnthropicModel {
  const { idleMilliseconds = 120_000, provider = "anthropic", clock = systemClock } = options;
  let loaded: SdkClient | undefined;
  const client = async () => (loaded ??= await loadClient(options));
  return {
    id: `${provider}/${options.model}`,
    async preload() {
      await client();
    },
    async *stream(request, signal) {
      const { messages } = await client();
      const watch = createIdleWatch(clock, idleMilliseconds);
      try {
        // A big max_tokens makes the SDK throw synchronously when it is not streaming (providers.md, 7): always stream.
        const stream = await messages.create(bodyOf(options.model, request), {
          signal: AbortSignal.any([signal, watch.signal]),
        });
        yield* translate(touching(stream, watch));
      } catch (fault) {
        signal.throwIfAborted();
        if (watch.signal.aborted) throw new ModelFault("busy", "The model's answer stopped coming.");
        throw toFault(fault, clock.now());
      } finally {
        watch.stop();
      }
    },
  };
}

async function loadClient({ apiKey, baseUrl, loadSdk }: AnthropicOptions): Promise<SdkClient> {
  const Sdk = loadSdk === undefined ? await ownSdk() : (await loadSdk()).default;
  return new Sdk({
    apiKey,
    // Null and not absent: the SDK would look into the environment, as it does not for a key once it has one.
    baseURL: baseUrl ?? null,
    // The SDK's own retries obey any `retry-after` without bound; `withRetry` has ours.
    maxRetries: 0,
    // Neither its log nor its traces may hold what people said.
    logLevel: "off",
    openTelemetry: false,
  });
}

async function ownSdk(): Promise<SdkClass> {
  return (await import("./anthropic-sdk.ts")).MessagesClient;
}

/** Every event shows that the stream is alive. */
async function* touching<Item>(stream: AsyncIterable<Item>, watch: IdleWatch): AsyncGenerator<Item> {
  for await (const item of stream) {
    watch.touch();
    yield item;
  }
}
