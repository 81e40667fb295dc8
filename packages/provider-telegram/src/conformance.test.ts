import {
  startTelegramEmulator,
  type Message,
  type Saying,
  type SentFile as Sent,
} from "@clawd/emulators/telegram";
import {
  networkConformance,
  providerConformance,
  type ConformanceHarness,
  type CreateHarness,
  type Disturbance,
  type Expected,
  type Happening,
  type Press,
  type SentFile,
} from "@clawd/provider-kit/conformance";
import { describe, test } from "vitest";
import { telegram, type TelegramSettings } from "./index.ts";

const sendingMethods = [
  "sendMessage",
  "sendPhoto",
  "sendDocument",
  "sendVideo",
  "sendAnimation",
  "sendAudio",
  "sendVoice",
  "sendMediaGroup",
];

const createHarness: CreateHarness<TelegramSettings> = async () => {
  const emulator = await startTelegramEmulator({ picky: true });
  const { control, bot, url, token } = emulator;
  const alice = control.addUser({ firstName: "Alice", username: "alice", started: true });
  const bob = control.addUser({ firstName: "Bob", username: "bob", started: true });
  const members = [alice.id, bob.id];
  // As an administrator the bot hears of reactions and members too.
  const group = control.addSupergroup({ title: "Lab", members, bot: "administrator" });
  const forum = control.addSupergroup({ title: "Forum", members, bot: "administrator", forum: true });
  const topic = control.addTopic({ chat: forum.id, name: "Ideas" });
  const channel = control.addChannel({ title: "News" });
  /** Messages the harness itself sent as the bot. */
  const own = new Set<number>();
  let lastInGroup = 0;

  async function sayAsBot(more: object = {}): Promise<number> {
    const body = JSON.stringify({ chat_id: group.id, text: "by the bot", ...more });
    const headers = { "content-type": "application/json", connection: "close" };
    const response = await fetch(`${url}/bot${token}/sendMessage`, { method: "POST", headers, body });
    const { result } = (await response.json()) as { result: { message_id: number } };
    own.add(result.message_id);
    return result.message_id;
  }

  async function deliver(happening: Happening): Promise<Expected> {
    const from = happening.from === "bob" ? bob : alice;
    const inGroup: Expected = {
      sender: String(from.id),
      chat: { kind: "group", id: String(group.id), thread: null },
    };
    switch (happening.kind) {
      case "edit":
        control.edit({ chat: group.id, messageId: lastInGroup, text: happening.text });
        return inGroup;
      case "reaction":
        control.react({ from: from.id, chat: group.id, messageId: lastInGroup, emoji: ["👍"] });
        return inGroup;
      case "member":
        control.setMember({ chat: group.id, user: from.id, status: "restricted" });
        return inGroup;
      case "button": {
        const reply_markup = { inline_keyboard: [[{ text: "x", callback_data: happening.text }]] };
        const messageId = await sayAsBot({ reply_markup });
        control.press({ from: from.id, chat: group.id, messageId, data: happening.text });
        return inGroup;
      }
      case "message":
      case "command":
        return say(happening, from.id);
    }
  }

  async function press({ from, chat, messageId, button, twice }: Press): Promise<Expected> {
    const person = from === "bob" ? bob : alice;
    const id = Number(messageId);
    const keys = keysBelow(Number(chat.id), id);
    const data = keys.find(({ text }) => text === button)?.callback_data ?? "";
    if (twice) control.failNext({ method: "getUpdates", cutSocket: true });
    control.press({ from: person.id, chat: Number(chat.id), messageId: id, data });
    return { sender: String(person.id), chat: { kind: chat.kind, id: chat.id, thread: null } };
  }

  const keysBelow = (chat: number, id: number) =>
    control
      .messages(chat)
      .find(({ message_id: one }) => one === id)
      ?.reply_markup?.inline_keyboard.flat() ?? [];

  const labelsBelow = (chat: number, id: number | null) => {
    const labels = keysBelow(chat, id ?? 0).map(({ text }) => text);
    return labels.length === 0 ? {} : { buttons: labels };
  };

  async function say(happening: Happening, person: number): Promise<Expected> {
    if (happening.in === "channel") {
      control.post({ channel: channel.id, text: happening.text });
      return { sender: null, chat: { kind: "channel", id: String(channel.id) } };
    }
    const repliesTo = happening.repliesToBot ? { replyTo: await sayAsBot() } : {};
    // The answer to the poll that has this message is lost on its way back: it comes again.
    if (happening.twice) control.failNext({ method: "getUpdates", cutSocket: true });
    const { message } = control.say({
      from: happening.from === "anonymous" ? "anonymous-admin" : person,
      text: happening.text + mention(happening.mentions),
      ...repliesTo,
      ...place(happening),
      ...(happening.attachment && { document: { base64: "AAAA", name: "a.bin", mimeType: "x/y" } }),
      ...(happening.file && { document: documentOf(happening.file) }),
    });
    // As the network knew them when they wrote: a later name must not reach back into what waits to be fetched.
    Object.assign(message, { from: { ...message.from } });
    const isGroup = happening.in === "group";
    if (isGroup) lastInGroup = message.message_id;
    // No bot is shown what bots write, nor its own words; the suite asks what happens if it were.
    if (happening.from === "bot") Object.assign(message, { from: bot });
    if (happening.from === "another-bot") {
      Object.assign(message, { from: { id: 900_001, is_bot: true, first_name: "Robot" } });
    }
    const { id } = message.chat;
    return {
      sender: happening.from === "anonymous" ? null : String(person),
      chat: {
        kind: happening.in === "dm" ? "dm" : "group",
        id: String(id),
        thread: happening.in === "thread" ? String(topic) : null,
      },
    };
  }

  function place({ in: where }: Happening): Partial<Saying> {
    if (where === "dm") return {};
    return where === "thread" ? { chat: forum.id, thread: topic } : { chat: group.id };
  }

  function mention(whom: Happening["mentions"]): string {
    if (whom === undefined) return "";
    const names = { bot: bot.username, "look-alike": `${bot.username}_2`, "somebody-else": "bob" };
    return ` @${names[whom]}`;
  }

  async function disturb(disturbance: Disturbance): Promise<boolean> {
    const method = sendingMethods;
    switch (disturbance.kind) {
      case "down":
        control.down();
        break;
      case "up":
        control.up();
        break;
      case "revoke-credentials":
        control.revokeToken();
        break;
      case "ask-to-wait":
        control.failNext({ method, status: 429, retryAfter: disturbance.milliseconds / 1000 });
        break;
      case "refuse-message":
        control.failNext({ method, status: 403 });
        break;
      case "lose-answer":
        control.failNext({ method, cutSocket: true, when: "after" });
        break;
      case "stop-download":
        control.failNext({
          method: "file",
          ...(disturbance.how === "cut" ? { cutSocket: true } : { hang: true }),
        });
        break;
      case "redirect-download":
        if (disturbance.to.startsWith("http")) control.failNext({ method: "file", location: disturbance.to });
        else control.failNext({ method: "getFile", filePath: disturbance.to });
        break;
      case "rename-alice":
        Object.assign(alice, { first_name: "Bob", username: "not_alice" });
    }
    return true;
  }

  const isOurs = ({ method, messageId }: { readonly method: string; readonly messageId: number | null }) =>
    sendingMethods.includes(method) && !own.has(messageId ?? 0);

  const countCalls = (...methods: readonly string[]) =>
    control.calls.filter(({ method }) => methods.includes(method)).length;

  const filesOf = (message: Message | null) => {
    const { photo, document, video, animation, audio, voice } = message ?? {};
    const file = photo?.at(-1) ?? animation ?? document ?? video ?? audio ?? voice;
    const content = file === undefined ? null : control.fileContent(file.file_id);
    return content === null ? {} : { files: [new Uint8Array(Buffer.from(content, "base64"))] };
  };

  const harness: ConformanceHarness<TelegramSettings> = {
    settings: { botToken: token, apiRoot: url },
    secrets: [token, token.split(":")[1]!],
    dm: { kind: "dm", id: String(alice.id), thread: null },
    group: { kind: "group", id: String(group.id), thread: null },
    limit: { burst: 3, perSecond: 1 },
    deliver,
    press,
    disturb,
    shown: () =>
      control.sent.filter(isOurs).map(({ chatId, messageId, text, message }) => ({
        chat: String(chatId),
        text: text ?? "",
        ...filesOf(message),
        ...labelsBelow(chatId, messageId),
      })),
    attempts: () => countCalls(...sendingMethods) - own.size,
    // A question for a path that is refused asks for no file.
    downloads: () =>
      Math.max(
        countCalls("file"),
        control.calls.filter(({ method, status }) => method === "getFile" && status === 200).length,
      ),
    close: () => emulator.stop(),
  };
  return harness;
};

