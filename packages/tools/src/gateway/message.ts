/** `message`: writes to a chat. The answer of a turn goes to its own chat by itself; this is for everything else. */
import { z } from "zod";
import { answer, defineTool, failure } from "../tool.ts";
import { type GatewayContext, isRefusal } from "./context.ts";

export const message = defineTool({
  name: "message",
  description:
    "Send a message to a chat. Your answer goes to the current chat by itself, so use this only for other chats or for several messages. Who may be written to is decided for each message.",
  parameters: z.strictObject({
    action: z.literal("send").default("send"),
    provider: z
      .string()
      .max(64)
      .optional()
      .describe("The network, such as telegram. Absent: the current one."),
    accountId: z.string().max(64).optional().describe("Absent: the current one, or the network's default."),
    to: z
      .string()
      .max(200)
      .optional()
      .describe("An id, or dm:ID, group:ID, channel:ID. Never a name. Absent: the current chat."),
    threadId: z.string().max(200).optional(),
    message: z.string().trim().min(1).max(20_000),
    replyTo: z.string().max(200).optional().describe("Id of the message that it answers."),
    dryRun: z.boolean().default(false).describe("Only say whether it would be sent."),
  }),
  async run(input, { messages }: GatewayContext) {
    const to = messages.address({
      ...(input.provider !== undefined && { provider: input.provider }),
      ...(input.accountId !== undefined && { account: input.accountId }),
      ...(input.to !== undefined && { to: input.to }),
      ...(input.threadId !== undefined && { thread: input.threadId }),
    });
    if (isRefusal(to)) return failure(to.refused);
    const sent = messages.send(to, {
      text: input.message,
      replyTo: input.replyTo ?? null,
      isDryRun: input.dryRun,
    });
    if (isRefusal(sent)) return failure(`Not sent (${sent.refused}).`, { code: sent.refused, to });
    const where = `${to.provider} ${to.chat.kind} ${to.chat.id}`;
    return answer(input.dryRun ? `It would be sent to ${where}.` : `Sent to ${where}.`, { ...sent, to });
  },
});
