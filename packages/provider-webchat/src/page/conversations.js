// What the page knows: conversations, their messages, and how far it has read. No DOM, so that it can be tested alone.

/**
 * @typedef {{
 *   id: string, from: "operator" | "agent" | "notice", text: string, at: number,
 *   state: "sending" | "retrying" | "refused" | "sent", hint: string,
 *   buttons: { label: string, command: string }[], pressed: string | undefined,
 *   files: { id: string, name: string, size: number, image: string | null }[],
 * }} Message
 * @typedef {{ id: string | null, messages: Message[], isUnread: boolean, isTyping: boolean }} Conversation
 */

const longestTitle = 40;

export function createConversations() {
  /** @type {Map<string | null, Conversation>} */
  const all = new Map();
  /** @type {string | null} */
  let current = null;
  let epoch = "";
  let after = 0;
  /** What was said before this page was opened is not news. */
  let old = 0;

  /** @param {string | null} id */
  function conversation(id) {
    let found = all.get(id);
    if (found === undefined) {
      found = { id, messages: [], isUnread: false, isTyping: false };
      all.set(id, found);
    }
    return found;
  }

  conversation(null);

  /** @param {string} text @param {number} at */
  function notice(text, at) {
    for (const { messages } of all.values()) {
      if (messages.length > 0) messages.push({ ...said, id: `notice-${at}`, from: "notice", text, at });
    }
  }

  /** @param {any} line */
  function takeMessage({
    seq,
    conversation: id,
    id: messageId,
    from,
    text,
    at,
    buttons = [],
    pressed,
    files = [],
  }) {
    after = Math.max(after, seq);
    const target = conversation(id);
    if (from === "agent") target.isTyping = false;
    const known = target.messages.find((message) => message.id === messageId && message.from === from);
    if (known !== undefined) {
      known.state = "sent";
      // The gateway knows which of them are pictures.
      known.files = files;
      return;
    }
    target.messages.push({ ...said, id: messageId, from, text, at, buttons, pressed, files });
    if (id !== current && from === "agent" && seq > old) target.isUnread = true;
  }

  return {
    cursor: () => ({ epoch, after }),
    /** @returns {Conversation} */
    current: () => conversation(current),
    list: () => [...all.values()],
    /** @param {string | null} id */
    select(id) {
      current = id;
      conversation(id).isUnread = false;
    },
    /** @param {1 | -1} step */
    neighbour(step) {
      const ids = [...all.keys()];
      return ids[(ids.indexOf(current) + step + ids.length) % ids.length] ?? null;
    },
    /** @param {any} line @param {number} now */
    take(line, now) {
      if (line.type === "hello" && line.epoch !== epoch) {
        if (epoch !== "") {
          notice(
            "The gateway was restarted. What is above is only in this window now, and is gone when it is closed.",
            now,
          );
        }
        old = epoch === "" ? line.last : 0;
        epoch = line.epoch;
        after = 0;
      } else if (line.type === "message") takeMessage(line);
      else if (line.type === "typing") conversation(line.conversation).isTyping = true;
    },
    /** @param {{ id: string, text: string, at: number, pressed?: string, files?: Message["files"] }} message */
    write({ id, text, at, pressed, files = [] }) {
      const message = { ...said, id, text, at, pressed, files, from: /** @type {const} */ ("operator") };
      conversation(current).messages.push({ ...message, state: "sending" });
    },
    /** @param {string} id @param {Message["state"]} state @param {string} hint */
    mark(id, state, hint) {
      for (const { messages } of all.values()) {
        const message = messages.find((candidate) => candidate.id === id && candidate.from === "operator");
        if (message !== undefined && message.state !== "sent") Object.assign(message, { state, hint });
      }
    },
    /** @param {string | null} id */
    stopTyping(id) {
      conversation(id).isTyping = false;
    },
  };
}

const said = { state: /** @type {const} */ ("sent"), hint: "", buttons: [], pressed: undefined, files: [] };

/**
 * Whether the buttons of a message can be pressed, were pressed, or are gone because the press was answered.
 * @param {Conversation} conversation @param {Message} message
 * @returns {"open" | "pressed" | "gone"}
 */
export function buttonsOf({ messages }, { id, buttons }) {
  if (buttons.length === 0) return "gone";
  const presses = messages.filter(({ pressed, state }) => pressed === id && state !== "refused");
  if (presses.some(({ from }) => from === "agent")) return "gone";
  return presses.length > 0 ? "pressed" : "open";
}

/** @param {Conversation} conversation */
export function titleOf({ id, messages }) {
  const asked = messages.find(({ from }) => from === "operator");
  const first = asked?.text.trim().split("\n")[0] || (asked?.files[0]?.name ?? "");
  if (first === "") return id === null ? "First conversation" : "New conversation";
  return first.length > longestTitle ? `${first.slice(0, longestTitle)}…` : first;
}
