/** Brings a conversation into the form that every model takes, and to a size, a whole exchange at a time. */
import type { ContentBlock, ModelMessage } from "./model.ts";

/**
 * The newest messages whose text stays within `budget` characters, beginning with a person's words:
 * a tool's result never loses the call it answers.
 */
export function trimHistory(messages: readonly ModelMessage[], budget: number): readonly ModelMessage[] {
  let start = messages.length;
  let size = 0;
  for (let index = messages.length - 1; index >= 0; index--) {
    size += sizeOf([messages[index]!]);
    if (size > budget) break;
    if (beginsExchange(messages[index]!)) start = index;
  }
  return messages.slice(start);
}

function beginsExchange({ role, content }: ModelMessage): boolean {
  return role === "user" && content.every(({ type }) => type === "text" || type === "image");
}

/** What a picture takes of a model's attention, in characters of text. */
const imageCharacters = 6400;

/** Characters of the text and the tools' inputs, and what pictures count for. */
export function sizeOf(messages: readonly ModelMessage[]): number {
  return messages.flatMap(({ content }) => content).reduce((sum, block) => sum + weightOf(block), 0);
}

function weightOf(block: ContentBlock): number {
  if (block.type === "image") return imageCharacters;
  return "text" in block ? block.text.length : JSON.stringify(block.input ?? null).length;
}

/**
 * Begins with a user message, alternates, has no empty text, and every tool call is followed at once by its one result.
 * What does not fit is left out: a damaged transcript must not make a session unusable (history.test.ts).
 */
export function alternate(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  let current = joinNeighbours(messages);
  // What one pass leaves out can orphan a neighbour; each pass that changes anything leaves out at least one block.
  for (;;) {
    const next = joinNeighbours(withPairedCalls(current));
    if (countBlocks(next) === countBlocks(current)) return next;
    current = next;
  }
}

const countBlocks = (messages: readonly ModelMessage[]): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0);

function joinNeighbours(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const joined: ModelMessage[] = [];
  for (const { role, content } of messages) {
    const blocks = content.filter((block) => block.type !== "text" || block.text.trim() !== "");
    if (blocks.length === 0 || (joined.length === 0 && role !== "user")) continue;
    const last = joined.at(-1);
    if (last?.role === role) joined[joined.length - 1] = { role, content: [...last.content, ...blocks] };
    else joined.push({ role, content: blocks });
  }
  return joined;
}

function withPairedCalls(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const used = new Set<string>();
  const kept: ModelMessage[] = [];
  let open = new Set<string>();
  messages.forEach(({ role, content }, index) => {
    if (role === "assistant") {
      const answered = resultsIn(messages[index + 1]);
      open = new Set();
      const blocks = content.filter((block) => {
        if (block.type === "text") return true;
        if (block.type !== "tool-call" || used.has(block.id) || !answered.has(block.id)) return false;
        used.add(block.id);
        open.add(block.id);
        return true;
      });
      kept.push({ role, content: blocks });
    } else {
      // Results come first: a service asks for them right after the calls. Each call takes one.
      const results = content.filter((block) => block.type === "tool-result" && open.delete(block.id));
      const said = content.filter(({ type }) => type === "text" || type === "image");
      kept.push({ role, content: [...results, ...said] });
      open = new Set();
    }
  });
  return kept;
}

const resultsIn = (message: ModelMessage | undefined): ReadonlySet<string> =>
  new Set((message?.content ?? []).filter(isResult).map(({ id }) => id));

const isResult = (block: ContentBlock): block is Extract<ContentBlock, { type: "tool-result" }> =>
  block.type === "tool-result";
