/** The port of a model: a request goes in, a stream of events comes out. Nothing here knows who makes the model. */

export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  | ImageBlock
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly input: unknown }
  | ToolResultBlock;

/** A picture that a person sent. */
export interface ImageBlock extends ModelImage {
  readonly type: "image";
}

export interface ToolResultBlock {
  readonly type: "tool-result";
  readonly id: string;
  readonly text: string;
  readonly images: readonly ModelImage[];
  readonly isError: boolean;
}

export interface ModelImage {
  /** `image/png`, `image/jpeg`, `image/gif` or `image/webp`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface ModelMessage {
  readonly role: "user" | "assistant";
  readonly content: readonly ContentBlock[];
}

export interface ToolSpecification {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  /** One text in parts, from the most lasting on; a service may cache up to the end of each. */
  readonly system: readonly string[];
  /** Begins with a user message; roles alternate. */
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSpecification[];
  /** Tokens. */
  readonly maxTokens: number;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Tokens read from and written to the provider's prompt cache. */
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

export type StopReason = "end" | "tool-calls" | "length" | "refusal";

export type ModelEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: "stop"; readonly reason: StopReason; readonly usage: Usage };

export interface Model {
  /** `anthropic/claude-opus-4-5`; shown by `/status`. */
  readonly id: string;
  /**
   * Ends after a `stop` event.
   * @throws ModelFault for everything the service or the way to it may do; the signal's reason when it aborts.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  };
}
