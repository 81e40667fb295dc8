/** Counts tokens roughly (four characters each) and keeps the prompt cache, whose prefix rules are the real ones. */
import { createHash } from "node:crypto";
import { blocksOf } from "./conversation.ts";
import type { MessagesRequest } from "./message.ts";

export interface InputUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

export const countTokens = (text: string): number => Math.ceil(text.length / 4);

interface Segment {
  readonly tokens: number;
  /** Of everything up to and with this segment. */
  readonly digest: string;
  readonly isBreakpoint: boolean;
}

/** Tools, then system, then messages: the order in which the API builds its prefix. */
function segmentsOf({ model, tools, system, messages, ...rest }: MessagesRequest): readonly Segment[] {
  const parts = [
    ...(tools ?? []),
    ...blocksOf(system),
    ...messages.flatMap(({ role, content }) => blocksOf(content).map((block) => ({ role, ...block }))),
  ];
  const hash = createHash("sha256").update(model);
  // A mark on the request itself is one on its last block.
  const marksEnd = rest.cache_control !== undefined && rest.cache_control !== null;
  return parts.map(({ cache_control: mark, ...part }, index) => {
    const text = JSON.stringify(part);
    hash.update(text).update("\n");
    const isMarked = mark !== undefined && mark !== null;
    const isBreakpoint = isMarked || (marksEnd && index === parts.length - 1);
    return { tokens: countTokens(text), digest: hash.copy().digest("hex"), isBreakpoint };
  });
}

export const countInput = (request: MessagesRequest): number =>
  segmentsOf(request).reduce((sum, { tokens }) => sum + tokens, 0);

export interface PromptCache {
  /** Accounts for one request and remembers what it asked to cache. */
  account(request: MessagesRequest): InputUsage;
  clear(): void;
}

/** Prefixes shorter than `minimumTokens` are not cached, as in the real API (1024 and more, by model). */
export function createPromptCache(minimumTokens: number): PromptCache {
  const cached = new Set<string>();
  return {
    account(request) {
      let total = 0;
      let read = 0;
      let marked = 0;
      const fresh: string[] = [];
      for (const { tokens, digest, isBreakpoint } of segmentsOf(request)) {
        total += tokens;
        if (!isBreakpoint || total < minimumTokens) continue;
        marked = total;
        if (cached.has(digest)) read = total;
        else fresh.push(digest);
      }
      for (const digest of fresh) cached.add(digest);
      return {
        input_tokens: total - marked,
        cache_creation_input_tokens: marked - read,
        cache_read_input_tokens: read,
      };
    },
    clear: () => cached.clear(),
  };
}
