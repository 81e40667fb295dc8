/**
 * Carries requests out against the running gateway: the sender writes in that chat, the model calls that tool, and the audit
 * record says what became of it.
 */
import type { MessageRequest, StateFacts, ToolRequest } from "@clawd/policy";
import { openPairing, type Pairing } from "@clawd/pairing";
import { filePairingStore } from "@clawd/pairing/file";
import { loadConfig } from "@clawd/config";
import { silentLogger, systemClock } from "@clawd/kernel";
import type { AuditRecord } from "@clawd/store";
import { openSessions } from "@clawd/sessions";
import { type Gateway, startGateway } from "../../src/gateway.ts";
import { pathsFrom } from "../../src/paths.ts";
import { networkNamed } from "../../src/providers.ts";
import { configOptions } from "../../src/settings.ts";
import { ask, aWorld, type World } from "../a-world.ts";
import { eventually } from "../harness.ts";
import { ids, otherTopic, rooms, topic } from "./scene.ts";

/** What somebody writes, and the calls that the model then makes. */
export interface Scene {
  readonly message: MessageRequest;
  readonly state: StateFacts;
  readonly calls: readonly ToolRequest[];
}

export interface Replayed {
  /** The last decision about the message. */
  readonly message: AuditRecord;
  /** One for each call, in their order; empty when the message starts no turn. */
  readonly calls: readonly AuditRecord[];
}

export interface Replay {
  /** Starts the gateway with another config. */
  start(config: Readonly<Record<string, unknown>>): Promise<void>;
  /** One after the other. */
  play(scene: Scene): Promise<Replayed>;
  close(): Promise<void>;
}

/** `elevated`: the sessions in which an owner has switched elevated mode on, by agent. */
export async function startReplay(elevated: ReadonlyMap<string, ReadonlySet<string>>): Promise<Replay> {
  const world = await aWorld({ respond: ({ messages }) => answer(JSON.stringify(messages.at(-1)!.content)) });
  setScene(world);
  switchOn(world, elevated);
  const paths = pathsFrom(world.home.environment);
  const pairing = openPairing({
    store: filePairingStore({
      directory: paths.credentials,
      provider: "telegram",
      account: "default",
    }),
    clock: systemClock,
    network: networkNamed("telegram")!,
  });
  let gateway: Gateway | undefined;
  let count = 0;

  async function say(message: MessageRequest, text: string): Promise<void> {
    if (message.provider === "webchat") return sayOnPage(text);
    const { chat, sender, mentioned = false, command } = message;
    const isGroup = chat.kind !== "dm";
    const isAddressed = isGroup && mentioned;
    const { username } = world.telegram.bot;
    world.telegram.control.say({
      from: Number(sender.id),
      ...(isGroup ? { chat: Number(chat.id) } : {}),
      ...(chat.thread ? { thread: Number(chat.thread) } : {}),
      text: command
        ? `/${command}${isAddressed ? `@${username}` : ""}`
        : `${isAddressed ? `@${username} ` : ""}${text}`,
    });
  }

  /** A call that waits for an owner holds up those after it: the owner says no. */
  async function refuse(records: readonly AuditRecord[], answered: Set<string>): Promise<void> {
    for (const { kind, detail } of records) {
      const hash = String(Object(detail)["hash"]);
      if (kind !== "approval-asked" || answered.has(hash)) continue;
      answered.add(hash);
      await sayOnPage(`/deny ${hash.slice(0, 8)}`);
    }
  }

  async function sayOnPage(text: string): Promise<void> {
    const token = world.home.read("credentials/gateway-token").trim();
    const { status } = await ask(`http://127.0.0.1:${gateway!.port}/webchat/message`, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ id: `replay-${++count}`, text }),
    });
    if (status !== 200) throw new Error(`The page's message was answered ${status}`);
  }

  return {
    async start(config) {
      await gateway?.stop();
      const { telegram, ...rest } = config;
      world.home.configure(world.config(telegram as Record<string, unknown>, rest));
      const loaded = loadConfig(await configOptions(paths.config));
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
      // In this process: what is replayed is the gateway, and not its command line.
      gateway = await startGateway({
        paths,
        config: loaded.value,
        clock: systemClock,
        logger: silentLogger,
        port: 0,
      });
    },
    async play({ message, state, calls }) {
      settle(pairing, message, state);
      const before = lastOf(world);
      await say(message, spell(calls));
      const answered = new Set<string>();
      return eventually(async () => {
        const records = recordsSince(world, before);
        await refuse(records, answered);
        return outcomeOf(records, message, calls);
      });
    },
    async close() {
      await gateway?.stop();
      await world.close();
    },
  };
}

