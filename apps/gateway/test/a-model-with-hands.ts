/** A model that calls the tools that a test tells it to, and a person who makes it do so. */
import type { World } from "./a-world.ts";
import { eventually } from "./harness.ts";

export interface Called {
  /** What each call was answered with, as the model reads it. */
  readonly results: readonly { readonly text: string; readonly isError: boolean }[];
  /** Names of the tools that were offered. */
  readonly offered: readonly string[];
}

export interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface Body {
  readonly tools?: readonly { readonly name: string }[];
  readonly messages: readonly { readonly content: string | readonly Block[] }[];
}

interface Block {
  readonly type: string;
  readonly content?: string | readonly { readonly type: string; readonly text?: string }[];
  readonly is_error?: boolean;
}

let turns = 0;

/** What `say` does makes the gateway start a turn; the model makes these calls in it, and the turn comes to its end. */
export async function callsOf(world: World, say: () => void, ...calls: readonly Call[]): Promise<Called> {
  const answer = `that was turn ${++turns}`;
  world.anthropic.control.script({ toolUses: calls }, { text: answer });
  say();
  await eventually(() => world.texts().includes(answer), 60_000);
  const last = world.anthropic.control.requests.at(-1)!.body as Body;
  const results = last.messages.at(-1)!.content as readonly Block[];
  return {
    offered: (last.tools ?? []).map(({ name }) => name),
    results: results
      .filter(({ type }) => type === "tool_result")
      .map(({ content, is_error: isError = false }) => ({ text: textOf(content), isError })),
  };
}

function textOf(content: Block["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text = "" }) => text).join("\n");
}
