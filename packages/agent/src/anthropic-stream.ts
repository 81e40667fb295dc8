/** The events of a Messages stream in ours. A stream that ends without `message_stop` is a broken one. */
import type { RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import { type ModelEvent, noUsage, type StopReason, type Usage } from "./model.ts";
import { ModelFault } from "./model-fault.ts";

/** @throws ModelFault when the stream ends early or a tool call cannot be read. */
export async function* translate(events: AsyncIterable<RawMessageStreamEvent>): AsyncGenerator<ModelEvent> {
  let usage: Usage = noUsage;
  let reason: StopReason = "end";
  let call: { readonly id: string; readonly name: string; json: string } | undefined;
  let hasBrokenCall = false;
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
      const input = parseInput(call.json);
      if (input === undefined) hasBrokenCall = true;
      else yield { type: "tool-call", id: call.id, name: call.name, input };
      call = undefined;
    } else if (event.type === "message_delta") {
      usage = { ...usage, outputTokens: event.usage.output_tokens };
      reason = reasons[event.delta.stop_reason ?? "end_turn"] ?? "end";
    } else if (event.type === "message_stop") {
      // Cut by the bound on tokens, a call may be half written; it is left out, and the reason says so.
      if (hasBrokenCall && reason !== "length") throw broken("tool call");
      yield { type: "stop", reason, usage };
      return;
    }
  }
  throw broken("answer");
}

const broken = (what: string) => new ModelFault("busy", `The model's ${what} broke off.`);

const reasons: Readonly<Record<string, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  pause_turn: "end",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
};

/** An object, or undefined when it is none. */
function parseInput(json: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(json === "" ? "{}" : json);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
