/** Each test of the conformance suite can fail: a provider that breaks one promise is caught by the test of that promise. */
import { providerConformance, type Runner } from "@clawd/provider-kit/conformance";
import {
  fitsButton,
  SendError,
  type InboundEvent,
  type Provider,
  type ProviderConnection,
  type ProviderPorts,
} from "@clawd/provider-kit";
import { describe, expect, test } from "vitest";
import { provider as example, providerOver } from "./example/src/provider.ts";
import { fileMutants } from "./file-mutants.ts";
import type { Settings } from "./example/src/settings.ts";
import type { Wire } from "./example/src/wire.ts";
import { memoryNetwork } from "./example/test/memory-network.ts";

const { capabilities } = example;

interface Mutant {
  /** The test that must catch it. */
  readonly caughtBy: string;
  readonly does: string;
  readonly provider?: Partial<Provider<Settings>>;
  readonly wire?: (wire: Wire) => Wire;
  readonly ports?: (ports: ProviderPorts) => ProviderPorts;
  readonly connection?: (
    inner: ProviderConnection,
    ports: ProviderPorts,
    wire: Wire,
    another: () => ProviderConnection,
  ) => Partial<ProviderConnection>;
}

/** A mutant that alters what it passes to receive. */
function events(alter: (event: InboundEvent, index: number) => InboundEvent): Pick<Mutant, "ports"> {
  let index = 0;
  return {
    ports: (ports) => ({
      ...ports,
      receive: (received) => ports.receive(received.map((event) => alter(event, index++))),
    }),
  };
}

/** A mutant that alters how a message is sent. */
function sending(
  send: (
    inner: ProviderConnection,
    ...rest: Parameters<ProviderConnection["send"]>
  ) => Promise<{ messageId: string }>,
): Pick<Mutant, "connection"> {
  return { connection: (inner) => ({ send: (message, signal) => send(inner, message, signal) }) };
}

const intervals: NodeJS.Timeout[] = [];

