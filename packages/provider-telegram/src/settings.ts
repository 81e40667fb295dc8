/**
 * The settings of Telegram beside the access rules, and whether they are enough to connect.
 * None has a default in its schema: an account that does not set one inherits the network's.
 */
import { z } from "zod";

/** `<bot id>:<secret>`, as @BotFather gives it. Anything else could reach into the path of the API's address. */
export const tokenForm = /^[0-9]{1,20}:[A-Za-z0-9_-]{1,256}$/;

/** As the Bot API wants it (`setWebhook`, `secret_token`). */
const secretForm = /^[A-Za-z0-9_-]{1,256}$/;

const pathForm = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/;

const webAddress = z.url({ protocol: /^https?$/, error: "must be an http or https address" });

export const settings = {
  botToken: z
    .string()
    .regex(tokenForm, "is not a bot token: @BotFather gives it in the form 123456:ABC-DEF")
    .optional(),
  /** A file that holds the token, instead of `botToken`. */
  tokenFile: z.string().min(1).optional(),
  /** Absent: Telegram's own. */
  apiRoot: webAddress.optional(),
  /** Where Telegram reaches the gateway. Absent: updates are fetched by long polling. */
  webhookUrl: webAddress
    .refine(
      (url) => !URL.canParse(url) || pathForm.test(pathOf(url)),
      "needs a path, such as https://bot.example.com/telegram",
    )
    .optional(),
  webhookSecret: z
    .string()
    .regex(secretForm, "may have 1 to 256 of the characters A-Z a-z 0-9 _ -")
    .optional(),
  /** The path on the gateway, where a proxy changes it. Absent: that of `webhookUrl`. */
  webhookPath: z.string().regex(pathForm, "must be a path such as /telegram").optional(),
  /** Whether an answer quotes its question: `first` (when absent) lets only the first message do so. */
  replyToMode: z.enum(["off", "first", "all"]).optional(),
};

export type TelegramSettings = z.output<z.ZodObject<typeof settings>>;

export const defaultApiRoot = "https://api.telegram.org";

export function pathOf(url: string): string {
  return new URL(url).pathname;
}

export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly message: string; readonly hint: string };

export function ready({ botToken, tokenFile, webhookUrl, webhookSecret }: TelegramSettings): Readiness {
  if (botToken === undefined && tokenFile === undefined) {
    return notReady(
      "There is no bot token.",
      "Get one from @BotFather and set telegram.botToken or tokenFile.",
    );
  }
  if (botToken !== undefined && tokenFile !== undefined) {
    return notReady(
      "Both botToken and tokenFile are set.",
      "Remove one of them, so that it is clear which counts.",
    );
  }
  // Without the secret anybody who finds the address could speak as anybody.
  if (webhookUrl !== undefined && webhookSecret === undefined) {
    return notReady(
      "A webhook needs a secret.",
      'Set telegram.webhookSecret to what "openssl rand -hex 32" prints.',
    );
  }
  return { ready: true };
}

function notReady(message: string, hint: string): Readiness {
  return { ready: false, message, hint };
}
