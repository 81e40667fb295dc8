/** What the emulated model answers: a reply, a reply that breaks off, or a refusal. All are JSON, so that another process can script them. */
import { randomUUID } from "node:crypto";
import { blocksOf } from "./conversation.ts";
import type { MessagesRequest } from "./message.ts";
import { countTokens, type InputUsage } from "./usage.ts";

export interface Reply {
  readonly thinking?: string;
  readonly text?: string;
  readonly toolUses?: readonly ToolUse[];
  /** Absent: `tool_use` with tool calls, `max_tokens` when the text is longer than allowed, else `end_turn`. */
  readonly stopReason?: string;
  /** Characters in one delta. Absent: 16. */
  readonly chunk?: number;
  /** Ends the stream early. */
  readonly broken?: {
    /** Deltas sent before. */
    readonly after: number;
    /** An `error` event, a reset connection, a clean end without `message_stop`, or silence. */
    readonly by: "error" | "cut" | "end" | "hang";
    /** The type in the `error` event. Absent: `overloaded_error`. */
    readonly type?: string;
  };
}

export interface ToolUse {
  readonly name: string;
  readonly input: unknown;
  readonly id?: string;
  /** Streamed instead of `input`, also when it is no whole JSON: what a cut-off call looks like. */
  readonly inputJson?: string;
}

export interface RefusedAnswer {
  readonly status: number;
  readonly type?: string;
  readonly message?: string;
  /** The `retry-after` header: seconds or a date. */
  readonly retryAfter?: number | string;
}

/** No answer at all: silence, or a connection reset before any header. */
export interface NoAnswer {
  readonly none: "hang" | "cut";
}

export type Answer = Reply | RefusedAnswer | NoAnswer;

export type OutputBlock =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "text"; readonly text: string; readonly citations: null }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
      readonly inputJson?: string;
      readonly caller: { readonly type: "direct" };
    };

export interface OutputMessage {
  readonly id: string;
  readonly content: readonly OutputBlock[];
  readonly [member: string]: unknown;
}

/** The default answer: it repeats what the last message said. */
export function echo({ messages }: MessagesRequest): Reply {
  const said = blocksOf(messages.at(-1)!.content)
    .map((block) => block.text ?? (typeof block.content === "string" ? block.content : undefined))
    .filter((text) => text !== undefined);
  return { text: `You said: ${said.join("\n")}` };
}

export function messageOf(request: MessagesRequest, reply: Reply, input: InputUsage): OutputMessage {
  const most = request.max_tokens * 4;
  const text = reply.text ?? "";
  const isCut = text.length > most;
  const content: OutputBlock[] = [];
  if (reply.thinking !== undefined) {
    content.push({ type: "thinking", thinking: reply.thinking, signature: "ZW11bGF0ZWQ=" });
  }
  if (text !== "") content.push({ type: "text", text: isCut ? text.slice(0, most) : text, citations: null });
  for (const { name, input: given, id, inputJson } of reply.toolUses ?? []) {
    const toolUseId = id ?? `toolu_${randomUUID().replaceAll("-", "")}`;
    const call = { type: "tool_use", id: toolUseId, name, input: given, caller: { type: "direct" } } as const;
    content.push(inputJson === undefined ? call : { ...call, inputJson });
  }
  const usual = isCut ? "max_tokens" : (reply.toolUses ?? []).length > 0 ? "tool_use" : "end_turn";
  return {
    id: `msg_${randomUUID().replaceAll("-", "")}`,
    type: "message",
    role: "assistant",
    model: request.model,
    content,
    container: null,
    diagnostics: null,
    stop_details: null,
    stop_reason: reply.stopReason ?? usual,
    stop_sequence: null,
    usage: {
      ...input,
      cache_creation: null,
      inference_geo: null,
      output_tokens: countTokens(JSON.stringify(content)),
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: "standard",
      speed: null,
    },
  };
}
