/** Cuts a conversation to a size, from the oldest on, a whole exchange at a time. */
import type { ModelMessage } from "./model.ts";

/**
 * The newest messages whose text stays within `budget` characters, beginning with a person's words:
 * a tool's result never loses the call it answers.
 */
export function trimHistory(messages: readonly ModelMessage[], budget: number): readonly ModelMessage[] {
  let start = messages.length;
  let size = 0;
  for (let index = messages.length - 1; index >= 0; index--) {
    size += sizeOf(messages[index]!);
    if (size > budget) break;
    if (beginsExchange(messages[index]!)) start = index;
  }
  return messages.slice(start);
}

function beginsExchange({ role, content }: ModelMessage): boolean {
  return role === "user" && content.every(({ type }) => type === "text");
}

function sizeOf({ content }: ModelMessage): number {
  return content.reduce(
    (sum, block) => sum + ("text" in block ? block.text.length : JSON.stringify(block.input ?? null).length),
    0,
  );
}

/** Joins neighbours of one role, since roles must alternate, and drops what is empty. */
export function alternate(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const joined: ModelMessage[] = [];
  for (const { role, content } of messages) {
    const blocks = content.filter((block) => block.type !== "text" || block.text !== "");
    if (blocks.length === 0) continue;
    const last = joined.at(-1);
    if (last?.role === role) joined[joined.length - 1] = { role, content: [...last.content, ...blocks] };
    else joined.push({ role, content: blocks });
  }
  return joined;
}
