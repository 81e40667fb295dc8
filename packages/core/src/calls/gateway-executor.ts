/** Makes a tool that works on what the gateway holds into what carries a decided call out. */
import type { GatewayContext, Tool } from "@clawd/tools";
import type { PlacedCall, ToolExecutor } from "./tool-call.ts";

export function gatewayExecutor(
  tool: Tool<GatewayContext>,
  context: (call: PlacedCall) => GatewayContext,
): ToolExecutor {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
    async run(call, signal) {
      const answer = await tool.call(call.input, context(call), signal);
      return { ...answer, details: { ...answer.details, receipt: { place: "gateway" } } };
    },
  };
}
