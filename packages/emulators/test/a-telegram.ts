/** One builder for the tests of the Telegram emulator: a server, some people, and real grammY bots that are stopped at the end. */
import { onTestFinished } from "vitest";
import { Api, Bot, GrammyError } from "grammy";
import {
  startTelegramEmulator,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from "../src/telegram.ts";

export const ada = 42;
export const bob = 43;

export interface Scene {
  readonly telegram: TelegramEmulator;
  readonly control: TelegramEmulator["control"];
  readonly api: Api;
  readonly aBot: () => Bot;
}

export async function aTelegram(options: TelegramEmulatorOptions = {}): Promise<Scene> {
  const telegram = await startTelegramEmulator(options);
  const bots: Bot[] = [];
  onTestFinished(async () => {
    await Promise.allSettled(bots.map((bot) => bot.stop()));
    await telegram.stop();
  });
  telegram.control.addUser({ id: ada, firstName: "Ada", username: "ada", started: true });
  telegram.control.addUser({ id: bob, firstName: "Bob", lastName: "Bobson" });
  return {
    telegram,
    control: telegram.control,
    api: new Api(telegram.token, { apiRoot: telegram.url }),
    aBot() {
      const bot = new Bot(telegram.token, { client: { apiRoot: telegram.url } });
      bots.push(bot);
      return bot;
    },
  };
}

/** The refusal that the call meets, as grammY reports it. */
export async function refusalOf(call: Promise<unknown>): Promise<GrammyError> {
  const outcome = await call.then(
    () => "it was answered",
    (fault: unknown) => fault,
  );
  if (outcome instanceof GrammyError) return outcome;
  throw new Error("expected a refusal of the Bot API", { cause: outcome });
}
