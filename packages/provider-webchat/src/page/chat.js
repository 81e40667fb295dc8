// The page: asks for the token once, then talks to the gateway that it came from, and to nobody else.
import { createAttachments } from "./attachments.js";
import { createConversations } from "./conversations.js";
import { createFileView } from "./file-view.js";
import { createGateway } from "./gateway.js";
import { createView } from "./view.js";

/** In this tab only, until it is closed. Never in an address, where it would be kept and passed on. */
const tokenKey = "clawdbot-token";
/** Milliseconds after which "is writing" is no longer believed. */
const typingLasts = 8000;

const fileView = createFileView(document, (id) =>
  gateway === undefined ? Promise.reject(new Error("Sign in first.")) : gateway.load(id),
);
const view = createView(document, fileView);
const attachments = createAttachments({
  upload: (file, options) => gateway.upload(file, options),
  onChange: () => view.drawAttachments(attachments),
});
let conversations = createConversations();
/** @type {ReturnType<typeof createGateway> | undefined} */
let gateway;
const typingTimers = new Map();

function draw() {
  view.draw(conversations, select, press);
}

function select(id) {
  conversations.select(id);
  draw();
  view.element("text").focus();
}

function take(line) {
  if (line.type === "hello") attachments.limit(line.files);
  conversations.take(line, Date.now());
  if (line.type === "typing") {
    clearTimeout(typingTimers.get(line.conversation));
    const forget = () => {
      conversations.stopTyping(line.conversation);
      draw();
    };
    typingTimers.set(line.conversation, setTimeout(forget, typingLasts));
  }
  if (line.type !== "heartbeat") draw();
}

function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function signIn(token) {
  sessionStorage.setItem(tokenKey, token);
  gateway = createGateway({
    token,
    fetch: (...parameters) => fetch(...parameters),
    sleep,
    cursor: () => conversations.cursor(),
    onLine: take,
    onState(state) {
      view.state(state);
      if (state === "refused") signOut("The gateway refused this token. Copy it again, whole.");
    },
    onSent(id, outcome, hint) {
      conversations.mark(id, outcome, hint);
      draw();
    },
  });
  view.signedIn(true, "");
  draw();
  gateway.open();
}

function signOut(problem) {
  gateway?.close();
  gateway = undefined;
  sessionStorage.removeItem(tokenKey);
  // Whoever comes next to this window has not shown a token yet.
  conversations = createConversations();
  attachments.clear();
  draw();
  fileView.clear();
  view.signedIn(false, problem);
}

function send() {
  const field = view.element("text");
  const text = field.value;
  if (gateway === undefined) return;
  if (attachments.isWaiting()) return attachments.remind();
  if (text.trim() === "" && attachments.list().length === 0) return;
  field.value = "";
  say({ text, attached: attachments.take() });
}

/** A press says the button's command, below the message that has it. */
function press(message, button) {
  if (gateway !== undefined) say({ text: button.command, pressed: message.id });
}

function say({ attached = [], ...said }) {
  const message = { id: newId(), ...said };
  const files = attached.map(({ id, file }) => ({ id, name: file.name, size: file.size, image: null }));
  conversations.write({ ...message, files, at: Date.now() });
  const ids = files.map(({ id }) => id);
  gateway.send({
    ...message,
    conversation: conversations.current().id,
    ...(ids.length > 0 && { files: ids }),
  });
  draw();
  view.element("messages").scrollTop = view.element("messages").scrollHeight;
}

/** `crypto.randomUUID` is missing where the page came over plain HTTP from another machine. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

view.element("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = view.element("token");
  const token = field.value.trim();
  field.value = "";
  if (!/^[\x21-\x7e]+$/.test(token))
    view.signedIn(false, "A token is made of letters, digits and signs, without spaces.");
  else signIn(token);
});

view.element("sign-out").addEventListener("click", () => {
  signOut("");
  view.state("starting");
});

view.element("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

view.element("text").addEventListener("keydown", (event) => {
  // While a word is being composed, Enter chooses it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});

/** @param {Iterable<File> | undefined} files @returns whether there were any */
function attach(files) {
  const list = [...(files ?? [])];
  if (gateway === undefined || list.length === 0) return false;
  attachments.add(list);
  view.element("text").focus();
  return true;
}

view.element("attach").addEventListener("click", () => view.element("files").click());

view.element("files").addEventListener("change", ({ target }) => {
  attach(target.files);
  // So that the same file can be chosen again.
  target.value = "";
});

document.addEventListener("paste", (event) => {
  if (attach(event.clipboardData?.files)) event.preventDefault();
});

/** Text that is dragged is not ours; files must never be opened by the browser instead of the page. */
const isOfFiles = (event) => event.dataTransfer?.types.includes("Files") === true;

for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    if (!isOfFiles(event)) return;
    event.preventDefault();
    view.dropping(gateway !== undefined);
  });
}

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) view.dropping(false);
});

document.addEventListener("drop", (event) => {
  if (!isOfFiles(event)) return;
  event.preventDefault();
  view.dropping(false);
  attach(event.dataTransfer.files);
});

view.element("new-conversation").addEventListener("click", () => select(newId()));

document.addEventListener("keydown", (event) => {
  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown") || gateway === undefined)
    return;
  event.preventDefault();
  select(conversations.neighbour(event.key === "ArrowUp" ? -1 : 1));
});

window.addEventListener("online", () => gateway?.hurry());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") gateway?.hurry();
});

const kept = sessionStorage.getItem(tokenKey);
if (kept === null) view.signedIn(false, "");
else signIn(kept);
