/** Tools that work in a place: each answer says in its details where it was carried out. */
import { type Clock, isClawdError } from "@clawd/kernel";
import type { Place } from "@clawd/sandbox";
import type { z } from "zod";
import type { Processes } from "./commands/processes.ts";
import { defineTool, failure, type Tool, type ToolAnswer } from "./tool.ts";

/** What a call has to work with, decided and made before it begins. */
export interface PlaceContext {
  /** The place that was decided for this very call. @throws ClawdError when there is none; then nothing is done elsewhere. */
  readonly place: () => Promise<Place>;
  readonly processes: Processes;
  /** Whose background commands these are: the agent, or one session of it. */
  readonly scope: string;
  readonly clock: Clock;
  /** Whether the run may use `process`; if not, no command goes into the background. */
  readonly mayUseProcess: boolean;
  /** Told what a command has said so far, now and then. */
  readonly onUpdate?: (tail: string) => void;
}

interface PlaceToolDefinition<Parameters extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly parameters: Parameters;
  run(
    input: z.output<Parameters>,
    place: Place,
    context: PlaceContext,
    signal: AbortSignal,
  ): Promise<ToolAnswer>;
}

export function definePlaceTool<Parameters extends z.ZodObject>(
  definition: PlaceToolDefinition<Parameters>,
): Tool<PlaceContext> {
  return defineTool<Parameters, PlaceContext>({
    name: definition.name,
    description: definition.description,
    parameters: definition.parameters,
    async run(input, context, signal) {
      const place = await context.place();
      const done = await definition.run(input, place, context, signal).catch((fault: unknown) => {
        signal.throwIfAborted();
        if (!isClawdError(fault)) throw fault;
        return failure(`${fault.message} ${fault.hint}`, { code: fault.code });
      });
      return { ...done, details: { ...done.details, receipt: place.receipt } };
    },
  });
}
