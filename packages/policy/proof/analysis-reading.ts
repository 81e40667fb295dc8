/** What the analysis says of one concrete request, read the way a person reads its answer. */
import { findCommand } from "../src/command-rights.ts";
import type { ChatReference, Request, RunReference, StateFacts } from "../src/request.ts";
import type { Landscape } from "../src/analysis/landscape.ts";
import { dimensions, type MessageChange } from "../src/analysis/message-changes.ts";
import { commandClasses, mentions } from "../src/analysis/message-shapes.ts";
import { any } from "../src/analysis/products.ts";
import type { RunChange } from "../src/analysis/run-changes.ts";
import { runKinds, type Wanted } from "../src/analysis/run-items.ts";
import type { ChatPlace, Whom } from "../src/analysis/types.ts";

type MessageRequest = Extract<Request, { readonly action: "message" }>;
type RunRequest = Exclude<Request, { readonly action: "message" }>;
type Chat = Pick<Request, "provider" | "account" | "chat">;

export function readingOf(landscape: Landscape) {
  const { plans, profiles, spots, standings } = landscape;
  const places = spots.all.flatMap(({ chats }) => chats.map(({ place }) => place));
  const commands = commandClasses(plans);
  const known = new Map<string, ChatPlace | undefined>();

  const isFlat = (provider: string) =>
    plans.every(({ networks }) => networks.get(provider)?.layout === "groups");

  /** The place that says the most of the chat. */
  function placeOf({ provider, account = "default", chat }: Chat): ChatPlace | undefined {
    const name = JSON.stringify([provider, account, chat.kind === "dm" ? { ...chat, id: "" } : chat]);
    if (!known.has(name)) {
      const fitting = places.filter(
        (place) =>
          place.provider === provider &&
          place.account === account &&
          (place.kind === chat.kind || isFlat(provider)) &&
          isOf(place, chat),
      );
      known.set(name, fitting.sort((a, b) => said(b) - said(a))[0]);
    }
    return known.get(name);
  }

  function isWhom({ senders, chats, when }: Whom, request: Request, state: StateFacts): boolean {
    const { provider, sender } = request;
    if (senders.network !== provider || sender.id === null) return false;
    if ((senders.kind === "only") !== senders.ids.includes(sender.id)) return false;
    if (when.isPaired !== undefined && when.isPaired !== (state.isPaired === true)) return false;
    const { profile = null } = state;
    const named = profiles.includes(profile) ? profile : profiles.at(-1)!;
    if (when.profile !== undefined && !when.profile.includes(named)) return false;
    if (when.isWithinBudget !== undefined && when.isWithinBudget !== (state.isWithinBudget === true))
      return false;
    if (when.activation !== undefined && !when.activation.includes(state.activation ?? null)) return false;
    const place = placeOf(request);
    return chats.some(({ text }) => text === place?.text);
  }

  function isShape({ product }: MessageChange, request: MessageRequest): boolean {
    const {
      event = "message",
      mentioned = false,
      mentionDetectable = false,
      mentionsOthers = true,
    } = request;
    const events: Readonly<Record<string, number>> = { message: 0, command: 1, button: 2 };
    const command = findCommand(request.command ?? null);
    const mention = mentioned ? "mentioned" : mentionDetectable ? "absent" : "undetectable";
    const values: Partial<Record<(typeof dimensions)[number], number>> = {
      event: events[event] ?? 3,
      mention: mentions.indexOf(mention),
      others: mentionsOthers ? 1 : 0,
      command: commands.findIndex((names) => (command === null ? names === null : names?.includes(command))),
    };
    return dimensions.every((dimension, at) => {
      const value = values[dimension];
      return value === undefined || product[at]![0] === any || product[at]!.includes(value);
    });
  }

  /** Whether the request is one of those that the change names, leaving out who asks. `sessions`: of the sender's messages. */
  function isWanted(
    change: RunChange,
    request: RunRequest,
    state: StateFacts,
    sessions: readonly (string | null)[],
  ): boolean {
    const { agent, run = "turn", model } = request;
    if (!change.agents.includes(agent)) return false;
    if (change.runs[0] !== any && !change.runs.includes(runKinds.indexOf(run))) return false;
    const { models } = change;
    if (models !== null && !models.some(({ text }) => text === modelText(agent, model))) return false;
    return change.wants.some((wanted) => isAsked(wanted, request, state, sessions));
  }

  function modelText(agent: string, model: string | undefined): string {
    const keys = new Set(plans.flatMap((plan) => [...(plan.agents.get(agent)?.byModel.keys() ?? [])]));
    if (model === undefined) return "no model named";
    if (model.includes("/") && keys.has(model)) return model;
    const provider = model.split("/")[0]!;
    return keys.has(provider) ? `any other model of ${provider}` : "any other model";
  }

  function isAsked(
    wanted: Wanted,
    request: RunRequest,
    state: StateFacts,
    sessions: readonly (string | null)[],
  ): boolean {
    if (wanted.action !== request.action) return false;
    if (wanted.action === "tool" && request.action === "tool")
      return request.tool === wanted.tool && (request.elevated === true) === wanted.isElevated;
    if (wanted.action === "send" && request.action === "send") {
      if (request.to.provider !== wanted.network) return false;
      const isHere = isOwnChat(request, request.to);
      return wanted.target === null ? isHere : !isHere && isTarget(wanted.target.chats, request.to, state);
    }
    if (wanted.action !== "session" || request.action !== "session") return false;
    if (wanted.operation !== request.operation) return false;
    if (wanted.operation === "spawn" || request.operation === "spawn")
      return request.operation === "spawn" && wanted.agents.includes(request.target);
    const owner = /^agent:([^:]+):./.exec(request.session)?.[1];
    const whose = whoseSession(request, request.session, sessions, owner);
    const { isSpawned = false } = state;
    if (isSpawned && (whose === "same-agent" || whose === "other-agent"))
      return wanted.isSpawned && wanted.whose === "same-agent";
    if (whose !== "own" && wanted.isSpawned !== isSpawned) return false;
    return wanted.whose === whose && (whose !== "other-agent" || wanted.agents.includes(owner ?? ""));
  }

  function isTarget(
    chats: Extract<Extract<Wanted, { action: "send" }>["target"], object>["chats"],
    to: Chat,
    { isTargetPaired = false }: StateFacts,
  ): boolean {
    const place = placeOf(to);
    const { account = "default", chat } = to;
    if (chat.kind !== "dm") return chats.some(({ text }) => text === place?.text);
    const rest = standings.find(({ spot, senders }) => senders.isRest && spot.chats[0]!.place === place)!;
    return chats.some(({ to: target, isPaired, isAnyOther }) => {
      if (target.chat.kind !== "dm" || target.account !== account) return false;
      if (isPaired !== isTargetPaired || target.chat.team !== rest.spot.chat.team) return false;
      return isAnyOther ? !rest.senders.ids.includes(chat.id) : target.chat.id === chat.id;
    });
  }

  return { isWhom, isShape, isWanted };
}

