/** What a tool is: a name, parameters, and a function that works in the place it is given. It never decides whether it may. */
import { isClawdError } from "@clawd/kernel";
import { z } from "zod";

export type ToolContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly mediaType: string; readonly bytes: Uint8Array };

export interface ToolAnswer {
  readonly content: readonly ToolContent[];
  readonly isError: boolean;
  /** For programs: the audit, clients. Never more than the content says. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A tool as the model's request and the gateway see it. `Context` is what it needs to work: a place, ports of the gateway. */
export interface Tool<Context> {
  readonly name: string;
  /** What the model reads of it. */
  readonly description: string;
  /** JSON Schema of the parameters; unknown keys are refused. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /**
   * Resolves for everything that can go wrong with the tool; input that does not fit is an answer that names the key.
   * @throws the signal's reason when it aborts, and defects.
   */
  call(input: unknown, context: Context, signal: AbortSignal): Promise<ToolAnswer>;
}

export interface ToolDefinition<Parameters extends z.ZodObject, Context> {
  readonly name: string;
  readonly description: string;
  readonly parameters: Parameters;
  run(input: z.output<Parameters>, context: Context, signal: AbortSignal): Promise<ToolAnswer>;
}

export function defineTool<Parameters extends z.ZodObject, Context>(
  definition: ToolDefinition<Parameters, Context>,
): Tool<Context> {
  const { name, description, parameters } = definition;
  return {
    name,
    description,
    inputSchema: z.toJSONSchema(parameters, { io: "input" }),
    async call(input, context, signal) {
      const parsed = parameters.safeParse(input);
      if (!parsed.success) return failure(misfit(parsed.error));
      try {
        return await definition.run(parsed.data, context, signal);
      } catch (fault) {
        signal.throwIfAborted();
        if (!isClawdError(fault)) throw fault;
        return failure(`${fault.message} ${fault.hint}`, { code: fault.code });
      }
    },
  };
}

export const answer = (text: string, details?: ToolAnswer["details"]): ToolAnswer => ({
  content: [{ type: "text", text }],
  isError: false,
  ...(details && { details }),
});

export const failure = (text: string, details?: ToolAnswer["details"]): ToolAnswer => ({
  ...answer(text, details),
  isError: true,
});

/** One line a mistake, each with the parameter's name. */
function misfit(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
    .join("\n");
}
