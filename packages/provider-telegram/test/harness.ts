/** A connection to the emulated Telegram, and everything it said to its ports. */
import type { Logger } from "@clawd/kernel";
import { fakeClock, recordingLogger, type FakeClock } from "@clawd/kernel/testing";
import {
  startTelegramEmulator,
  type TelegramControl,
  type TelegramEmulator,
  type TelegramEmulatorOptions,
} from "@clawd/emulators/telegram";
import type {
  ConnectionState,
  HttpHandler,
  InboundEvent,
  OutboundMessage,
  ProviderConnection,
  ProviderPorts,
} from "@clawd/provider-kit";
import { onTestFinished } from "vitest";
import { telegram, type TelegramSettings } from "../src/index.ts";

export interface RecordedPorts extends ProviderPorts {
  readonly clock: FakeClock;
  readonly events: InboundEvent[];
  readonly states: ConnectionState[];
  readonly notices: { readonly code: string; readonly message: string; readonly hint: string }[];
  readonly mounts: Map<string, HttpHandler>;
  readonly logged: ReturnType<typeof recordingLogger>["lines"];
  /** Stands for the inbox; may reject. */
  inbox: (events: readonly InboundEvent[]) => Promise<void>;
  /** Resolves as soon as it is true; looked at after everything the connection says. */
  until(isTrue: () => boolean): Promise<void>;
}

export function recordedPorts(): RecordedPorts {
  const logger = recordingLogger();
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());
  const ports: RecordedPorts = {
    account: "default",
    note: null,
    clock: fakeClock(),
    logger: logger satisfies Logger,
    logged: logger.lines,
    events: [],
    states: [],
    notices: [],
    mounts: new Map(),
    inbox: () => Promise.resolve(),
    http: { handle: (path, _authentication, handler) => void ports.mounts.set(path, handler) },
    async receive(events) {
      await ports.inbox(events);
      ports.events.push(...events);
      tell();
    },
    report(state) {
      ports.states.push(state);
      tell();
    },
    warn(notice) {
      ports.notices.push(notice);
      tell();
    },
    until: (isTrue) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isTrue()) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
  };
  return ports;
}

export interface Bench {
  readonly emulator: TelegramEmulator;
  readonly control: TelegramControl;
  readonly ports: RecordedPorts;
  readonly connection: ProviderConnection;
  /** A person who may be written to. */
  readonly ada: number;
  /** A supergroup in which Ada and the bot are. */
  readonly lab: number;
}

/** Not started. Everything ends with the test. */
export async function bench(
  settings: TelegramSettings | ((emulator: TelegramEmulator) => TelegramSettings) = {},
  { sharedClock = false, ...options }: TelegramEmulatorOptions & { readonly sharedClock?: boolean } = {},
): Promise<Bench> {
  const ports = recordedPorts();
  const emulator = await startTelegramEmulator({
    botUser: { can_read_all_group_messages: true },
    ...(sharedClock && { clock: ports.clock }),
    ...options,
  });
  const { control } = emulator;
  const own = typeof settings === "function" ? settings(emulator) : settings;
  const token = own.tokenFile === undefined ? { botToken: emulator.token } : {};
  const connection = telegram.connect({ apiRoot: emulator.url, ...token, ...own }, ports);
  const ada = control.addUser({ firstName: "Ada", started: true }).id;
  const lab = control.addSupergroup({ title: "Lab", members: [ada] }).id;
  onTestFinished(async () => {
    await connection.stop();
    await emulator.stop();
  });
  return { emulator, control, ports, connection, ada, lab };
}

/** Moves the made-up clock on until the real server's answer has come. */
export async function advanceUntil(clock: FakeClock, step: number, isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await clock.advance(step);
}

export function aMessage(
  chat: Partial<OutboundMessage["chat"]>,
  more: Partial<OutboundMessage> = {},
): OutboundMessage {
  return {
    deliveryId: "d1",
    chat: { kind: "dm", id: "42", thread: null, ...chat },
    text: "hello",
    replyToMessageId: null,
    ...more,
  };
}

export const codesOf = (states: readonly ConnectionState[]): string[] =>
  states.map((state) => (state.state === "down" ? state.code : state.state));
