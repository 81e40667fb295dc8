/** A reply as server-sent events, whole or broken off where it was asked to be. */
import type { ServerResponse } from "node:http";
import { cut } from "../listen.ts";
import type { OutputBlock, OutputMessage, Reply } from "./answer.ts";
import { errorBody } from "./refusal.ts";

const defaultChunk = 16;

/** Resolves when the last event is written, or the client or the script has ended it. */
export function streamMessage(
  response: ServerResponse,
  message: OutputMessage,
  reply: Reply,
  requestId: string,
): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "request-id": requestId });
  let deltas = 0;
  const send = (event: { readonly type: string }) => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  for (const event of eventsOf(message, reply.chunk ?? defaultChunk)) {
    const isDelta = event.type === "content_block_delta";
    if (
      reply.broken !== undefined &&
      (event.type === "message_delta" || (isDelta && deltas >= reply.broken.after))
    ) {
      return breakOff(response, reply.broken, requestId);
    }
    if (isDelta) deltas += 1;
    send(event);
  }
  response.end();
}

function breakOff(
  response: ServerResponse,
  { by, type }: NonNullable<Reply["broken"]>,
  requestId: string,
): void {
  switch (by) {
    case "error": {
      const error = errorBody(type ?? "overloaded_error", "Overloaded", requestId);
      response.end(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
      return;
    }
    case "cut":
      // What was written must reach the client first, or the reset would swallow it.
      response.write("", () => setImmediate(() => cut(response)));
      return;
    case "end":
      response.end();
      return;
    case "hang":
      return;
  }
}

function* eventsOf(message: OutputMessage, chunk: number): Generator<{ readonly type: string } & object> {
  const usage = message["usage"] as Readonly<Record<string, unknown>>;
  yield {
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  } as { type: string };
  yield { type: "ping" };
  for (const [index, block] of message.content.entries()) {
    yield { type: "content_block_start", index, content_block: emptied(block) } as { type: string };
    for (const delta of deltasOf(block, chunk)) {
      yield { type: "content_block_delta", index, delta } as { type: string };
    }
    yield { type: "content_block_stop", index } as { type: string };
  }
  const { stop_reason, stop_sequence, stop_details, container } = message;
  yield {
    type: "message_delta",
    delta: { stop_reason, stop_sequence, stop_details, container },
    usage,
  } as { type: string };
  yield { type: "message_stop" };
}

function emptied(block: OutputBlock): object {
  switch (block.type) {
    case "thinking":
      return { ...block, thinking: "", signature: "" };
    case "text":
      return { ...block, text: "" };
    case "tool_use":
      return { type: block.type, id: block.id, name: block.name, input: {}, caller: block.caller };
  }
}

function* deltasOf(block: OutputBlock, chunk: number): Generator<object> {
  switch (block.type) {
    case "thinking":
      for (const thinking of pieces(block.thinking, chunk)) yield { type: "thinking_delta", thinking };
      yield { type: "signature_delta", signature: block.signature };
      return;
    case "text":
      for (const text of pieces(block.text, chunk)) yield { type: "text_delta", text };
      return;
    case "tool_use":
      for (const json of pieces(block.inputJson ?? JSON.stringify(block.input), chunk)) {
        yield { type: "input_json_delta", partial_json: json };
      }
  }
}

/** Cut between characters: the real API never splits one over two deltas. */
function* pieces(text: string, size: number): Generator<string> {
  const characters = Array.from(text);
  for (let start = 0; start < characters.length; start += size) {
    yield characters.slice(start, start + size).join("");
  }
}
