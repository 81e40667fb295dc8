/** Anthropic's Messages API through its own SDK, which is loaded at the first request. */
import type {
  RawMessageStreamEvent,
  MessageCreateParamsStreaming,
  MessageParam,
} from "@anthropic-ai/sdk/resources/messages";
import { toFault } from "./anthropic-fault.ts";
import {
  type ContentBlock,
  type Model,
  type ModelEvent,
  type ModelRequest,
  noUsage,
  type StopReason,
  type Usage,
} from "./model.ts";
import { ModelFault } from "./model-fault.ts";

export interface AnthropicOptions {
  readonly apiKey: string;
  /** Absent means the service's own address. */
  readonly baseUrl?: string;
  /** The service's name of the model: `claude-opus-4-5`. */
  readonly model: string;
  /** Milliseconds without any event before a stream counts as dead. Absent means two minutes. */
  readonly idleMilliseconds?: number;
}

type Client = InstanceType<typeof import("@anthropic-ai/sdk").default>;

/** A model that also can load its library ahead of the first request. */
export interface AnthropicModel extends Model {
  preload(): Promise<void>;
}

export function anthropicModel(options: AnthropicOptions): AnthropicModel {
  const { idleMilliseconds = 120_000 } = options;
  let loading: Promise<Client> | undefined;
  const client = () => (loading ??= loadClient(options));
  return {
    id: `anthropic/${options.model}`,
    async preload() {
      await client();
    },
    async *stream(request, signal) {
      const { messages } = await client();
      const idle = new AbortController();
      const timer = setTimeout(() => idle.abort(), idleMilliseconds);
      try {
        // A big max_tokens makes the SDK throw synchronously when it is not streaming (providers.md, 7): always stream.
        const stream = await messages.create(bodyOf(options.model, request), {
          signal: AbortSignal.any([signal, idle.signal]),
        });
        yield* translate(touching(stream, timer));
      } catch (fault) {
        if (signal.aborted) throw fault;
        if (idle.signal.aborted)
          throw new ModelFault("busy", "The model's answer stopped coming.", { cause: fault });
        throw toFault(fault);
      } finally {
        clearTimeout(timer);
        idle.abort();
      }
    },
  };
}

async function loadClient({ apiKey, baseUrl }: AnthropicOptions): Promise<Client> {
  const { default: Anthropic } = await import("@anthropic-ai/sdk");
  // The SDK's own retries obey any `retry-after` without bound; `streamWithRetry` has ours.
  return new Anthropic({
    apiKey,
    authToken: null,
    maxRetries: 0,
    ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
  });
}

async function* touching<T>(stream: AsyncIterable<T>, timer: NodeJS.Timeout): AsyncGenerator<T> {
  for await (const item of stream) {
    timer.refresh();
    yield item;
  }
}

function bodyOf(
  model: string,
  { system, messages, tools, maxTokens }: ModelRequest,
): MessageCreateParamsStreaming {
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    // The prompt and the conversation so far are read from the service's cache in the next turn.
    cache_control: { type: "ephemeral" },
    system: [{ type: "text", text: system, cache_control: { type: "ephemeral" } }],
    messages: messages.map((message): MessageParam => ({
      role: message.role,
      content: message.content.map(blockOf),
    })),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, inputSchema }) => ({
            name,
            description,
            input_schema: { ...inputSchema, type: "object" as const },
          })),
        }),
  };
}

function blockOf(block: ContentBlock) {
  switch (block.type) {
    case "text":
      return { type: "text" as const, text: block.text };
    case "tool-call":
      return { type: "tool_use" as const, id: block.id, name: block.name, input: block.input };
    case "tool-result":
      return {
        type: "tool_result" as const,
        tool_use_id: block.id,
        content: block.text,
        is_error: block.isError,
      };
  }
}

async function* translate(events: AsyncIterable<RawMessageStreamEvent>): AsyncGenerator<ModelEvent> {
  let usage: Usage = noUsage;
  let reason: StopReason = "end";
  let call: { readonly id: string; readonly name: string; json: string } | undefined;
  for await (const event of events) {
    if (event.type === "message_start") {
      const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = event.message.usage;
      usage = {
        inputTokens: input_tokens,
        outputTokens: 0,
        cacheReadTokens: cache_read_input_tokens ?? 0,
        cacheWriteTokens: cache_creation_input_tokens ?? 0,
      };
    } else if (event.type === "content_block_start" && event.content_block.type === "tool_use") {
      call = { id: event.content_block.id, name: event.content_block.name, json: "" };
    } else if (event.type === "content_block_delta") {
      if (event.delta.type === "text_delta") yield { type: "text", text: event.delta.text };
      else if (event.delta.type === "input_json_delta" && call) call.json += event.delta.partial_json;
    } else if (event.type === "content_block_stop" && call) {
      yield { type: "tool-call", id: call.id, name: call.name, input: parseInput(call.json) };
      call = undefined;
    } else if (event.type === "message_delta") {
      usage = { ...usage, outputTokens: event.usage.output_tokens };
      reason = reasons[event.delta.stop_reason ?? "end_turn"] ?? "end";
    } else if (event.type === "message_stop") {
      yield { type: "stop", reason, usage };
      return;
    }
  }
  throw new ModelFault("busy", "The model's answer broke off.");
}

const reasons: Readonly<Record<string, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  tool_use: "tool-calls",
  max_tokens: "length",
  refusal: "refusal",
};

function parseInput(json: string): unknown {
  if (json === "") return {};
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ModelFault("busy", "The model's tool call broke off.", { cause });
  }
}