function whoseSession(
  { run = "turn", agent }: RunReference,
  session: string,
  [before, after]: readonly (string | null | undefined)[],
  owner: string | undefined,
): string {
  const isOfBoth = before === after || before === null || after === null;
  if (run === "turn" && (session === before || session === after))
    return isOfBoth ? "own" : session === before ? "own-before" : "own-after";
  return owner === agent ? "same-agent" : "other-agent";
}

function isOwnChat(own: Chat, to: Chat): boolean {
  if (own.provider !== to.provider || (own.account ?? "default") !== (to.account ?? "default")) return false;
  if (own.chat.kind !== to.chat.kind) return false;
  return own.chat.id === to.chat.id || (to.chat.kind !== "dm" && to.chat.parent === own.chat.id);
}

function isOf({ kind, id, thread, parent, guild, team }: ChatPlace, chat: ChatReference): boolean {
  if (kind !== chat.kind && !(kind === "group" && chat.kind === "channel")) return false;
  if (team !== undefined && team !== chat.team) return false;
  if (kind === "dm") return true;
  if (guild !== undefined && (guild === null ? !chat.guild : guild !== chat.guild)) return false;
  const room = chat.parent ?? chat.id;
  if (parent === undefined && id !== null && id !== room) return false;
  if (parent !== undefined && (id !== chat.id || !chat.parent || (parent !== null && parent !== room)))
    return false;
  return thread === undefined || (thread === null ? Boolean(chat.thread) : thread === chat.thread);
}

function said({ kind, id, thread, parent, guild, team }: ChatPlace): number {
  const room = parent === undefined ? id : parent;
  const words = [
    kind === "channel",
    team !== undefined,
    guild !== undefined,
    guild !== undefined && guild !== null,
    room !== null,
    thread !== undefined,
    thread !== undefined && thread !== null,
    parent !== undefined,
  ];
  return words.reduce((sum, is, at) => sum + (is ? 2 ** at : 0), 0);
}
