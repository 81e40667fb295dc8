/** A request in the form of the Messages API, with the places up to which the service may cache it. */
import type { MessageCreateParamsStreaming, MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { wellFormed } from "./label.ts";
import type { ContentBlock, ImageBlock, ModelImage, ModelRequest, ToolResultBlock } from "./model.ts";

const cached = { cache_control: { type: "ephemeral" as const } };
/** The service takes four marks; one is for the conversation. */
const cachedParts = 3;

export function bodyOf(
  model: string,
  { system, messages, tools, maxTokens }: ModelRequest,
): MessageCreateParamsStreaming {
  const parts = system.filter((part) => part.trim() !== "").map(wellFormed);
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    // The conversation so far is read from the service's cache in the next turn.
    ...cached,
    ...(parts.length > 0 && {
      system: parts.map((text, index) => ({
        type: "text" as const,
        text,
        ...(index < cachedParts && cached),
      })),
    }),
    messages: messages.map(({ role, content }): MessageParam => ({
      role,
      content: content.filter(isTakenBlock).map(blockOf),
    })),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, inputSchema }) => ({
        name,
        description,
        input_schema: { ...inputSchema, type: "object" as const },
      })),
    }),
  };
}

/** A picture of another kind would have the whole request refused. */
const isTakenBlock = (block: ContentBlock): block is TakenBlock => block.type !== "image" || isTaken(block);

type TakenBlock = Exclude<ContentBlock, { type: "image" }> | (ImageBlock & { readonly mediaType: TakenType });

function blockOf(block: TakenBlock) {
  switch (block.type) {
    case "image":
      return imageOf(block);
    case "text":
      return { type: "text" as const, text: wellFormed(block.text) };
    case "tool-call":
      return {
        type: "tool_use" as const,
        id: block.id,
        name: block.name,
        input: wellFormedDeep(block.input ?? {}),
      };
    case "tool-result":
      return {
        type: "tool_result" as const,
        tool_use_id: block.id,
        content: resultOf(block),
        is_error: block.isError,
      };
  }
}

function resultOf({ text, images }: ToolResultBlock) {
  const words = text.trim() === "" ? "(no output)" : wellFormed(text);
  const seen = images.filter(isTaken);
  if (seen.length === 0) return words;
  return [{ type: "text" as const, text: words }, ...seen.map(imageOf)];
}

const takenTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"] as const;
type TakenType = (typeof takenTypes)[number];

const isTaken = (image: ModelImage): image is ModelImage & { readonly mediaType: TakenType } =>
  (takenTypes as readonly string[]).includes(image.mediaType);

function imageOf({ mediaType, bytes }: ModelImage & { readonly mediaType: TakenType }) {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return { type: "image" as const, source: { type: "base64" as const, media_type: mediaType, data } };
}

function wellFormedDeep(value: unknown): unknown {
  if (typeof value === "string") return wellFormed(value);
  if (Array.isArray(value)) return value.map(wellFormedDeep);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [wellFormed(name), wellFormedDeep(member)]),
  );
}
