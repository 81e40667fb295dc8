/** An operator with the real page's code below him, without a browser: the conformance suite's network. */
import type { Clock } from "@clawd/kernel";
import type { ConformanceHarness, Happening, Press, SentFile } from "@clawd/provider-kit/conformance";
import type { FakePorts } from "@clawd/provider-kit/testing";
import { buttonsOf, createConversations } from "../src/page/conversations.js";
import { createGateway } from "../src/page/gateway.js";

const operator = { kind: "dm", id: "operator" } as const;
const someFile: SentFile = { name: "a.bin", mimeType: "x/y", bytes: new Uint8Array(3) };
/** The one that `fakePorts` checks, as the gateway would. */
const token = "test-token";

export function pageHarness(clock: Clock): ConformanceHarness<Readonly<Record<string, never>>> {
  const conversations = createConversations();
  let ports: FakePorts | undefined;
  let messages = 0;

  /** As far as the page has loaded them. */
  const loaded = new Map<string, Uint8Array>();

  const open = () => {
    const gateway = createGateway({
      token,
      fetch: async (path, init) => {
        if (ports === undefined) throw new TypeError("fetch failed");
        return ports.request(path as string, init);
      },
      sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
      cursor: () => conversations.cursor(),
      onLine(line) {
        conversations.take(line, clock.now());
        for (const { id } of (line as { readonly files?: unknown }).files instanceof Array ? line.files : [])
          void gateway.load(id as string).then((bytes) => loaded.set(id as string, new Uint8Array(bytes)));
      },
      onState: () => {},
      onSent: () => {},
    });
    gateway.open();
    return gateway;
  };
  let page = open();

  const shown = () =>
    conversations
      .list()
      .flatMap((conversation) => conversation.messages)
      .filter(({ from, files }) => from === "agent" && files.every(({ id }) => loaded.has(id)))
      .map((message) => ({
        chat: operator.id,
        text: message.text,
        ...labelsOf(message),
        ...filesOf(message),
      }));

  function filesOf({ files }: Parameters<typeof buttonsOf>[1]) {
    return files.length === 0 ? {} : { files: files.map(({ id }) => loaded.get(id)!) };
  }

  function labelsOf(message: Parameters<typeof buttonsOf>[1]) {
    const isGone = buttonsOf(conversations.current(), message) === "gone";
    return isGone ? {} : { buttons: message.buttons.map(({ label }) => label) };
  }

  function press({ messageId, button, twice }: Press) {
    const { buttons } = conversations.current().messages.find(({ id }) => id === messageId)!;
    messages += 1;
    const text = buttons.find(({ label }) => label === button)!.command;
    const message = { id: `message-${messages}`, text, conversation: null, pressed: messageId };
    page.send(message);
    if (twice) page.send(message);
    return { sender: operator.id, chat: { ...operator, thread: null } };
  }

  async function post({ kind, from, in: place, text, twice, ...rest }: Happening) {
    if (kind !== "message" || from === "bot" || from === "another-bot" || from === "anonymous") return null;
    if (place === "group" || place === "channel" || rest.mentions) return null;
    const sent = rest.file ?? (rest.attachment ? someFile : undefined);
    // The gateway counts what a page sends: it cannot lie.
    if (sent?.isEndless || sent?.claimedSize !== undefined) return null;
    const thread = place === "thread" ? "a-thread" : null;
    messages += 1;
    const files = sent === undefined ? {} : { files: [await upload(sent)] };
    const message = { id: `message-${messages}`, text, conversation: thread, ...files };
    page.send(message);
    if (twice) page.send(message);
    return { sender: operator.id, chat: { ...operator, thread } };
  }

  function upload({ name, mimeType: type, bytes }: SentFile): Promise<string> {
    const file = new File([new Uint8Array(bytes)], name, { type });
    return page.upload(file, {
      signal: new AbortController().signal,
      onProgress: () => {},
      onTrouble: () => {},
    });
  }

  return {
    settings: {},
    secrets: [token],
    dm: { ...operator, thread: null },
    attach: (given) => void (ports = given),
    deliver: async (happening) => post(happening),
    press: async (one) => press(one),
    shown,
    attempts: () => shown().length,
    downloads: () => null,
    async disturb({ kind }) {
      if (kind === "down") page.close();
      else if (kind === "up") page = open();
      else return false;
      return true;
    },
    async close() {
      page.close();
    },
  };
}
