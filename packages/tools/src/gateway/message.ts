/** `message`: writes to a chat. The answer of a turn goes to its own chat by itself; this is for everything else. */
import { z } from "zod";
import { answer, defineTool, failure } from "../tool.ts";
import { type GatewayContext, isRefusal } from "./context.ts";

const path = z.string().min(1).max(4096);

export const message = defineTool({
  name: "message",
  description:
    "Send a message, with files if you like, to a chat. Your answer goes to the current chat by itself, so use this for files, for other chats or for several messages. Who may be written to is decided for each message.",
  parameters: z.strictObject({
    action: z.string().max(64).default("send").describe("`send` is the only one there is."),
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
    message: z.string().trim().max(20_000).default("").describe("May be left out where there are files."),
    media: z
      .union([path, z.array(path).max(10)])
      .optional()
      .describe("Path of a file to send, or of up to 10: as `read` takes it. No address."),
    replyTo: z.string().max(200).optional().describe("Id of the message that it answers."),
    dryRun: z.boolean().default(false).describe("Only say whether it would be sent."),
  }),
  async run(input, { messages }: GatewayContext, signal) {
    if (input.action !== "send")
      return failure(`There is no action ${JSON.stringify(input.action)} here: \`send\` is what exists.`, {
        code: "unknown-action",
      });
    const media = [input.media ?? []].flat();
    if (input.message === "" && media.length === 0) return failure("message: there is nothing to send.");
    const to = messages.address({
      ...(input.provider !== undefined && { provider: input.provider }),
      ...(input.accountId !== undefined && { account: input.accountId }),
      ...(input.to !== undefined && { to: input.to }),
      ...(input.threadId !== undefined && { thread: input.threadId }),
    });
    if (isRefusal(to)) return failure(to.refused);
    const sent = await messages.send(
      to,
      { text: input.message, replyTo: input.replyTo ?? null, isDryRun: input.dryRun, media },
      signal,
    );
    if (isRefusal(sent)) return failure(`Not sent (${sent.refused}).`, { code: sent.refused, to });
    const where = `${to.provider} ${to.chat.kind} ${to.chat.id}`;
    return answer(input.dryRun ? `It would be sent to ${where}.` : `Sent to ${where}.`, { ...sent, to });
  },
});
