/** A turn from a stored event to an answer: session, history, prompt, model, transcript. */
import {
  type Boundary,
  buildSystemPrompt,
  createBoundary,
  envelope,
  friendlyFault,
  type Model,
  type ModelMessage,
  runTurn,
  scheduledTask,
  silence,
  type WorkspaceFile,
} from "@clawd/agent";
import { type Clock, isClawdError, type Logger, messageOf } from "@clawd/kernel";
import type { Authority, Decision } from "@clawd/policy";
import type { InboundEvent } from "@clawd/provider-kit";
import type { NewMessage, Sessions, TranscriptMessage } from "@clawd/sessions";
import type { Connections } from "./connections.ts";
import type { GroupContext } from "./group-context.ts";
import type { HeldTo } from "./jobs/job-rights.ts";
import { turnOf } from "./state.ts";
import { filePlace } from "./files/file-place.ts";
import { bringIn, broughtNothing, type BroughtFiles } from "./files/inbound-files.ts";
import type { PlaceLease, Places } from "./calls/place-executor.ts";
import type { ToolRun } from "./calls/tool-call.ts";
import type { RunTools } from "./calls/tool-gate.ts";

/** What a turn needs to know of its agent. */
export interface AgentSettings {
  readonly id: string;
  readonly name: string;
  readonly model: Model;
  /** The workspace's files that every prompt carries, as they are now. */
  readonly files: () => readonly WorkspaceFile[];
  /** Lines of a group's talk since the last answer that a turn is told, the newest. Absent: all that are kept, 50. */
  readonly contextLines?: number;
  /** Bytes of one file that a message brings or that is sent. Absent: 20 MiB. */
  readonly mediaMaxBytes?: number;
  /** Look at pictures for the tool `image`, in this order. Absent: the model itself. */
  readonly imageModels?: readonly Model[];
}

export const mediaMaxBytesOf = ({ mediaMaxBytes = 20 * 1024 * 1024 }: AgentSettings): number => mediaMaxBytes;

export interface TurnPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessions: Sessions;
  readonly connections: Pick<Connections, "get">;
  readonly context: GroupContext;
  /** 32 secret bytes, the same after a restart, so that old transcripts keep their boundaries. */
  readonly boundaryKey: Buffer;
  readonly agent: (id: string) => AgentSettings;
  readonly tools: (run: ToolRun) => Promise<RunTools>;
  readonly places: Pick<Places, "enter">;
}

export interface TurnTask {
  readonly event: InboundEvent;
  readonly decision: Decision;
  readonly agent: string;
  readonly session: string;
  readonly authority: Authority;
  /** Absent: the event itself is the message. */
  readonly errand?: ErrandTask;
}

/** What another run asks for; the event is the one that began it all. */
export interface ErrandTask {
  /** Another one each time. */
  readonly id: string;
  /** The session of the run that asks. */
  readonly from: string;
  readonly text: string;
  /** The runs above, nearest first. */
  readonly via: NonNullable<ToolRun["via"]>;
  /** What the run is held to, since one above it is. */
  readonly held?: HeldTo;
  /** Absent: a run asks for it. Else the schedule, with the words of whoever set it up. */
  readonly scheduled?: { readonly name: string };
}

export interface TurnAnswer {
  /** Empty when nothing is to be sent. */
  readonly text: string;
  readonly outcome: "answered" | "silent" | "failed";
  /** Of the model, read and written; of a turn that failed or was stopped, what it had cost by then. */
  readonly tokens: number;
}

/** Messages of a session that the model may see, before they are cut to size. */
const historyMessages = 400;

/**
 * Runs the turn. INVARIANT: a turn that is repeated after a crash writes no transcript line twice, and one whose answer
 * was already written gives that answer again without asking the model (turn.test.ts).
 */
export async function takeTurn(task: TurnTask, ports: TurnPorts, signal: AbortSignal): Promise<TurnAnswer> {
  const { sessions } = ports;
  const { event, agent, session, errand } = task;
  const cause = errand === undefined ? turnOf(event) : `errand:${errand.id}`;
  const entry = sessions.open(agent, session, errand === undefined ? routeOf(event) : {});
  const history = sessions.history(agent, session, historyMessages);
  const answered = history.find((line) => line.cause === cause && line.role === "assistant");
  if (answered !== undefined) return answer(String(answered.content), 0);
  /** What an earlier run of the schedule read, hostile pages too, is not carried into the next. */
  const isAnew = errand?.scheduled !== undefined;
  const settings = ports.agent(agent);
  const boundary = createBoundary(entry.sessionId, ports.boundaryKey);
  const tools = await ports.tools({
    event,
    agent,
    session,
    model: settings.model.id,
    ...(errand && runOf(errand)),
  });
  const brought = errand === undefined ? await filesOf(task, settings, tools, ports, signal) : broughtNothing;
  if (signal.aborted) return { text: "", outcome: "silent", tokens: 0 };
  const input =
    errand === undefined
      ? spokenInput(task, boundary, ports.context.take(session, settings.contextLines), brought)
      : errandInput(errand, boundary, ports.clock.now());
  const system = buildSystemPrompt({
    boundary,
    agentName: settings.name,
    chat: event.chat,
    authority: task.authority,
    networkLabel:
      ports.connections.get(event.provider, event.account)?.provider.network.label ?? event.provider,
    files: settings.files(),
    tools: tools.specifications.map(({ name }) => name),
  });
  sessions.append(agent, session, spokenLine(task, withNames(input, brought), cause));
  let tokens = 0;
  try {
    const { text, usage } = await runTurn({
      model: settings.model,
      system,
      history: isAnew ? [] : history.filter((line) => line.cause !== cause).map(modelMessage),
      input,
      images: brought.pictures,
      tools,
      asData: (tool, text) => boundary.wrap(`result of ${tool}`, text),
      signal,
      clock: ports.clock,
      onUsage: ({ inputTokens, outputTokens }) => void (tokens += inputTokens + outputTokens),
    });
    ports.logger.info("turn finished", { session, ...usage });
    if (!signal.aborted) sessions.append(agent, session, answerLine(task, text, cause));
    return answer(text, tokens);
  } catch (fault) {
    if (signal.aborted) return { text: "", outcome: "silent", tokens };
    ports.logger.error("the model failed", {
      session,
      code: isClawdError(fault) ? fault.code : "CLAWD_DEFECT",
      reason: messageOf(fault),
    });
    return { text: friendlyFault(fault), outcome: "failed", tokens };
  }
}

