/** One turn: the model answers, calls tools, sees their results, and answers again, within bounds. */
import type { Clock } from "@clawd/kernel";
import type { ToolAnswer } from "@clawd/tools";
import { alternate, sizeOf, trimHistory } from "./history.ts";
import { asLabel, bounded } from "./label.ts";
import {
  addUsage,
  type ContentBlock,
  type Model,
  type ModelImage,
  type ModelMessage,
  noUsage,
  type StopReason,
  type ToolResultBlock,
  type ToolSpecification,
  type Usage,
} from "./model.ts";
import { ModelFault } from "./model-fault.ts";
import { withRetry } from "./retry.ts";

/** The tools of this turn, as the policy grants them. */
export interface ToolPort {
  readonly specifications: readonly ToolSpecification[];
  /** Resolves for everything a tool can do, failure included. Asked for every name that a model writes, known or not. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<ToolAnswer>;
}

export const noTools: ToolPort = {
  specifications: [],
  call: (name) => Promise.resolve(unknownTool(name)),
};

export interface TurnLimits {
  /** Times the model may see results of tools. */
  readonly rounds: number;
  /** Characters of the whole conversation that the model sees; earlier messages give way to this turn's. */
  readonly historyCharacters: number;
  /** Characters of one tool's result. */
  readonly resultCharacters: number;
  /** Bytes of the images in one tool's result; those beyond are left out. */
  readonly imageBytes: number;
  /** Tokens of one answer. */
  readonly maxTokens: number;
}

export const defaultLimits: TurnLimits = {
  rounds: 50,
  historyCharacters: 400_000,
  resultCharacters: 50_000,
  imageBytes: 5 * 1024 * 1024,
  maxTokens: 8192,
};

export interface TurnInput {
  readonly model: Model;
  /** One text, or its parts from the most lasting on. */
  readonly system: string | readonly string[];
  readonly history: readonly ModelMessage[];
  /** The person's words, enveloped. */
  readonly input: string;
  /** Pictures that came with the words. Absent: none. */
  readonly images?: readonly ModelImage[];
  readonly tools: ToolPort;
  /** Sets off what a tool found from what a person said. Absent: the text stands as it is. */
  readonly asData?: (tool: string, text: string) => string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** From 0 up to 1. Absent means Math.random. */
  readonly random?: () => number;
  /** Absent fields mean `defaultLimits`. */
  readonly limits?: Partial<TurnLimits>;
  /** Told of each piece of text as it comes. What it was told cannot be taken back, so a try that told it something is not repeated. */
  readonly onText?: (text: string) => void;
  /** Told what each answer of the model cost, once it is whole: also in a turn that fails or is stopped later. */
  readonly onUsage?: (usage: Usage) => void;
}

export interface TurnResult {
  /** What the person reads: the text of the last round that had one. Empty when the model chose to say nothing. */
  readonly text: string;
  /** To be added to the history, the input first. */
  readonly messages: readonly ModelMessage[];
  readonly usage: Usage;
  /** `rounds`: the bound on rounds ended it. */
  readonly stopReason: StopReason | "rounds";
}

/**
 * Runs the turn to its end.
 * @throws ModelFault when the model cannot answer; the signal's reason when it aborts.
 */
export async function runTurn(turn: TurnInput): Promise<TurnResult> {
  const limits = { ...defaultLimits, ...turn.limits };
  const messages: ModelMessage[] = [{ role: "user", content: inputOf(turn) }];
  let usage = noUsage;
  let text = "";
  for (let round = 0; ; round++) {
    const past = trimHistory(turn.history, limits.historyCharacters - sizeOf(messages));
    const answer = await oneAnswer(turn, alternate([...past, ...messages]), limits);
    usage = addUsage(usage, answer.usage);
    turn.onUsage?.(answer.usage);
    text = textOf(answer.content) || text;
    if (answer.content.length > 0) messages.push({ role: "assistant", content: answer.content });
    const calls = answer.content.filter((block) => block.type === "tool-call");
    if (calls.length === 0 || round >= limits.rounds) {
      // Every call needs its result, or the next request is refused.
      if (calls.length > 0) messages.push({ role: "user", content: calls.map(({ id }) => unanswered(id)) });
      const stopReason = calls.length > 0 ? "rounds" : answer.reason;
      return { text: text || excuses[stopReason], messages, usage, stopReason };
    }
    const results: ContentBlock[] = [];
    for (const call of calls) {
      results.push(resultBlock(call, await callTool(turn, call.name, call.input), turn, limits));
    }
    messages.push({ role: "user", content: results });
  }
}

