export {
  type ContentBlock,
  type Model,
  type ModelEvent,
  type ModelImage,
  type ModelMessage,
  type ModelRequest,
  type StopReason,
  type ToolResultBlock,
  type ToolSpecification,
  type Usage,
} from "./model.ts";
export { ModelFault, type ModelFaultKind } from "./model-fault.ts";
export { chooseModel, defaultModel, type ModelChoice, type ModelProvider } from "./choose-model.ts";
export {
  defaultLimits,
  noTools,
  unknownTool,
  runTurn,
  type ToolPort,
  type TurnInput,
  type TurnLimits,
  type TurnResult,
} from "./turn.ts";
export { type Boundary, createBoundary } from "./boundary.ts";
export { buildSystemPrompt, silence, type SystemPromptInput, type WorkspaceFile } from "./system-prompt.ts";
export { envelope, type EnvelopeInput, type SpokenLine } from "./envelope.ts";
export { scheduledTask, type ScheduledTask } from "./scheduled-task.ts";
export { workspaceFiles } from "./workspace-files.ts";
export { friendlyFault } from "./friendly-fault.ts";
