/** The built-in practice model: no account, no network, no intelligence. It lets a person try the road before they have a key. */
import { bounded } from "./label.ts";
import { type Model, noUsage } from "./model.ts";

const topics: readonly { readonly words: RegExp; readonly answer: string }[] = [
  {
    words: /\b(api|key|anthropic|claude|real model|better model)\b/i,
    answer:
      "To talk to a real model, stop the gateway, set ANTHROPIC_API_KEY in its environment and start it again. " +
      "Nothing else changes. Until then you have me, the practice model.",
  },
  {
    words: /\b(telegram|bot ?token|botfather|connect)\b/i,
    answer:
      'To connect Telegram: ask @BotFather for a bot, put its token into ~/.clawdbot/clawdbot.json as { telegram: { botToken: "…" } }, ' +
      "and write to the bot. It answers with a pairing code that you approve with `clawdbot pairing approve telegram CODE`.",
  },
  {
    words: /\b(pair(ing|ed)?|allow(ed|list)?|who may|strangers?|safe(ty)?|secur(e|ity))\b/i,
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
  {
    words:
      /\b(help|how do|how can|get(ting)? started|set ?up|what next|who are you|what are you|what can you)\b/i,
    answer:
      "I am the practice model of Clawdbot: a handful of rules, no intelligence, no account. Next steps: 1. set ANTHROPIC_API_KEY for a " +
      "real model, 2. connect Telegram, 3. run `clawdbot doctor` to see whether all is well. Ask me about any of these.",
  },
];

/** Answers at once, and the same to the same words. */
export const practiceModel: Model = {
  id: "practice",
  async *stream(request, signal) {
    signal.throwIfAborted();
    yield { type: "text", text: reply(lastWords(request.messages.at(-1)?.content ?? [])) };
    yield { type: "stop", reason: "end", usage: noUsage };
  },
};

function lastWords(content: readonly { readonly type: string; readonly text?: string }[]): string {
  const text = content.findLast(({ type }) => type === "text")?.text ?? "";
  // The envelope's last part is its head line, then the person's own words.
  return /^<message-[0-9a-f]{24} [^\n]*>\n([\s\S]*)$/m.exec(text)?.[1] ?? text;
}

function reply(words: string): string {
  const topic = topics.find((one) => one.words.test(words));
  if (topic) return topic.answer;
  const shown = bounded(words.trim(), 1000);
  return shown === ""
    ? "I did not get any words."
    : `I am only the practice model, but the road works. You said: ${shown}`;
}
