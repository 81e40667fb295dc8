/** Names only. */
export { answer, defineTool, failure } from "./tool.ts";
export type { Tool, ToolAnswer, ToolContent, ToolDefinition } from "./tool.ts";
