/** A request as a person describes it, one word for each fact: what a command line has in its options. */

/**
 * `provider`, `account`, `sender`, `chat`, `thread`, `guild`, `team`; of a message `event`, `mentioned`, `mention-undetectable`,
 * `command`; of a run `tool`, `elevated`, `to`, `session`, `operation`, `spawn`, with `agent`, `run`, `model`.
 */
export type Words = Readonly<Record<string, string | boolean | undefined>>;

export type RequestFromWords =
  | { readonly ok: true; readonly request: unknown }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** Of a message, or where `tool`, `to`, `session` or `spawn` is given, of a run of the sender. Says what is missing. */
export function requestFromWords(words: Words): RequestFromWords {
  const [provider, sender] = [text(words, "provider"), text(words, "sender")];
  if (provider === null || sender === null)
    return wrong("A request needs a provider and a sender.", "--provider NETWORK --sender 42");
  const chat = chatFrom(text(words, "chat") ?? "dm", sender);
  if (chat === null) return wrong(`No chat: ${text(words, "chat")}`, "write dm, group:ID or channel:ID");
  const place = {
    thread: text(words, "thread"),
    guild: text(words, "guild"),
    team: text(words, "team"),
  };
  const origin = {
    provider,
    account: text(words, "account") ?? "default",
    chat: { ...chat, ...place },
    sender: { id: sender, isBot: false, isSelf: false },
  };
  if (["tool", "to", "session", "spawn"].some((name) => text(words, name) !== null)) {
    const run = runFrom(words);
    return "hint" in run ? run : { ok: true, request: { ...origin, ...run } };
  }
  return { ok: true, request: { ...origin, ...messageFrom(words) } };
}

function messageFrom(words: Words) {
  const event = text(words, "event");
  return {
    action: "message",
    ...(event === null ? {} : { event }),
    mentioned: words["mentioned"] === true,
    mentionDetectable: words["mention-undetectable"] !== true,
    mentionsOthers: false,
    command: text(words, "command"),
  };
}

/** What a run of the sender asks for: a tool, a chat to write to, a session, or an agent to work for it. */
function runFrom(words: Words) {
  const [tool, session, spawn] = [text(words, "tool"), text(words, "session"), text(words, "spawn")];
  const run = text(words, "run");
  const about = {
    agent: text(words, "agent") ?? "main",
    ...(run === null ? {} : { run }),
    model: text(words, "model"),
  };
  if (tool !== null) return { ...about, action: "tool", tool, elevated: words["elevated"] === true };
  if (session !== null)
    return { ...about, action: "session", operation: text(words, "operation") ?? "read", session };
  if (spawn !== null) return { ...about, action: "session", operation: "spawn", target: spawn };
  const to = text(words, "to") ?? "";
  const [provider, ...rest] = to.split(":");
  const chat = rest.length < 2 ? null : chatFrom(rest.join(":"), "");
  if (provider === "" || chat === null)
    return wrong(`Nowhere to send to: ${to}`, "write --to NETWORK:dm:42 or --to NETWORK:group:-1001");
  return { ...about, action: "send", to: { provider, chat } };
}

/** `dm` alone is the sender's own. */
function chatFrom(written: string, sender: string): { readonly kind: string; readonly id: string } | null {
  const [kind = "", ...rest] = written.split(":");
  const id = kind === "dm" && rest.length === 0 ? sender : rest.join(":");
  return ["dm", "group", "channel"].includes(kind) && id !== "" ? { kind, id } : null;
}

function text(words: Words, name: string): string | null {
  const word = words[name];
  return typeof word === "string" ? word : null;
}

const wrong = (message: string, hint: string) => ({ ok: false, message, hint }) as const;