function documentOf({ bytes, name, mimeType, claimedSize, isEndless }: SentFile): Sent {
  return {
    base64: Buffer.from(bytes).toString("base64"),
    name,
    mimeType,
    ...(claimedSize !== undefined && { claimedSize }),
    ...(isEndless !== undefined && { isEndless }),
  };
}

providerConformance(
  {
    name: "telegram",
    provider: telegram,
    createHarness,
    skip: [
      {
        test: "long-text",
        reason: "Telegram drops white space at the ends of a message; send.test.ts compares everything else.",
      },
      {
        test: "native-commands",
        reason: "Telegram has none: its commands are messages that begin with a slash.",
      },
      {
        test: "idempotent-send",
        reason:
          "The Bot API takes no key for a message; attempt and confirm tell after a crash whether one arrived.",
      },
    ],
  },
  { describe, test },
);

networkConformance(
  {
    network: telegram.network,
    same: [
      ["42", "tg:42"],
      ["42", "Telegram:42"],
      ["4503599627370496", " telegram:4503599627370496"],
    ],
    different: [
      ["42", "420"],
      ["42", "4"],
      ["1087968824", "108796882"],
    ],
    invalid: [
      "@ada",
      "ada",
      "-42",
      "-1001234567890",
      "4503599627370497",
      "discord:42",
      "telegram:tg:42",
      "+42",
    ],
    chats: {
      same: [["-1001234567890", "telegram:-1001234567890"]],
      different: [
        ["-1001234567890", "-1234567890"],
        ["-100123", "-10012"],
      ],
      invalid: ["42", "@lab", "telegram:42", "--42", "\u221242"],
    },
  },
  { describe, test },
);
