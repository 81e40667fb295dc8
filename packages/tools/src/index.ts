/** Names only. */
export { answer, defineTool, failure } from "./tool.ts";
export type { Tool, ToolAnswer, ToolContent, ToolDefinition } from "./tool.ts";
export { definePlaceTool, type PlaceContext } from "./place-tool.ts";
export { read } from "./files/read.ts";
export { write } from "./files/write.ts";
export { edit } from "./files/edit.ts";
export { applyPatch } from "./files/apply-patch.ts";
export { ls } from "./search/ls.ts";
export { grep } from "./search/grep.ts";
export { find } from "./search/find.ts";
export { bashTool, type BashSettings } from "./commands/bash.ts";
export { processTool } from "./commands/process.ts";
export { webFetch, type WebContext } from "./web-fetch.ts";
export {
  createProcesses,
  type Processes,
  type ProcessesOptions,
  type ProcessSession,
} from "./commands/processes.ts";
export { message } from "./gateway/message.ts";
export { image } from "./gateway/image.ts";
export { cron } from "./gateway/cron.ts";
export type { JobRow, JobRunRow, JobsPort, JobsStatus } from "./gateway/jobs.ts";
export { sessionTools } from "./gateway/sessions.ts";
export { absentTools } from "./gateway/absent.ts";
export { gateway, type ControlContext } from "./gateway/gateway.ts";
export type { ConfigProposal, ControlAnswer, ControlPort } from "./gateway/control.ts";
export {
  isRefusal,
  type Address,
  type GatewayContext,
  type MessagesPort,
  type OpenedPicture,
  type PicturesPort,
  type Refusal,
  type RunResult,
  type SessionLine,
  type SessionRow,
  type SessionsPort,
  type SessionStatus,
} from "./gateway/context.ts";