const mutants: readonly Mutant[] = [
  ...fileMutants,
  {
    caughtBy: "descriptor",
    does: "claims to send files of no size",
    provider: { capabilities: { ...capabilities, files: { send: true, receive: true, maxBytes: 0 } } },
  },
  {
    caughtBy: "descriptor",
    does: "receives files and cannot fetch them",
    connection: () => ({ fetch: undefined }) as unknown as Partial<ProviderConnection>,
  },
  {
    caughtBy: "attachments",
    does: "tells of no files",
    ...events((event) => ({ ...event, attachments: [] })),
  },
  {
    caughtBy: "descriptor",
    does: "names a secret that is no setting",
    provider: { secretSettings: ["tokn"] },
  },
  {
    caughtBy: "start-stop",
    does: "takes in twice when it is started twice",
    connection: (inner, _ports, _wire, another) => {
      const extra: ProviderConnection[] = [];
      return {
        async start() {
          const connection = extra.length === 0 ? inner : another();
          extra.push(connection);
          await connection.start();
        },
        async stop() {
          for (const connection of extra) await connection.stop();
        },
      };
    },
  },
  {
    caughtBy: "no-handles",
    does: "leaves a timer behind",
    connection: (inner) => ({
      start() {
        intervals.push(setInterval(() => {}, 60_000));
        return inner.start();
      },
    }),
  },
  {
    caughtBy: "recovery",
    does: "does not say that the network is down",
    ports: (ports) => ({
      ...ports,
      report: (state) => {
        if (state.state !== "down") ports.report(state);
      },
    }),
  },
  {
    caughtBy: "recovery",
    does: "gives up for good",
    wire: (wire) => {
      let hasFailed = false;
      return {
        ...wire,
        async whoAmI() {
          if (hasFailed) return new Promise(() => {});
          return wire.whoAmI();
        },
        poll: (after, signal) =>
          wire.poll(after, signal).catch((error: unknown) => {
            hasFailed = true;
            throw error;
          }),
      };
    },
  },
  {
    caughtBy: "start-while-down",
    does: "throws from start when there is no network",
    connection: (inner, _ports, wire) => ({
      async start() {
        await wire.whoAmI();
        await inner.start();
      },
    }),
  },
  {
    caughtBy: "refused-credentials",
    does: "leaves a rejection unhandled",
    ports: (ports) => ({
      ...ports,
      report(state) {
        ports.report(state);
        if (state.state === "down") void Promise.reject(new Error("nobody sees this"));
      },
    }),
  },
  {
    caughtBy: "secrets",
    does: "logs its token",
    ports: (ports) => {
      ports.logger.info("connecting", { url: "https://example.test/secret-token-of-the-example/updates" });
      return ports;
    },
  },
  {
    caughtBy: "secrets",
    does: "puts the message into the error's cause",
    ...sending(async (inner, message, signal) => {
      try {
        return await inner.send(message, signal);
      } catch (error) {
        const { code, outcome, hint } = error as SendError;
        const cause = new Error(`POST failed: ${message.text}`);
        throw new SendError(code as "CLAWD_", "It failed.", { outcome, hint, cause });
      }
    }),
  },
  {
    caughtBy: "own-messages",
    does: "does not know its own id",
    wire: (wire) => ({ ...wire, whoAmI: async () => ({ ...(await wire.whoAmI()), id: "999" }) }),
  },
  {
    caughtBy: "facts-dm",
    does: "counts time in seconds",
    ...events((event) => ({ ...event, sentAt: 1_767_225_600 })),
  },
  {
    caughtBy: "facts-dm",
    does: "gives ids that are not canonical",
    ...events((event) => ({ ...event, sender: { ...event.sender, id: `example:${event.sender.id}` } })),
  },
  {
    caughtBy: "facts-dm",
    does: "passes names on as they are",
    ...events((event) => ({ ...event, sender: { ...event.sender, name: "Bob\nSystem" } })),
  },
  {
    caughtBy: "facts-dm",
    does: "leaves a fact out",
    ...events((event) => ({ ...event, mentionsOthers: undefined as never })),
  },
  {
    caughtBy: "facts-group",
    does: "takes every chat for a direct one",
    ...events((event) => ({ ...event, chat: { ...event.chat, kind: "dm" } })),
  },
  {
    caughtBy: "text",
    does: "tidies the author's words",
    ...events((event) => ({ ...event, text: event.text.replaceAll("\u200b", "") })),
  },
  {
    caughtBy: "commands",
    does: "finds commands in the middle of a text",
    ...events((event) => ({
      ...event,
      command: /\/status/i.test(event.text) ? { name: "status", args: "now" } : null,
    })),
  },
  {
    caughtBy: "mentions",
    does: "takes a longer name for its own",
    ...events((event) => ({ ...event, mentioned: event.mentioned || event.mentionsOthers })),
  },
  {
    caughtBy: "replies",
    does: "ignores answers to it",
    ...events((event) => ({ ...event, mentioned: false })),
  },
  {
    caughtBy: "stable-sender",
    does: "takes the name for the person",
    ...events((event) => ({ ...event, sender: { ...event.sender, id: event.sender.name } })),
  },
  {
    caughtBy: "chat-kind",
    does: "learns the kind of a chat from what it saw before",
    ports: (() => {
      let connections = 0;
      return (ports: ProviderPorts) =>
        connections++ === 0
          ? ports
          : events((event) => ({ ...event, chat: { ...event.chat, kind: "dm" } })).ports!(ports);
    })(),
  },
  {
    caughtBy: "duplicates",
    does: "numbers events as they come",
    ...events((event, index) => ({ ...event, eventId: `${event.eventId}-${index}` })),
  },
  {
    caughtBy: "duplicates",
    does: "takes equal words for one event",
    ...events((event) => ({ ...event, eventId: event.text })),
  },
  {
    caughtBy: "order",
    does: "lets later messages overtake",
    ports: (ports) => ({ ...ports, receive: (received) => ports.receive(received.toReversed()) }),
    wire: (wire) => ({
      ...wire,
      async poll(after, signal) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return wire.poll(after, signal);
      },
    }),
  },
  {
    caughtBy: "edits",
    does: "forgets the sender of an edit",
    ...events((event) =>
      event.kind === "edit" ? { ...event, sender: { ...event.sender, id: null } } : event,
    ),
  },
  {
    caughtBy: "buttons",
    does: "takes a press for a message",
    ...events((event) => (event.kind === "button" ? { ...event, kind: "message" } : event)),
  },
  {
    caughtBy: "button-press",
    does: "does not see the command of a button",
    ...events((event) => (event.kind === "button" ? { ...event, command: null } : event)),
  },
  {
    caughtBy: "button-press",
    does: "shows no buttons",
    ...sending((inner, message, signal) => inner.send({ ...message, buttons: [] }, signal)),
  },
  {
    caughtBy: "button-limits",
    does: "shortens a command that is too long",
    ...sending((inner, message, signal) => {
      const { buttons = [] } = message;
      const cut = buttons.map((one) => ({ ...one, command: one.command.slice(0, 40) }));
      return inner.send({ ...message, buttons: cut }, signal);
    }),
  },
  {
    caughtBy: "button-limits",
    does: "leaves out a button that is too long",
    ...sending((inner, message, signal) => {
      const { buttons = [] } = message;
      return inner.send({ ...message, buttons: buttons.filter(fitsButton) }, signal);
    }),
  },
  {
    caughtBy: "button-stranger",
    does: "takes a press for that of whoever was asked",
    ...events((event) =>
      event.kind === "button" ? { ...event, sender: { ...event.sender, id: "1" } } : event,
    ),
  },
  {
    caughtBy: "button-twice",
    does: "names a press after its message",
    ...events((event) =>
      event.kind === "button" ? { ...event, eventId: `press:${event.messageId}` } : event,
    ),
  },
  {
    caughtBy: "button-elsewhere",
    does: "takes every press for one in a direct chat",
    ...events((event) =>
      event.kind === "button"
        ? { ...event, chat: { ...event.chat, kind: "dm", id: event.sender.id! } }
        : event,
    ),
  },
  {
    caughtBy: "button-used",
    does: "leaves the buttons where they are",
    ...sending((inner, message, signal) => inner.send({ ...message, answersPress: false }, signal)),
  },
  {
    caughtBy: "bots",
    does: "takes every sender for a person",
    ...events((event) => ({ ...event, sender: { ...event.sender, isBot: false } })),
  },
  {
    caughtBy: "redelivery",
    does: "acknowledges what was not stored",
    ports: (ports) => ({ ...ports, receive: (received) => ports.receive(received).catch(() => {}) }),
  },
  {
    caughtBy: "offline",
    does: "drops what came while it was away",
    ports: (ports) => {
      let isFirst = true;
      return {
        ...ports,
        async receive(received) {
          if (!isFirst) await ports.receive(received);
          isFirst = false;
        },
      };
    },
  },
  {
    caughtBy: "send",
    does: "changes the text",
    ...sending((inner, message, signal) =>
      inner.send({ ...message, text: message.text.replaceAll("<", "&lt;") }, signal),
    ),
  },
  {
    caughtBy: "not-started",
    does: "starts by itself to send",
    ...sending(async (inner, message, signal) => {
      await inner.start();
      return inner.send(message, signal);
    }),
  },
  {
    caughtBy: "long-text",
    does: "cuts long texts off",
    ...sending((inner, message, signal) =>
      inner.send({ ...message, text: message.text.slice(0, 1999) }, signal),
    ),
  },
  {
    caughtBy: "rate-limit",
    does: "sends as fast as it is told to",
    connection: (_inner, _ports, wire) => ({
      async send({ chat, text, deliveryId }) {
        const { id } = await wire.post({ chat: chat.id, text, buttons: [], files: [], key: deliveryId });
        return { messageId: id };
      },
    }),
  },
  {
    caughtBy: "ask-to-wait",
    does: "tries again at once",
    wire: (wire) => ({ ...wire, post: (message) => wire.post(message).catch(() => wire.post(message)) }),
  },
  {
    caughtBy: "refused",
    does: "tries a refused message again",
    wire: (wire) => ({ ...wire, post: (message) => wire.post(message).catch(() => wire.post(message)) }),
  },
  {
    caughtBy: "lost-answer",
    does: "sends again, as another message, what may have arrived",
    wire: (wire) => ({
      ...wire,
      post: (message) => wire.post(message).catch(() => wire.post({ ...message, key: "again" })),
    }),
  },
  {
    caughtBy: "idempotent-send",
    does: "makes a new message of every delivery",
    wire: (wire) => {
      let posts = 0;
      return { ...wire, post: (message) => wire.post({ ...message, key: `post-${posts++}` }) };
    },
  },
  { caughtBy: "withdrawn", does: "ignores the signal", ...sending((inner, message) => inner.send(message)) },
  {
    caughtBy: "send-while-down",
    does: "waits for ever",
    wire: (wire) => ({ ...wire, post: () => new Promise(() => {}) }),
  },
  {
    caughtBy: "send-while-down",
    does: "fails with an error of its library",
    ...sending((inner, message, signal) =>
      inner.send(message, signal).catch(() => {
        throw new TypeError("fetch failed");
      }),
    ),
  },
];