/** `!` asks for the host. */
const spell = (calls: readonly ToolRequest[]): string =>
  ["use:", ...calls.map(({ tool, elevated }) => `${tool}${elevated === true ? "!" : ""}`)].join(" ");

/** The model does what the last message tells it, and says nothing when it has seen the results. */
function answer(said: string) {
  const words = /.*use:((?: [a-z_]+!?)*)/s.exec(said)?.[1]?.trim().split(" ") ?? [];
  if (said.includes('"tool_result"') || words.length === 0) return { text: "NO_REPLY" };
  return {
    toolUses: words
      .filter((word) => word !== "")
      .map((word) => ({ name: word.replace("!", ""), input: word.endsWith("!") ? { elevated: true } : {} })),
  };
}

function outcomeOf(
  records: readonly AuditRecord[],
  { provider, chat, sender }: MessageRequest,
  calls: readonly ToolRequest[],
): Replayed | undefined {
  const isOurs = (record: AuditRecord) =>
    record.provider === provider &&
    (provider === "webchat" || (record.sender === sender.id && Object(record.chat)["id"] === chat.id));
  const ours = records.filter(isOurs);
  const message = ours.findLast(({ kind }) => kind === "access-decision");
  if (message === undefined) return undefined;
  if (message.effect !== "allow" || calls.length === 0) return { message, calls: [] };
  const made = ours.filter(({ kind }) => kind === "tool-decision");
  return made.length < calls.length ? undefined : { message, calls: made };
}

const recordsSince = (world: World, seq: number) => world.audit().filter((record) => record.seq > seq);
const lastOf = (world: World) => world.audit().at(-1)?.seq ?? 0;

function setScene({ telegram: { control } }: World): void {
  const members = Object.values(ids).map(Number);
  for (const [name, id] of Object.entries(ids)) control.addUser({ id: Number(id), firstName: name });
  control.setReadsAllGroupMessages(true);
  for (const [title, id] of Object.entries(rooms)) {
    control.addSupergroup({ id: Number(id), title, members, forum: true });
    const made = [topic, otherTopic].map((name) => control.addTopic({ chat: Number(id), name }));
    if (made.map(String).join() !== [topic, otherTopic].join())
      throw new Error(`The topics are ${made.join()}: write that in scene.ts`);
  }
}

/** As an owner's command would: until it ends, and in the session's own entry. */
function switchOn({ home }: World, elevated: ReadonlyMap<string, ReadonlySet<string>>): void {
  const sessions = openSessions({ stateDir: home.stateDir, clock: systemClock });
  const elevatedUntil = systemClock.now() + 60 * 60 * 1000;
  for (const [agent, keys] of elevated) for (const key of keys) sessions.patch(agent, key, { elevatedUntil });
  sessions.close();
}

/** Brings the approval of the sender into the state of which the request speaks. */
function settle(pairing: Pairing, { provider, sender }: MessageRequest, { isPaired, profile }: StateFacts) {
  if (provider !== "telegram" || sender.id === null) return;
  const isHeld = isPaired === true || (profile !== undefined && profile !== null);
  if (isHeld) pairing.approveId(sender.id, profile === undefined || profile === null ? {} : { profile });
  else pairing.revoke(sender.id);
}
