// Draws what the page knows. Text of people and of the agent is only ever set as text, never read as markup.
import { sizeText } from "./attachments.js";
import { buttonsOf, titleOf } from "./conversations.js";

const states = {
  starting: "Waiting for the token",
  connecting: "Connecting",
  connected: "Connected",
  waiting: "The gateway does not answer; trying again",
  refused: "The token was refused",
};

const delivery = { sending: "sending", retrying: "not sent yet, trying again", refused: "refused", sent: "" };

/** @param {Document} document @param {ReturnType<typeof import("./file-view.js").createFileView>} fileView */
export function createView(document, fileView) {
  const element = (id) => document.getElementById(id);
  const messages = element("messages");
  /** @type {Map<string, HTMLElement>} */
  let drawn = new Map();
  let drawnConversation;
  let drawnList = "";
  let wasAtEnd = true;
  messages.addEventListener("scroll", () => (wasAtEnd = isAtEnd()));
  // The composer grows with what is attached and written: the end of the list must not go below it.
  new ResizeObserver(() => followEnd()).observe(messages);
  const isAtEnd = () => messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;

  function make(name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  /** Made anew only when they change, so that the focus stays where it is. */
  function drawButtons(item, message, state, onPress) {
    const shown = item.querySelector(".buttons");
    if (state === "gone") return shown?.remove();
    if (shown?.dataset.state === state) return;
    const group = shown ?? make("div", "buttons", "");
    group.dataset.state = state;
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Answers");
    group.replaceChildren(
      ...message.buttons.map((button) => {
        const made = make("button", "quiet", button.label);
        made.type = "button";
        made.disabled = state === "pressed";
        made.addEventListener("click", () => onPress(message, button));
        return made;
      }),
    );
    if (shown === null) item.querySelector(":scope > .about").before(group);
  }

  /** Once more when the gateway has said what they are. */
  function drawFiles(item, { files }) {
    const known = JSON.stringify(files);
    const shown = item.querySelector(".files");
    if (shown?.dataset.known === known) return;
    const list = fileView.ofMessage(files, followEnd);
    list.dataset.known = known;
    if (shown === null) item.querySelector(":scope > .about").before(list);
    else {
      fileView.dispose(shown);
      shown.replaceWith(list);
    }
  }

  /** A picture that has come makes the list longer; who was at its end stays there. */
  function followEnd() {
    if (wasAtEnd) messages.scrollTop = messages.scrollHeight;
  }

  function drawMessage(message, conversation, onPress) {
    const about = `${message.from === "agent" ? "Agent" : "You"}, ${timeOf(message.at)}`;
    const detail = [delivery[message.state], message.hint].filter(Boolean).join(": ");
    const key = `${message.from} ${message.id}`;
    let item = drawn.get(key);
    if (item === undefined) {
      item = document.createElement("li");
      item.dataset.from = message.from;
      if (message.text !== "") item.append(make("p", "text", message.text));
      if (message.from !== "notice") item.append(make("p", "about", ""));
      drawn.set(key, item);
      messages.append(item);
    }
    if (message.files.length > 0) drawFiles(item, message);
    if (message.buttons.length > 0) drawButtons(item, message, buttonsOf(conversation, message), onPress);
    const line = item.querySelector(":scope > .about");
    const text = detail === "" ? about : `${about} (${detail})`;
    if (line !== null && line.textContent !== text) line.textContent = text;
  }

  function newAttachment({ key, file }, attachments) {
    const item = make("li", "attachment", "");
    item.dataset.key = String(key);
    const remove = make("button", "quiet remove", "×");
    remove.type = "button";
    remove.setAttribute("aria-label", `Remove ${file.name}`);
    remove.addEventListener("click", () => attachments.remove(key));
    const words = make("span", "words", "");
    words.append(make("span", "name", file.name), make("span", "size", ""));
    const progress = document.createElement("progress");
    progress.max = file.size;
    progress.setAttribute("aria-label", `Upload of ${file.name}`);
    item.append(...[fileView.preview(file)].filter(Boolean), words, progress, remove);
    return item;
  }

  function updateAttachment(item, { file, state, sent, problem }) {
    item.dataset.state = state;
    item.title = file.name;
    const progress = item.querySelector("progress");
    progress.hidden = state !== "uploading";
    progress.value = sent;
    const size = item.querySelector(".size");
    const said = {
      uploading: problem || `${sizeText(sent)} of ${sizeText(file.size)}`,
      ready: sizeText(file.size),
      failed: problem,
    };
    if (size.textContent !== said[state]) size.textContent = said[state];
  }

  function drawList(conversations, onSelect) {
    const current = conversations.current();
    const list = JSON.stringify([
      current.id,
      conversations.list().map((one) => [one.id, titleOf(one), one.isUnread]),
    ]);
    // Buttons that are replaced lose the focus, so they stay while they say the same.
    if (list === drawnList) return;
    drawnList = list;
    const buttons = conversations.list().map((conversation) => {
      const button = make("button", "", titleOf(conversation));
      button.type = "button";
      button.dataset.unread = String(conversation.isUnread);
      if (conversation === current) button.setAttribute("aria-current", "true");
      if (conversation.isUnread) button.setAttribute("aria-label", `${titleOf(conversation)}, unread`);
      button.addEventListener("click", () => onSelect(conversation.id));
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    element("conversation-list").replaceChildren(...buttons);
    element("conversation-list")
      .querySelector("[aria-current]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  return {
    element,
    /** @param {keyof typeof states} state */
    state(state) {
      const shown = element("state");
      shown.dataset.state = state;
      if (shown.textContent !== states[state]) shown.textContent = states[state];
    },
    /** @param {boolean} isSignedIn @param {string} problem */
    signedIn(isSignedIn, problem) {
      element("chat").hidden = !isSignedIn;
      element("sign-out").hidden = !isSignedIn;
      element("sign-in").hidden = isSignedIn;
      element("sign-in-problem").textContent = problem;
      element(isSignedIn ? "text" : "token").focus();
    },
    /** What goes with the next message. @param {ReturnType<typeof import("./attachments.js").createAttachments>} attachments */
    drawAttachments(attachments) {
      const list = element("attached");
      const kept = new Map([...list.children].map((item) => [item.dataset.key, item]));
      const items = attachments.list().map((one) => {
        const item = kept.get(String(one.key)) ?? newAttachment(one, attachments);
        kept.delete(String(one.key));
        updateAttachment(item, one);
        return item;
      });
      for (const gone of kept.values()) fileView.dispose(gone);
      // An item that is put where it is loses the focus of what is in it.
      if (items.length !== list.children.length || items.some((item, at) => list.children[at] !== item)) {
        list.replaceChildren(...items);
      }
      list.hidden = items.length === 0;
      const problem = element("attach-problem");
      if (problem.textContent !== attachments.problem()) problem.textContent = attachments.problem();
      const { maxBytes, maxFiles } = attachments.limits();
      element("limits").textContent =
        maxFiles === 0
          ? ""
          : `Files: up to ${maxFiles}, each at most ${sizeText(maxBytes)}; drop or paste them, too.`;
      const isWaiting = attachments.isWaiting();
      element("send").disabled = isWaiting;
      element("send").title = isWaiting ? "The files are not uploaded yet" : "";
    },
    /** @param {boolean} isOver */
    dropping(isOver) {
      element("drop").hidden = !isOver;
    },
    /** @param {ReturnType<typeof import("./conversations.js").createConversations>} conversations */
    draw(conversations, onSelect, onPress) {
      const current = conversations.current();
      if (current !== drawnConversation) {
        drawnConversation = current;
        drawn = new Map();
        fileView.dispose(messages);
        messages.replaceChildren();
        wasAtEnd = true;
      }
      const follows = wasAtEnd || isAtEnd();
      for (const message of current.messages) drawMessage(message, current, onPress);
      if (follows) messages.scrollTop = messages.scrollHeight;
      element("conversation-title").textContent = titleOf(current);
      const typing = current.isTyping ? "The agent is writing…" : "";
      if (element("typing").textContent !== typing) element("typing").textContent = typing;
      drawList(conversations, onSelect);
      const unread = conversations.list().filter(({ isUnread }) => isUnread).length;
      document.title = unread > 0 ? `(${unread}) Clawdbot` : "Clawdbot";
    },
  };
}

/** @param {number} at */
function timeOf(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
