/** An operator with the real page's code below him, without a browser: the conformance suite's network. */
import type { Clock } from "@clawd/kernel";
import type { ConformanceHarness, Happening, Press } from "@clawd/provider-kit/conformance";
import type { FakePorts } from "@clawd/provider-kit/testing";
import { buttonsOf, createConversations } from "../src/page/conversations.js";
import { createGateway } from "../src/page/gateway.js";

const operator = { kind: "dm", id: "operator" } as const;
/** The one that `fakePorts` checks, as the gateway would. */
const token = "test-token";

export function pageHarness(clock: Clock): ConformanceHarness<Readonly<Record<string, never>>> {
  const conversations = createConversations();
  let ports: FakePorts | undefined;
  let messages = 0;

  const open = () => {
    const gateway = createGateway({
      token,
      fetch: async (path, init) => {
        if (ports === undefined) throw new TypeError("fetch failed");
        return ports.request(path as string, init);
      },
      sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
      cursor: () => conversations.cursor(),
      onLine: (line) => conversations.take(line, clock.now()),
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
      .filter(({ from }) => from === "agent")
      .map((message) => ({ chat: operator.id, text: message.text, ...labelsOf(message) }));

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

  function post({ kind, from, in: place, text, twice, ...rest }: Happening) {
    if (kind !== "message" || from === "bot" || from === "another-bot" || from === "anonymous") return null;
    if (place === "group" || place === "channel" || rest.attachment || rest.mentions) return null;
    const thread = place === "thread" ? "a-thread" : null;
    messages += 1;
    const message = { id: `message-${messages}`, text, conversation: thread };
    page.send(message);
    if (twice) page.send(message);
    return { sender: operator.id, chat: { ...operator, thread } };
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
    downloads: () => 0,
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
