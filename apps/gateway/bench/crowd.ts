/** Twenty people at once: what the road carries by itself, and what is left of it behind a network with limits. */
import type { TelegramEmulator } from "@clawd/emulators/telegram";
import { aPlace, type MeasuredGateway, pause, startGateway } from "./gateway-process.ts";
import { anthropic, configFor, people, telegram } from "./networks.ts";
import { figures, type Row } from "./statistics.ts";

const rounds = 5;
const users = 20;
/** What each of them says in a round, one message after the answer to the last. */
const messagesEach = 25;
/** On Telegram, as many as a chat takes without a pause. */
const telegramMessagesEach = 3;
/** Until every chat has its whole burst again. */
const restMilliseconds = 4000;
/** 3 at once, then 25 a second: how the provider keeps below 30 in any second (packages/provider-telegram). */
const telegramPace = { burst: 3, perSecond: 25 };

export async function crowd(): Promise<readonly Row[]> {
  return [await throughRoad(), ...(await throughTelegram())];
}

async function throughRoad(): Promise<Row> {
  // Without a key the built-in practice model answers, so that no other process is measured.
  const place = aPlace({});
  const gateway = await startGateway(place);
  const page = await openPage(gateway);
  const values: number[] = [];
  try {
    for (let round = 0; round <= rounds; round++) {
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: users }, (_, user) => chat(page, `user-${user}`, round)));
      values.push((users * messagesEach * 1000) / (performance.now() - startedAt));
    }
  } finally {
    page.close();
    await gateway.stop();
    place.remove();
  }
  return {
    what: "20 users at once on WebChat, answered",
    unit: "messages/s",
    goal: { above: 200 },
    ours: figures(values.slice(1)),
  };
}

interface Page {
  /** Posts a message; resolves when its answer is shown. */
  ask(conversation: string, id: string): Promise<void>;
  close(): void;
}

async function openPage({ url, token }: MeasuredGateway): Promise<Page> {
  const headers = { authorization: `Bearer ${token}` };
  const closing = new AbortController();
  const response = await fetch(`${url}/webchat/events`, { headers, signal: closing.signal });
  const answered = new Map<string, () => void>();
  void listen(response.body!, answered).catch(() => {});
  return {
    async ask(conversation, id) {
      const answer = new Promise<void>((resolve) => answered.set(conversation, resolve));
      const post = await fetch(`${url}/webchat/message`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ id, conversation, text: "what is a lobster?" }),
      });
      if (!post.ok) throw new Error(`WebChat answered ${post.status}: ${await post.text()}`);
      await post.arrayBuffer();
      await answer;
    },
    close: () => closing.abort(),
  };
}

async function listen(body: ReadableStream<Uint8Array>, answered: ReadonlyMap<string, () => void>) {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const entry = JSON.parse(line) as { type: string; from?: string; conversation?: string };
      if (entry.type === "message" && entry.from === "agent") answered.get(entry.conversation ?? "")?.();
    }
  }
}

async function chat(page: Page, conversation: string, round: number): Promise<void> {
  for (let index = 0; index < messagesEach; index++)
    await page.ask(conversation, `${conversation}-${round}-${index}`);
}

async function throughTelegram(): Promise<readonly Row[]> {
  const model = await anthropic();
  const network = await telegram({ limits: "real" });
  const everybody = people(users);
  for (const id of everybody) network.control.addUser({ id, firstName: `Person ${id}` });
  const place = aPlace(
    configFor(network, model, { dmPolicy: "allowlist", allowFrom: everybody.map(String) }),
  );
  const gateway = await startGateway(place);
  try {
    // Once without being counted: everybody has a session then.
    await everybodySays(network, everybody, 1);
    await pause(restMilliseconds);
    const { answered, seconds, refused } = await everybodySays(network, everybody, telegramMessagesEach);
    const least = (answered - telegramPace.burst) / telegramPace.perSecond;
    return [
      {
        what: "20 users at once on Telegram, with its limits",
        unit: "messages/s",
        ours: figures([answered / seconds]),
        beside: { what: "the pace that keeps the limits", figures: figures([answered / least]) },
        openclaw: ["1.8", "2.8"],
      },
      { what: `of these ${answered}, refused by Telegram at first`, unit: "", ours: figures([refused]) },
    ];
  } finally {
    await gateway.stop();
    place.remove();
    await Promise.all([model, network].map((one) => one.stop()));
  }
}

async function everybodySays(network: TelegramEmulator, everybody: readonly number[], times: number) {
  const { control } = network;
  const before = control.listSent({ method: "sendMessage" }).length;
  const callsBefore = control.calls.length;
  const answered = everybody.length * times;
  const startedAt = performance.now();
  for (let time = 0; time < times; time++)
    for (const from of everybody) control.say({ from, text: "what is a lobster?" });
  const isAll = () => control.listSent({ method: "sendMessage" }).length === before + answered;
  await control.waitForSent(isAll, 60_000);
  const seconds = (performance.now() - startedAt) / 1000;
  const refused = control.calls.slice(callsBefore).filter(({ status }) => status === 429).length;
  return { answered, seconds, refused };
}
