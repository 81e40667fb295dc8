/** WebChat at work: messages that the page posts become events, messages of the agent go to every open page. */
import type {
  HttpHandler,
  InboundEvent,
  OutboundMessage,
  ProviderConnection,
  ProviderPorts,
} from "@clawd/provider-kit";
import { checkButtons, createLru, parseCommand, readFiles, SendError } from "@clawd/provider-kit";
import { randomUUID } from "node:crypto";
import { answerFiles, filesPath } from "./file-routes.ts";
import { createFiles, fileCapabilities, uploadLimits, type FileFacts, type Uploaded } from "./files.ts";
import { createHistory, type Entry } from "./history.ts";
import { network } from "./network.ts";
import { loadPage } from "./page.ts";
import { notAllowed, noStore, problem } from "./problem.ts";
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
  let files = createFiles(ports.directory, clock);
  let opening: Promise<void> | undefined;
  /** One message after the other, so that files do not change their order. */
  let sending: Promise<unknown> = Promise.resolve();
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
    if (pathname === filesPath || pathname.startsWith(`${filesPath}/`)) {
      return answerFiles(request, pathname.slice(filesPath.length + 1), files);
    }
    return problem(404, "There is nothing here.", "The paths are /webchat/message, …/events and …/files.");
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
      const uploaded = await files.uploaded(posted.files);
      if (uploaded === undefined) {
        return problem(
          410,
          "A file is not there any more.",
          "The gateway was restarted since: attach it again.",
        );
      }
      try {
        await ports.receive([eventOf(posted, uploaded, ports.account, at)]);
      } catch {
        return problem(503, "The gateway cannot take the message now.", "Send it again with the same id.");
      }
      const { files: _ids, ...said } = posted;
      show(history.add({ ...said, from: "operator", at, ...shownFiles(uploaded.facts) }));
    }
    return Response.json({ id: posted.id }, { headers: noStore });
  }

  function events(parameters: URLSearchParams, signal: AbortSignal): Response {
    const isSameEpoch = parameters.get("epoch") === epoch;
    const after = isSameEpoch ? Number(parameters.get("after")) : 0;
    const missed = history.after(Number.isSafeInteger(after) ? after : 0);
    const first: Line[] = [
      { type: "hello", epoch, last: missed.at(-1)?.seq ?? 0, files: uploadLimits },
      ...missed.map((entry) => ({ type: "message" as const, ...entry })),
    ];
    const stream = streams.open(first, signal);
    if (stream === undefined) return problem(503, "Too many pages are open.", "Close some of them.");
    return new Response(stream, { headers: { ...noStore, "content-type": "application/x-ndjson" } });
  }

  async function sendNow(message: OutboundMessage): Promise<void> {
    const { deliveryId: id } = message;
    if (delivered.has(id)) return;
    const kept = await keep(message);
    delivered.set(id, true);
    show(history.add(entryOf(message, kept, clock.now())));
  }

  /** @throws SendError */
  async function keep(message: OutboundMessage): Promise<readonly FileFacts[]> {
    const read = await readFiles(message.files, fileCapabilities);
    try {
      return await files.keep(read);
    } catch {
      throw new SendError("CLAWD_WEBCHAT_DISK", "The files of a message cannot be kept for the pages.", {
        outcome: "not-sent",
        hint: "Look at the disk of the gateway; it is tried again.",
      });
    }
  }

  function show(entry: ReturnType<typeof history.add>): void {
    if (entry !== undefined) streams.tell({ type: "message", ...entry });
  }

  return {
    async start() {
      isWanted = true;
      page ??= await loadPage();
      opening ??= files.open();
      await opening;
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
      await files.close();
      files = createFiles(ports.directory, clock);
      opening = undefined;
      ports.report({ state: "stopped" });
    },
    async send(message, signal) {
      checkSending(message, isRunning, signal);
      const own = sending.then(() => sendNow(message));
      sending = own.catch(() => {});
      await own;
      return { messageId: message.deliveryId };
    },
    async fetch(reference, limit, signal) {
      if (!isRunning) throw notStarted();
      return files.fetch(reference, limit, signal);
    },
    async typing(chat) {
      if (isRunning) streams.tell({ type: "typing", conversation: chat.thread });
    },
  };
}

function eventOf(
  { id, text, conversation, pressed }: Posted,
  { attachments }: Uploaded,
  account: string,
  sentAt: number,
): InboundEvent {
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
    attachments,
  };
}

function shownFiles(files: readonly FileFacts[]): Pick<Entry, "files"> {
  return files.length > 0 ? { files } : {};
}

function entryOf(message: OutboundMessage, files: readonly FileFacts[], at: number): Omit<Entry, "seq"> {
  const { chat, deliveryId: id, text, buttons = [], answersPress, replyToMessageId: pressed } = message;
  return {
    conversation: chat.thread,
    id,
    from: "agent",
    text,
    at,
    ...(buttons.length > 0 && { buttons }),
    ...shownFiles(files),
    ...(answersPress === true && pressed !== null && { pressed }),
  };
}

function checkSending(
  { chat, buttons }: OutboundMessage,
  isRunning: boolean,
  signal: AbortSignal | undefined,
): void {
  if (!isRunning) throw notStarted();
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

function notStarted(): SendError {
  return new SendError("CLAWD_PROVIDER_NOT_STARTED", "WebChat is not started.", {
    outcome: "not-sent",
    hint: "Start the connection first.",
  });
}

function stopped(): Response {
  return problem(503, "WebChat is stopped.", "Start the gateway again.");
}
