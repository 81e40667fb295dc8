/** A network in memory with two people, a group and a bot, and the ways in which it can fail. */
import type {
  ConformanceHarness,
  Disturbance,
  Expected,
  Happening,
  Press,
  SentFile,
} from "@clawd/provider-kit/conformance";
import type { Clock } from "@clawd/kernel";
import type { Settings } from "../src/settings.ts";
import { WireError, type Update, type Wire } from "../src/wire.ts";

const bot = { id: "900", name: "examplebot", isBot: true };
const lookAlike = "901";
type Posted = Parameters<Wire["post"]>[0];

interface Shown extends Omit<Posted, "buttons"> {
  buttons: Posted["buttons"];
}

const someFile: SentFile = { name: "a.bin", mimeType: "x/y", bytes: new Uint8Array(3) };
const group = { id: "g77", isGroup: true, title: "Family" };

/** The harness that the suite drives, and the wire that the provider gets. */
export function memoryNetwork(clock: Clock): ConformanceHarness<Settings> & { readonly wire: Wire } {
  const people = {
    alice: { id: "1", name: "Alice", isBot: false },
    bob: { id: "2", name: "Bob", isBot: false },
    bot,
    "another-bot": { id: "3", name: "Robot", isBot: true },
  };
  const updates: Update[] = [];
  const shown: Shown[] = [];
  const stored = new Map<string, SentFile>();
  let downloads = 0;
  let nextDownload: Disturbance | null = null;
  const listeners = new Set<() => void>();
  let attempts = 0;
  let isDown = false;
  let areCredentialsRevoked = false;
  let next: Disturbance | null = null;

  const tell = () => {
    for (const listener of listeners) listener();
  };

  function checkReachable(): void {
    if (isDown) throw new WireError("unreachable");
    if (areCredentialsRevoked) throw new WireError("unauthorized");
  }

  const wire: Wire = {
    async whoAmI() {
      checkReachable();
      return bot;
    },
    async poll(after, signal) {
      const news = () => updates.filter(({ number }) => number > after);
      while (!signal.aborted) {
        checkReachable();
        if (news().length > 0) return news();
        await new Promise<void>((resolve) => {
          const wake = () => {
            listeners.delete(wake);
            signal.removeEventListener("abort", wake);
            resolve();
          };
          listeners.add(wake);
          signal.addEventListener("abort", wake);
        });
      }
      return [];
    },
    async post(posted) {
      attempts += 1;
      checkReachable();
      const disturbance = next;
      next = null;
      if (disturbance?.kind === "ask-to-wait") throw new WireError("slow-down", disturbance.milliseconds);
      if (disturbance?.kind === "refuse-message") throw new WireError("refused");
      const { key } = posted;
      if (!shown.some((message) => message.key === key)) shown.push({ ...posted });
      if (disturbance?.kind === "lose-answer") throw new WireError("cut-off");
      return { id: key };
    },
    async *download(id, signal) {
      checkReachable();
      downloads += 1;
      const file = stored.get(id);
      if (file === undefined) throw new WireError("no-such-file");
      const disturbance = nextDownload;
      nextDownload = null;
      if (disturbance?.kind === "redirect-download") throw new WireError("moved", 0, disturbance.to);
      yield file.bytes.slice(0, 1);
      if (disturbance?.kind === "stop-download") {
        if (disturbance.how === "hang")
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw new WireError("cut-off");
      }
      yield file.bytes.slice(1);
      while (file.isEndless) {
        // As a socket would, once in a while: other things happen between two chunks.
        await new Promise((resolve) => setImmediate(resolve));
        yield file.bytes;
      }
    },
    async clear(_chat, id) {
      checkReachable();
      for (const message of shown) if (message.key === id) message.buttons = [];
    },
  };

  function put(file: SentFile | undefined): Update["file"] {
    if (file === undefined) return null;
    const id = `f${stored.size + 1}`;
    stored.set(id, file);
    return { id, name: file.name, type: file.mimeType, size: file.claimedSize ?? file.bytes.length };
  }

  function happen(happening: Happening): Expected | null {
    const { from, kind } = happening;
    if (from === "anonymous" || (kind !== "message" && kind !== "edit" && kind !== "button")) return null;
    if (happening.in === "channel" || happening.in === "thread") return null;
    const person = people[from];
    const chat = happening.in === "group" ? group : { id: person.id, isGroup: false, title: null };
    const mentioned = { bot: bot.id, "look-alike": lookAlike, "somebody-else": people.alice.id };
    const number = updates.length + 1;
    const update: Update = {
      number,
      kind,
      id: `m${number}`,
      at: clock.now(),
      from: { ...person },
      chat,
      text: happening.text,
      mentions: happening.mentions === undefined ? [] : [mentioned[happening.mentions]],
      answers: happening.repliesToBot ? { id: "m0", from: bot.id, text: "Yes?" } : null,
      file: put(happening.file ?? (happening.attachment ? someFile : undefined)),
    };
    updates.push(update);
    if (happening.twice) updates.push(update);
    tell();
    return { sender: person.id, chat: { kind: happening.in, id: chat.id, title: chat.title } };
  }

  function press({ from, chat, messageId, button, twice = false }: Press): Expected {
    const { buttons = [] } = shown.find((message) => message.key === messageId) ?? {};
    const pressed = buttons.find(({ label }) => label === button);
    if (pressed === undefined) throw new Error(`There is no button "${button}" below ${messageId}.`);
    const place = chat.kind === "group" ? "group" : "dm";
    const expected = happen({ kind: "button", from, in: place, text: pressed.says, twice })!;
    const number = updates.at(-1)!.number;
    for (const [at, update] of updates.entries())
      if (update.number === number) updates[at] = { ...update, id: messageId };
    return expected;
  }

  return {
    wire,
    settings: { token: "secret-token-of-the-example" },
    secrets: ["secret-token-of-the-example"],
    dm: { kind: "dm", id: people.alice.id, thread: null },
    limit: { burst: 1, perSecond: 1 },
    group: { kind: "group", id: group.id, thread: null },
    deliver: async (happening) => happen(happening),
    press: async (one) => press(one),
    shown: () =>
      shown.map(({ chat, text, buttons, files }) => ({
        chat,
        text,
        ...(files.length > 0 && { files: files.map(({ bytes }) => bytes) }),
        ...(buttons.length > 0 && { buttons: buttons.map(({ label }) => label) }),
      })),
    attempts: () => attempts,
    downloads: () => downloads,
    async disturb(disturbance) {
      if (disturbance.kind === "down") isDown = true;
      else if (disturbance.kind === "up") isDown = false;
      else if (disturbance.kind === "revoke-credentials") areCredentialsRevoked = true;
      else if (disturbance.kind === "rename-alice") people.alice.name = people.bob.name;
      else if (disturbance.kind === "stop-download" || disturbance.kind === "redirect-download")
        nextDownload = disturbance;
      else next = disturbance;
      tell();
      return true;
    },
    async close() {},
  };
}