/** The files of the message. INVARIANT: nothing else in the gateway has a provider fetch one (files.test.ts). */
async function filesOf(
  { event }: TurnTask,
  settings: AgentSettings,
  tools: RunTools,
  { clock, logger, connections, places }: TurnPorts,
  signal: AbortSignal,
): Promise<BroughtFiles> {
  const link = connections.get(event.provider, event.account)?.link;
  if (event.attachments.length === 0 || link === undefined) return broughtNothing;
  const where = filePlace(tools);
  let lease: Promise<PlaceLease> | undefined;
  try {
    return await bringIn(
      event.attachments,
      {
        clock,
        logger,
        fetch: (reference, limit, stop) => link.fetch(reference, limit, stop),
        place: where === null ? null : async () => (await (lease ??= places.enter(where))).place,
        maxBytes: mediaMaxBytesOf(settings),
      },
      signal,
    );
  } finally {
    void lease?.then((open) => open.release()).catch(() => {});
  }
}

/** What the transcript keeps: pictures by their names. */
const withNames = (input: string, { pictures }: BroughtFiles): string =>
  [input, ...pictures.map(({ name }) => `[picture: ${name}]`)].join("\n");

function spokenInput(
  { event }: TurnTask,
  boundary: Boundary,
  context: ReturnType<GroupContext["take"]>,
  { fates }: BroughtFiles,
): string {
  return envelope({
    boundary,
    isGroup: event.chat.kind !== "dm",
    senderName: event.sender.name,
    senderId: event.sender.id,
    sentAt: event.sentAt,
    text: event.text,
    context,
    replyTo: event.replyTo,
    attachments: event.attachments.map(({ kind, name }, index) => ({
      kind,
      name,
      ...(fates[index] !== undefined && { fate: fates[index] }),
    })),
  });
}

function runOf({ via, held, scheduled }: ErrandTask): Pick<ToolRun, "run" | "via" | "held"> {
  return { run: scheduled === undefined ? "subagent" : "cron", via, ...(held && { held }) };
}

/** Another run's words are data with their origin, also where they say who they are. */
function errandInput({ from, text, scheduled }: ErrandTask, boundary: Boundary, now: number): string {
  if (scheduled !== undefined) return scheduledTask({ boundary, name: scheduled.name, text, at: now });
  const head = boundary.head("another run of this installation, not a person", new Date(now).toISOString());
  return `${boundary.wrap(`task from the session ${from}`, text)}\n\n${head}\nDo the task above as far as your rules allow, and answer with what you found.`;
}

function answer(text: string, tokens: number): TurnAnswer {
  const isSilent = text === "" || text.trim() === silence;
  return isSilent ? { text: "", outcome: "silent", tokens } : { text, outcome: "answered", tokens };
}

function modelMessage({ role, content }: TranscriptMessage): ModelMessage {
  return {
    role: role === "assistant" ? "assistant" : "user",
    content: [{ type: "text", text: typeof content === "string" ? content : JSON.stringify(content) }],
  };
}

function spokenLine(task: TurnTask, content: string, cause: string): NewMessage {
  const { id, name } = task.event.sender;
  return { ...lineOf(task, cause), role: "user", content, sender: id === null ? null : { id, name } };
}

function answerLine(task: TurnTask, content: string, cause: string): NewMessage {
  return { ...lineOf(task, cause), role: "assistant", content, sender: null };
}

/** What every line says: where, because of which event, and by which decision it came to be. */
function lineOf({ event, decision }: TurnTask, cause: string) {
  const { provider, account, chat } = event;
  const { code, rules, policy } = decision;
  return {
    provider,
    account,
    chat: { kind: chat.kind, id: chat.id, thread: chat.thread },
    cause,
    decision: { code, rules, policy },
  };
}

function routeOf({ provider, account, chat }: InboundEvent) {
  return {
    chatType: chat.kind,
    provider,
    lastRoute: { provider, account, chat: { kind: chat.kind, id: chat.id, thread: chat.thread } },
  };
}
