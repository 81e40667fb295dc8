import { connectControl, type Remote } from "./remote.ts";
import type { AnthropicControl } from "./anthropic/control.ts";

export {
  startAnthropicEmulator,
  type AnthropicEmulator,
  type AnthropicEmulatorOptions,
} from "./anthropic/server.ts";
export type { Answer, NoAnswer, RefusedAnswer, Reply, ToolUse } from "./anthropic/answer.ts";
export type { AnthropicControl, LoggedRequest } from "./anthropic/control.ts";
export type { ContentBlock, MessagesRequest, RequestMessage } from "./anthropic/message.ts";

export type RemoteAnthropicControl = Remote<AnthropicControl>;

/** The control of an Anthropic emulator in another process. */
export const connectAnthropicControl = (url: string): RemoteAnthropicControl =>
  connectControl<AnthropicControl>(url);
