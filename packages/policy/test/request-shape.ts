/** Well-formed requests, said a second time: what the engine allows must have this shape. */
import { z } from "zod";

const id = z.string().min(1);
const maybe = id.nullable().optional();
const chat = z.strictObject({
  kind: z.enum(["dm", "group", "channel"]),
  id,
  parent: maybe,
  thread: maybe,
  guild: maybe,
  team: maybe,
});
const truth = z.boolean().optional();
const sender = z.strictObject({ id: z.string().nullable().optional(), isBot: truth, isSelf: truth });
const place = { provider: id, account: id.optional(), chat };
const origin = { ...place, sender: sender.optional() };
const kind = z.enum(["turn", "subagent", "cron", "hook"]);
const run = {
  ...origin,
  agent: id,
  run: kind.optional(),
  via: z
    .array(z.strictObject({ agent: id, run: kind }))
    .max(16)
    .optional(),
  contributors: z.array(z.strictObject(origin)).max(64).optional(),
  model: maybe,
};
const session = { ...run, action: z.literal("session") };

export const requestShape = z.union([
  z.strictObject({
    ...origin,
    action: z.literal("message"),
    event: z.enum(["message", "command", "edit", "reaction", "button", "member"]).optional(),
    mentioned: truth,
    mentionDetectable: truth,
    mentionsOthers: truth,
    command: z.string().nullable().optional(),
  }),
  z.strictObject({ ...run, action: z.literal("tool"), tool: id, elevated: truth }),
  z.strictObject({ ...run, action: z.literal("send"), to: z.strictObject(place) }),
  z.strictObject({ ...session, operation: z.enum(["list", "read", "send"]), session: id }),
  z.strictObject({ ...session, operation: z.literal("spawn"), target: id }),
]);