/** The tests of the suite over a mutant, by their ids. */
function suiteOver(mutant: Mutant | null): ReadonlyMap<string, () => Promise<void>> {
  const cases = new Map<string, () => Promise<void>>();
  const declare = (title: string, body: () => Promise<void>) => void cases.set(title.split(":")[0]!, body);
  const runner: Runner = {
    describe: (_name, body) => body(),
    test: Object.assign(declare, { skip: () => {} }),
  };
  let wire!: Wire;
  const alterWire = mutant?.wire ?? ((unaltered) => unaltered);
  const alterPorts = mutant?.ports ?? ((unaltered) => unaltered);
  const healthy = providerOver(() => wire);
  providerConformance(
    {
      name: "mutant",
      provider: {
        ...healthy,
        ...mutant?.provider,
        connect(settings, ports) {
          const altered = alterPorts(ports);
          const connect = () => healthy.connect(settings, altered);
          const inner = connect();
          return { ...inner, ...mutant?.connection?.(inner, altered, wire, connect) };
        },
      },
      createHarness: async ({ clock }) => {
        const harness = memoryNetwork(clock);
        wire = alterWire(harness.wire);
        return harness;
      },
      skip: [],
      patienceMs: 1200,
    },
    runner,
  );
  return cases;
}

describe("a mutant is caught", () => {
  test.each(mutants.map((mutant) => [mutant.caughtBy, mutant.does, mutant] as const))(
    "by %s: it %s",
    async (caughtBy, _does, mutant) => {
      await suiteOver(null).get(caughtBy)!();
      await expect(suiteOver(mutant).get(caughtBy)!()).rejects.toThrow();
      for (const interval of intervals.splice(0)) clearInterval(interval);
    },
  );

  test("every test that the example can run has a mutant that it catches", () => {
    const needOtherNetworks = [
      "facts-channel",
      "facts-thread",
      "members",
      "native-commands",
      "reactions",
      "shared-senders",
      "typing",
    ];
    const caught = new Set(mutants.map(({ caughtBy }) => caughtBy));
    expect([...suiteOver(null).keys()].filter((id) => !caught.has(id)).sort()).toEqual(needOtherNetworks);
  });

  test("a network that lacks something fails the tests of it unless they are skipped", async () => {
    for (const id of ["facts-channel", "reactions", "typing"]) {
      await expect(suiteOver(null).get(id)!()).rejects.toThrow(/declare a skip/);
    }
  });
});

describe("skips", () => {
  const declare = (test: string, reason: string) => () =>
    providerConformance(
      {
        name: "example",
        provider: providerOver(() => memoryNetwork({ now: () => 0, sleep: async () => {} }).wire),
        createHarness: async ({ clock }) => memoryNetwork(clock),
        skip: [{ test, reason }],
      },
      { describe: () => {}, test: Object.assign(() => {}, { skip: () => {} }) },
    );

  test("need a reason", () => {
    expect(declare("reactions", "none")).toThrow(/gives no reason/);
    expect(declare("reactions", "the network has no reactions")).not.toThrow();
  });

  test("name a test that exists", () => {
    expect(declare("reaction", "the network has no reactions")).toThrow(
      expect.objectContaining({ code: "CLAWD_CONFORMANCE_SKIP", hint: 'Did you mean "reactions"?' }),
    );
  });

  test("cannot hide what the provider claims", () => {
    expect(declare("edits", "too much work for today")).toThrow(/claims "edits"/);
  });
});
