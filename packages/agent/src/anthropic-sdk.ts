/** As much of Anthropic's SDK as is used here: its client and its messages. All of it is three hundred files and takes three times the memory. */
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { Messages } from "@anthropic-ai/sdk/resources/messages/messages";

export class MessagesClient extends BaseAnthropic {
  readonly messages = new Messages(this);
}