/** Pictures first: that is how models read them best. */
function inputOf({ images = [], input }: TurnInput): readonly ContentBlock[] {
  return [
    ...images.map(({ mediaType, bytes }) => ({ type: "image" as const, mediaType, bytes })),
    { type: "text", text: input },
  ];
}

/** What a person reads when the model ended without a word and not of its own will. */
const excuses: Readonly<Record<TurnResult["stopReason"], string>> = {
  end: "",
  "tool-calls": "",
  length: "My answer became too long before it said anything. Please ask for less at once.",
  refusal: "I cannot help with this request.",
  rounds: "I stopped, because this took more steps than one answer may take.",
};

function resultBlock(
  { id, name }: { readonly id: string; readonly name: string },
  { content, isError }: ToolAnswer,
  { asData = (_tool, text) => text }: TurnInput,
  { resultCharacters, imageBytes }: TurnLimits,
): ToolResultBlock {
  const text = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  let left = imageBytes;
  const images = content
    .filter((part) => part.type === "image")
    .filter(({ bytes }) => (left -= bytes.length) >= 0);
  return { type: "tool-result", id, text: asData(name, bounded(text, resultCharacters)), images, isError };
}

async function callTool({ tools, signal }: TurnInput, name: string, input: unknown): Promise<ToolAnswer> {
  signal.throwIfAborted();
  try {
    return await tools.call(name, input, signal);
  } catch {
    signal.throwIfAborted();
    // What was thrown is of the inside, and the model tells people what it reads.
    return failed("The tool failed.");
  }
}

/** The answer to a name that no tool has. */
export const unknownTool = (name: string): ToolAnswer =>
  failed(`There is no tool named "${asLabel(name, "")}".`);

const failed = (text: string): ToolAnswer => ({ content: [{ type: "text", text }], isError: true });

async function oneAnswer(turn: TurnInput, messages: readonly ModelMessage[], { maxTokens }: TurnLimits) {
  const system = typeof turn.system === "string" ? [turn.system] : turn.system;
  const request = { system, messages, tools: turn.tools.specifications, maxTokens };
  let isShown = false;
  const attempt = async () => {
    const content: ContentBlock[] = [];
    let text = "";
    const closeText = () => {
      if (text !== "") content.push({ type: "text", text });
      text = "";
    };
    for await (const event of turn.model.stream(request, turn.signal)) {
      if (event.type === "text") {
        text += event.text;
        isShown ||= turn.onText !== undefined;
        turn.onText?.(event.text);
      } else if (event.type === "tool-call") {
        closeText();
        content.push({ type: "tool-call", id: event.id, name: event.name, input: event.input });
      } else {
        closeText();
        return { content, reason: event.reason, usage: event.usage };
      }
    }
    turn.signal.throwIfAborted();
    throw new ModelFault("busy", "The model's answer broke off.");
  };
  return withRetry(attempt, () => !isShown, turn.signal, {
    clock: turn.clock,
    random: turn.random ?? Math.random,
  });
}

function textOf(content: readonly ContentBlock[]): string {
  return content
    .filter((block) => block.type === "text")
    .map(({ text }) => text)
    .join("\n\n")
    .trim();
}

function unanswered(id: string): ContentBlock {
  return { type: "tool-result", id, text: "Not run: the turn ended here.", images: [], isError: true };
}
