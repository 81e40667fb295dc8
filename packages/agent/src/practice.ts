/** The built-in practice model: no account, no network, no intelligence. It lets a person try the road before they have a key. */
import { type Model, noUsage } from "./model.ts";

const topics: readonly { readonly words: RegExp; readonly answer: string }[] = [
  {
    words: /\b(key|anthropic|model|claude|real)\b/i,
    answer:
      "To talk to a real model, stop the gateway, set ANTHROPIC_API_KEY in its environment and start it again. Nothing else changes.",
  },
  {
    words: /\b(telegram|bot ?token|botfather|connect)\b/i,
    answer:
      'To connect Telegram: ask @BotFather for a bot, put its token into ~/.clawdbot/clawdbot.json as { telegram: { botToken: "…" } }, ' +
      "and write to the bot. It answers with a pairing code that you approve with `clawdbot pairing approve telegram CODE`.",
  },
  {
    words: /\b(pairing|allow|who may|stranger|safe|secur)/i,
    answer:
      "Nobody reaches me unless you let them: strangers get a pairing code, groups must be named in the config and mention me. " +
      "`clawdbot policy explain` says for any sender who decided what.",
  },
  {
    words: /^\W*(hi|hello|hey|hallo|moin|good (morning|evening|day))\b/i,
    answer:
      "Hello! I am the practice model of Clawdbot: I follow a few simple rules so that you can try everything without an account. " +
      "Ask me about keys, Telegram, or who may talk to me.",
  },
];

export const practiceModel: Model = {
  id: "practice",
  async *stream(request) {
    yield { type: "text", text: reply(lastWords(request.messages.at(-1)?.content ?? [])) };
    yield { type: "stop", reason: "end", usage: noUsage };
  },
};

function lastWords(content: readonly { readonly type: string; readonly text?: string }[]): string {
  const text = content.findLast(({ type }) => type === "text")?.text ?? "";
  // The envelope's last part is a line with the time, then the person's own words.
  return /(?:^|\n)[^\n]*\d\d:\d\d UTC:\n([\s\S]*)$/.exec(text)?.[1] ?? text;
}

function reply(words: string): string {
  const topic = topics.find((one) => one.words.test(words));
  if (topic) return topic.answer;
  const shown = words.trim().slice(0, 1000);
  return shown === ""
    ? "I did not get any words."
    : `I am only the practice model, but the road works. You said: ${shown}`;
}
