/** WebChat at work: messages that the page posts become events, messages of the agent go to every open page. */
import type {
  HttpHandler,
  InboundEvent,
  OutboundMessage,
  ProviderConnection,
  ProviderPorts,
} from "@clawd/provider-kit";
import { checkButtons, createLru, parseCommand, SendError } from "@clawd/provider-kit";
import { randomUUID } from "node:crypto";
import { createHistory, type Entry } from "./history.ts";
import { network } from "./network.ts";
import { loadPage } from "./page.ts";
import { readPosted, type Posted } from "./posted.ts";
import { createStreams, type Line } from "./streams.ts";

/** The one sender and the one chat. */
const operator = "operator";

/** Deliveries that are known to be shown; far more than the gateway ever sends twice. */
const rememberedDeliveries = 10_000;

export function createConnection(ports: ProviderPorts): ProviderConnection {
  const { clock } = ports;
  const epoch = randomUUID();
  const history = createHistory();
  const streams = createStreams(clock);
  const delivered = createLru<string, true>(rememberedDeliveries);
  let page: HttpHandler | undefined;
  let isWanted = false;
  let isRunning = false;
  let isMounted = false;

  function mount(): void {
    // A path is given out once, also when this connection is started again.
    if (isMounted) return;
    isMounted = true;
    ports.http.handle("/webchat", "token", (request) => (isRunning ? api(request) : stopped()));
    ports.http.handle("/", "none", (request) => (isRunning ? page!(request) : stopped()));
  }

  function api(request: Request): Promise<Response> | Response {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/webchat/message") {
      return request.method === "POST" ? takeIn(request) : notAllowed("POST");
    }
    if (pathname === "/webchat/events") {
      return request.method === "GET" ? events(searchParams, request.signal) : notAllowed("GET");
    }
    return problem(404, "There is nothing here.", "The paths are /webchat/message and /webchat/events.");
  }

  async function takeIn(request: Request): Promise<Response> {
    // A form of another site cannot send this type, whatever else it may be able to send.
    if (!/^application\/json(?:\s*;|$)/i.test(request.headers.get("content-type") ?? "")) {
      return problem(415, "This is not JSON.", "Send content-type: application/json.");
    }
    const read = readPosted(await request.text());
    if (!read.ok) return problem(400, "This is not a message.", read.hint);
    const { posted } = read;
    if (!history.has("operator", posted.id)) {
      const at = clock.now();
      try {
        await ports.receive([eventOf(posted, ports.account, at)]);
      } catch {
        return problem(503, "The gateway cannot take the message now.", "Send it again with the same id.");
      }
      show(history.add({ ...posted, from: "operator", at }));
    }
    return Response.json({ id: posted.id }, { headers: noStore });
  }

  function events(parameters: URLSearchParams, signal: AbortSignal): Response {
    const isSameEpoch = parameters.get("epoch") === epoch;
    const after = isSameEpoch ? Number(parameters.get("after")) : 0;
    const missed = history.after(Number.isSafeInteger(after) ? after : 0);
    const first: Line[] = [
      { type: "hello", epoch, last: missed.at(-1)?.seq ?? 0 },
      ...missed.map((entry) => ({ type: "message" as const, ...entry })),
    ];
    const stream = streams.open(first, signal);
    if (stream === undefined) return problem(503, "Too many pages are open.", "Close some of them.");
    return new Response(stream, { headers: { ...noStore, "content-type": "application/x-ndjson" } });
  }

  function show(entry: ReturnType<typeof history.add>): void {
    if (entry !== undefined) streams.tell({ type: "message", ...entry });
  }

  return {
    async start() {
      isWanted = true;
      page ??= await loadPage();
      if (isRunning || !isWanted) return;
      isRunning = true;
      mount();
      ports.report({ state: "connected" });
    },
    async stop() {
      isWanted = false;
      if (!isRunning) return;
      isRunning = false;
      streams.close();
      ports.report({ state: "stopped" });
    },
    async send(message, signal) {
      checkSending(message, isRunning, signal);
      const { deliveryId: id } = message;
      if (!delivered.has(id)) {
        delivered.set(id, true);
        show(history.add(entryOf(message, clock.now())));
      }
      return { messageId: id };
    },
    async typing(chat) {
      if (isRunning) streams.tell({ type: "typing", conversation: chat.thread });
    },
  };
}

function eventOf({ id, text, conversation, pressed }: Posted, account: string, sentAt: number): InboundEvent {
  return {
    kind: pressed === undefined ? "message" : "button",
    provider: network.id,
    account,
    eventId: id,
    sentAt,
    chat: {
      kind: "dm",
      id: operator,
      parent: null,
      thread: conversation,
      guild: null,
      team: null,
      title: null,
    },
    sender: { id: operator, isBot: false, isSelf: false, name: null, username: null },
    mentioned: false,
    mentionsOthers: false,
    mentionDetectable: false,
    text,
    command: parseCommand(text, []),
    messageId: pressed ?? id,
    replyTo: null,
    attachments: [],
  };
}

function entryOf(message: OutboundMessage, at: number): Omit<Entry, "seq"> {
  const { chat, deliveryId: id, text, buttons = [], answersPress, replyToMessageId: pressed } = message;
  return {
    conversation: chat.thread,
    id,
    from: "agent",
    text,
    at,
    ...(buttons.length > 0 && { buttons }),
    ...(answersPress === true && pressed !== null && { pressed }),
  };
}

function checkSending(
  { chat, buttons }: OutboundMessage,
  isRunning: boolean,
  signal: AbortSignal | undefined,
): void {
  if (!isRunning) {
    throw new SendError("CLAWD_PROVIDER_NOT_STARTED", "WebChat is not started.", {
      outcome: "not-sent",
      hint: "Start the connection first.",
    });
  }
  if (signal?.aborted) {
    throw new SendError("CLAWD_SEND_ABORTED", "The message was withdrawn before it was shown.", {
      outcome: "not-sent",
      hint: "Nothing to do: whoever sent it gave up.",
    });
  }
  if (chat.kind !== "dm" || chat.id !== operator) {
    throw new SendError("CLAWD_WEBCHAT_NO_SUCH_CHAT", "WebChat has no such chat.", {
      outcome: "rejected",
      hint: 'Send to the direct chat "operator".',
    });
  }
  checkButtons(buttons);
}

const noStore = { "cache-control": "no-store" };

function problem(status: number, message: string, hint: string): Response {
  return Response.json({ message, hint }, { status, headers: noStore });
}

function notAllowed(method: string): Response {
  const response = problem(405, "This path does not take that method.", `Use ${method}.`);
  response.headers.set("allow", method);
  return response;
}

function stopped(): Response {
  return problem(503, "WebChat is stopped.", "Start the gateway again.");
}
