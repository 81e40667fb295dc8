/** Where the bot's token comes from. */
import { readFile } from "node:fs/promises";
import { ClawdError } from "@clawd/kernel";
import { tokenForm, type TelegramSettings } from "./settings.ts";

/** @throws CLAWD_TELEGRAM_TOKEN_FILE when the file cannot be read or holds no token. */
export async function readToken({ botToken, tokenFile }: TelegramSettings): Promise<string> {
  if (botToken !== undefined) return botToken;
  let token: string;
  try {
    token = (await readFile(tokenFile ?? "", "utf8")).trim();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown error";
    throw tokenFileFault(`The file of telegram.tokenFile cannot be read (${reason}).`);
  }
  if (!tokenForm.test(token))
    throw tokenFileFault("The file of telegram.tokenFile does not hold a bot token.");
  return token;
}

function tokenFileFault(message: string): ClawdError {
  return new ClawdError("CLAWD_TELEGRAM_TOKEN_FILE", message, {
    hint: "Put the token from @BotFather, and nothing else, into a file that only this user can read.",
  });
}
