/** One turn: the model answers, calls tools, sees their results, and answers again, within bounds. */
import type { Clock } from "@clawd/kernel";
import { alternate, trimHistory } from "./history.ts";
import {
  addUsage,
  type ContentBlock,
  type Model,
  type ModelMessage,
  noUsage,
  type StopReason,
  type ToolSpecification,
  type Usage,
} from "./model.ts";
import { streamWithRetry } from "./retry.ts";

export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
}

/** The tools of this turn, as the policy grants them. */
export interface ToolPort {
  readonly specifications: readonly ToolSpecification[];
  /** Resolves for everything a tool can do, failure included. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<ToolResult>;
}

export const noTools: ToolPort = {
  specifications: [],
  call: (name) => Promise.resolve({ text: `There is no tool ${JSON.stringify(name)}.`, isError: true }),
};

export interface TurnLimits {
  /** Times the model may see results of tools. */
  readonly rounds: number;
  /** Characters of earlier messages that the model sees. */
  readonly historyCharacters: number;
  /** Tokens of one answer. */
  readonly maxTokens: number;
}

export const defaultLimits: TurnLimits = { rounds: 50, historyCharacters: 400_000, maxTokens: 8192 };

export interface TurnInput {
  readonly model: Model;
  readonly system: string;
  readonly history: readonly ModelMessage[];
  /** The person's words, enveloped. */
  readonly input: string;
  readonly tools: ToolPort;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** From 0 up to 1. Absent means Math.random. */
  readonly random?: () => number;
  /** Absent fields mean `defaultLimits`. */
  readonly limits?: Partial<TurnLimits>;
  /** Told of each piece of text as it comes. */
  readonly onText?: (text: string) => void;
}

export interface TurnResult {
  /** What the person reads: the text of the last round. */
  readonly text: string;
  /** To be added to the history, the input first. */
  readonly messages: readonly ModelMessage[];
  readonly usage: Usage;
  /** `rounds`: the bound on rounds ended it. */
  readonly stopReason: StopReason | "rounds";
}

/**
 * Runs the turn to its end.
 * @throws ModelFault; an abort ends it with what there is.
 */
export async function runTurn(turn: TurnInput): Promise<TurnResult> {
  const limits = { ...defaultLimits, ...turn.limits };
  const past = trimHistory(turn.history, limits.historyCharacters);
  const messages: ModelMessage[] = [{ role: "user", content: [{ type: "text", text: turn.input }] }];
  let usage = noUsage;
  for (let round = 0; ; round++) {
    const answer = await oneAnswer(turn, alternate([...past, ...messages]), limits);
    usage = addUsage(usage, answer.usage);
    if (answer.content.length > 0) messages.push({ role: "assistant", content: answer.content });
    const calls = answer.content.filter((block) => block.type === "tool-call");
    const isOver = calls.length === 0 || turn.signal.aborted || round >= limits.rounds;
    if (isOver) {
      // Every call needs its result, or the next request is refused.
      if (calls.length > 0) messages.push({ role: "user", content: calls.map(({ id }) => unanswered(id)) });
      const stopReason = calls.length > 0 ? "rounds" : answer.reason;
      return { text: textOf(answer.content), messages, usage, stopReason };
    }
    const results: ContentBlock[] = [];
    for (const call of calls) {
      const result = await turn.tools.call(call.name, call.input, turn.signal);
      results.push({ type: "tool-result", id: call.id, ...result });
    }
    messages.push({ role: "user", content: results });
  }
}

async function oneAnswer(turn: TurnInput, messages: readonly ModelMessage[], { maxTokens }: TurnLimits) {
  const request = { system: turn.system, messages, tools: turn.tools.specifications, maxTokens };
  const ports = { clock: turn.clock, random: turn.random ?? Math.random };
  const content: ContentBlock[] = [];
  let text = "";
  let reason: StopReason = "end";
  let usage = noUsage;
  const closeText = () => {
    if (text !== "") content.push({ type: "text", text });
    text = "";
  };
  for await (const event of streamWithRetry(turn.model, request, turn.signal, ports)) {
    if (event.type === "text") {
      text += event.text;
      turn.onText?.(event.text);
    } else if (event.type === "tool-call") {
      closeText();
      content.push(event);
    } else ({ reason, usage } = event);
  }
  closeText();
  return { content, reason, usage };
}

function textOf(content: readonly ContentBlock[]): string {
  return content
    .filter((block) => block.type === "text")
    .map(({ text }) => text)
    .join("\n\n")
    .trim();
}

function unanswered(id: string): ContentBlock {
  return { type: "tool-result", id, text: "Not run: the turn ended here.", isError: true };
}
