/** Makes the tool `gateway` into what carries a decided call out: with the ports of this very call. */
import type { ControlContext, ControlPort, Tool } from "@clawd/tools";
import type { PlacedCall, ToolExecutor } from "./tool-call.ts";

export function controlExecutor(
  tool: Tool<ControlContext>,
  control: (call: PlacedCall) => ControlPort,
): ToolExecutor {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
    run: (call, signal) => tool.call(call.input, { control: control(call) }, signal),
  };
}
