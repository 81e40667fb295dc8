/** Talk itself: a server with two people, a group and a bot, and the ways in which it can fail. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { ConformanceHarness, Disturbance, Expected, Happening } from "@clawd/provider-kit/conformance";
import type { Clock } from "@clawd/kernel";
import type { Settings } from "../src/settings.ts";
import { readLines, WireError, type Message, type Update } from "../src/wire.ts";

const bot = { id: "900", name: "talkbot", isBot: true };
const lookAlike = "901";
const group = { id: "g77", isGroup: true, title: "Family" };
const token = "secret-token-of-talk";

interface Call extends Message {
  readonly id: number;
  readonly call: string;
  readonly token: string;
  readonly after: number;
}

/** A fresh network on a free port. */
export async function startTalk(clock: Clock): Promise<ConformanceHarness<Settings>> {
  const people = {
    alice: { id: "1", name: "Alice", isBot: false },
    bob: { id: "2", name: "Bob", isBot: false },
    bot,
    "another-bot": { id: "3", name: "Robot", isBot: true },
  };
  let updates: Update[] = [];
  let count = 0;
  const shown: Message[] = [];
  const sockets = new Set<Socket>();
  const polls = new Set<() => void>();
  let attempts = 0;
  let areCredentialsRevoked = false;
  let next: Disturbance | null = null;

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    readLines(socket, (line) => void answer(JSON.parse(line) as Call, socket));
    socket.write("\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function answer(call: Call, socket: Socket): Promise<void> {
    const { id } = call;
    try {
      socket.write(`${JSON.stringify({ id, result: await run(call, socket) })}\n`);
    } catch (fault) {
      const { reason, waitMs } = fault as WireError;
      if (reason === "cut-off") socket.destroy();
      else socket.write(`${JSON.stringify({ id, error: reason, waitMs })}\n`);
    }
  }

  async function run(call: Call, socket: Socket): Promise<unknown> {
    checkCredentials(call);
    if (call.call === "who-am-i") return { id: bot.id, name: bot.name };
    if (call.call === "post") return post(call);
    updates = updates.filter(({ number }) => number > call.after);
    while (updates.length === 0 && !socket.destroyed) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          polls.delete(wake);
          resolve();
        };
        polls.add(wake);
        socket.once("close", wake);
      });
      checkCredentials(call);
    }
    return updates;
  }

  function checkCredentials(call: Call): void {
    if (areCredentialsRevoked || call.token !== token) throw new WireError("unauthorized");
  }

  function post({ chat, text, key }: Message): { id: string } {
    attempts += 1;
    const disturbance = next;
    next = null;
    if (disturbance?.kind === "ask-to-wait") throw new WireError("slow-down", disturbance.milliseconds);
    if (disturbance?.kind === "refuse-message") throw new WireError("refused");
    if (!shown.some((message) => message.key === key)) shown.push({ chat, text, key });
    if (disturbance?.kind === "lose-answer") throw new WireError("cut-off");
    return { id: key };
  }

  const tell = () => {
    for (const wake of polls) wake();
  };

  function happen(happening: Happening): Expected | null {
    const { from, kind } = happening;
    if (from === "anonymous" || (kind !== "message" && kind !== "edit") || happening.attachment) return null;
    if (happening.in === "channel" || happening.in === "thread") return null;
    const person = people[from];
    const chat = happening.in === "group" ? group : { id: person.id, isGroup: false, title: null };
    const mentioned = { bot: bot.id, "look-alike": lookAlike, "somebody-else": people.alice.id };
    const number = ++count;
    const update: Update = {
      number,
      kind,
      id: `m${number}`,
      at: clock.now(),
      // As the person is called now: a later name does not change what was said before.
      from: { ...person },
      chat,
      text: happening.text,
      mentions: happening.mentions === undefined ? [] : [mentioned[happening.mentions]],
      answers: happening.repliesToBot ? { id: "m0", from: bot.id, text: "Yes?" } : null,
    };
    updates.push(update);
    if (happening.twice) updates.push(update);
    tell();
    return { sender: person.id, chat: { kind: happening.in, id: chat.id, title: chat.title } };
  }

  async function down(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  async function up(): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }

  return {
    settings: { token, host: "127.0.0.1", port },
    secrets: [token],
    dm: { kind: "dm", id: people.alice.id, thread: null },
    limit: { burst: 1, perSecond: 1 },
    deliver: async (happening) => happen(happening),
    shown: () => shown.map(({ chat, text }) => ({ chat, text })),
    attempts: () => attempts,
    downloads: () => 0,
    async disturb(disturbance) {
      if (disturbance.kind === "down") await down();
      else if (disturbance.kind === "up") await up();
      else if (disturbance.kind === "revoke-credentials") areCredentialsRevoked = true;
      else if (disturbance.kind === "rename-alice") people.alice.name = people.bob.name;
      else next = disturbance;
      tell();
      return true;
    },
    close: down,
  };
}
