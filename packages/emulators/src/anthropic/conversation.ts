/** The rules of a conversation: who speaks when, no empty content, every tool call answered at once. */
import { invalid } from "./refusal.ts";
import type { ContentBlock, MessagesRequest, RequestMessage } from "./message.ts";

const mostBreakpoints = 4;

/** @throws Refusal 400 with the API's words. */
export function checkConversation({ messages, system, tools, ...request }: MessagesRequest): void {
  if (messages.length === 0) throw invalid("messages: at least one message is required");
  if (messages[0]!.role !== "user") throw invalid('messages: first message must use the "user" role');
  messages.forEach((message, index) => {
    if (index > 0 && message.role === messages[index - 1]!.role) {
      throw invalid(
        `messages: roles must alternate between "user" and "assistant", but found multiple "${message.role}" roles in a row`,
      );
    }
    checkContent(message, index, index === messages.length - 1);
  });
  checkToolCalls(messages);
  if (typeof system !== "string") system?.forEach(checkText);
  const marked = [
    request,
    ...(tools ?? []),
    ...blocksOf(system),
    ...messages.flatMap(({ content }) => blocksOf(content)),
  ];
  const breakpoints = marked.filter(({ cache_control: mark }) => mark !== undefined && mark !== null).length;
  if (breakpoints > mostBreakpoints) {
    throw invalid(
      `A maximum of ${mostBreakpoints} blocks with cache_control may be provided. Found ${breakpoints}.`,
    );
  }
}

export const blocksOf = (content: string | readonly ContentBlock[] | undefined): readonly ContentBlock[] => {
  if (content === undefined) return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
};

function checkContent({ role, content }: RequestMessage, index: number, isLast: boolean): void {
  if (content.length === 0 && !(isLast && role === "assistant")) {
    throw invalid(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  blocksOf(content).forEach(checkText);
  const [start = ""] = blocksOf(content)
    .slice(-1)
    .map(({ text }) => text ?? "");
  if (isLast && role === "assistant" && start !== start.trimEnd()) {
    throw invalid("messages: final assistant content cannot end with trailing whitespace");
  }
  for (const { type } of blocksOf(content)) {
    const misplaced =
      role === "user" ? ["tool_use", "thinking", "redacted_thinking"] : ["tool_result", "image"];
    if (misplaced.includes(type))
      throw invalid(`messages.${index}: \`${type}\` blocks are not allowed in ${role} messages`);
  }
}

function checkText({ type, text }: ContentBlock): void {
  if (type !== "text") return;
  if (text === "") throw invalid("messages: text content blocks must be non-empty");
  if (text?.trim() === "") throw invalid("messages: text content blocks must contain non-whitespace text");
}

function checkToolCalls(messages: readonly RequestMessage[]): void {
  const seen = new Set<string>();
  messages.forEach((message, index) => {
    const called = idsOf(message, "tool_use");
    for (const id of called) {
      if (seen.has(id)) throw invalid("messages: `tool_use` ids must be unique");
      seen.add(id);
    }
    const next = messages[index + 1];
    const answered = next === undefined ? [] : idsOf(next, "tool_result");
    const missing = called.filter((id) => !answered.includes(id));
    if (missing.length > 0 && next !== undefined) {
      throw invalid(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    const before = index === 0 ? [] : idsOf(messages[index - 1]!, "tool_use");
    idsOf(message, "tool_result").forEach((id, position) => {
      if (before.includes(id)) return;
      throw invalid(
        `messages.${index}.content.${position}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    });
    if (idsOf(message, "tool_use").length > 0 && next === undefined) {
      throw invalid(`messages.${index}: \`tool_use\` blocks may not end the conversation`);
    }
  });
}

const idsOf = ({ content }: RequestMessage, type: "tool_use" | "tool_result"): readonly string[] =>
  blocksOf(content)
    .filter((block) => block.type === type)
    .map((block) => (type === "tool_use" ? block.id! : block.tool_use_id!));
