/** Providers that break one promise about files each. Used by mutants.test.ts. */
import { fileFault, readAtMost, type OutboundMessage, type ProviderConnection } from "@clawd/provider-kit";
import { WireError, type Wire } from "./example/src/wire.ts";

export interface FileMutant {
  readonly caughtBy: string;
  readonly does: string;
  readonly wire?: (wire: Wire) => Wire;
  readonly connection?: (
    inner: ProviderConnection,
    ports: unknown,
    wire: Wire,
  ) => Partial<ProviderConnection>;
}

type Fetch = NonNullable<ProviderConnection["fetch"]>;

const fetching = (alter: (inner: Fetch, wire: Wire) => Fetch): Pick<FileMutant, "connection"> => ({
  connection: (inner, _ports, wire) => ({
    fetch: alter((...all) => inner.fetch!(...all), wire),
  }),
});

const sending = (
  alter: (
    inner: ProviderConnection["send"],
    message: OutboundMessage,
    wire: Wire,
  ) => Promise<{ messageId: string }>,
): Pick<FileMutant, "connection"> => ({
  connection: (inner, _ports, wire) => ({
    send: (message, signal) => alter((one) => inner.send(one, signal), message, wire),
  }),
});

/** Everything of a body, however long it is; stopped by the test's patience only. */
async function whole(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return readAtMost(body, 50_000_000_000);
}

export const fileMutants: readonly FileMutant[] = [
  {
    caughtBy: "file-facts",
    does: "downloads what comes before anybody asked",
    wire: (wire) => ({
      ...wire,
      async poll(after, signal) {
        const updates = await wire.poll(after, signal);
        for (const { file } of updates) if (file) await whole(wire.download(file.id, signal));
        return updates;
      },
    }),
  },
  {
    caughtBy: "file-facts",
    does: "changes a byte",
    ...fetching((inner) => async (...all) => {
      const file = await inner(...all);
      return { ...file, bytes: file.bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte)) };
    }),
  },
  {
    caughtBy: "file-limit",
    does: "takes one byte more than it may",
    ...fetching(
      (inner) =>
        (reference, { maxBytes }, signal) =>
          inner(reference, { maxBytes: maxBytes + 1 }, signal),
    ),
  },
  {
    caughtBy: "file-lies",
    does: "looks at the size when it has the whole",
    ...fetching((_inner, wire) => async (reference, { maxBytes }, signal) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of wire.download(reference, signal)) {
        chunks.push(chunk);
        // Stands for a memory that is full.
        if (chunks.length > 200) throw new Error("out of memory");
      }
      if (chunks.flatMap((chunk) => [...chunk]).length > maxBytes) throw fileFault("too-large");
      return { bytes: chunks[0]!, mimeType: null, name: null };
    }),
  },
  {
    caughtBy: "file-foreign",
    does: "asks whatever address a reference is",
    ...fetching((inner) => async (reference, ...rest) => {
      if (reference.startsWith("http://")) await fetch(reference);
      return inner(reference, ...rest);
    }),
  },
  {
    caughtBy: "file-foreign",
    does: "says the reference",
    ...fetching((inner) => async (reference, ...rest) => {
      if (reference === "/etc/passwd") throw Object.assign(fileFault("foreign"), { reference });
      return inner(reference, ...rest);
    }),
  },
  {
    caughtBy: "file-redirect",
    does: "goes where it is sent",
    wire: (wire) => ({
      ...wire,
      async *download(id, signal) {
        try {
          yield* wire.download(id, signal);
        } catch (thrown) {
          if (thrown instanceof WireError && thrown.reason === "moved") await fetch(thrown.location);
          throw thrown;
        }
      },
    }),
  },
  {
    caughtBy: "file-abort",
    does: "ignores the signal",
    ...fetching((inner) => (reference, limit) => inner(reference, limit, new AbortController().signal)),
  },
  {
    caughtBy: "file-broken",
    does: "gives out the half that it has",
    ...fetching((inner, wire) => async (reference, limit, signal) => {
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of wire.download(reference, signal)) chunks.push(chunk);
        return await inner(reference, limit, signal);
      } catch {
        return { bytes: chunks[0] ?? new Uint8Array(), mimeType: null, name: null };
      }
    }),
  },
  {
    caughtBy: "file-not-started",
    does: "downloads whether it is started or not",
    ...fetching((_inner, wire) => async (reference, _limit, signal) => ({
      bytes: await whole(wire.download(reference, signal)),
      mimeType: null,
      name: null,
    })),
  },
  {
    caughtBy: "file-send",
    does: "leaves the file out",
    ...sending((send, message) => send({ ...message, files: [] })),
  },
  {
    caughtBy: "file-several",
    does: "sends the files backwards",
    ...sending((send, message) => send({ ...message, files: [...(message.files ?? [])].reverse() })),
  },
  {
    caughtBy: "file-several",
    does: "writes the text beside each file",
    ...sending(async (send, message) => {
      let last = { messageId: "" };
      for (const [index, file] of (message.files ?? []).entries())
        last = await send({ ...message, deliveryId: `${message.deliveryId}:${index}`, files: [file] });
      return last;
    }),
  },
  {
    caughtBy: "file-long-text",
    does: "cuts what is written beside a file",
    ...sending((send, message) => send({ ...message, text: message.text.slice(0, 1024) })),
  },
  {
    caughtBy: "file-too-large",
    does: "sends what it can of the files",
    ...sending((send, message) => send({ ...message, files: message.files?.slice(0, 1) ?? [] })),
  },
  {
    caughtBy: "file-unreadable",
    does: "says what the disk said",
    ...sending(async (send, message) => {
      await Promise.all((message.files ?? []).map(({ bytes }) => bytes()));
      return send(message);
    }),
  },
  {
    caughtBy: "file-refused",
    does: "says that a refused message was sent",
    ...sending((send, message) => send(message).catch(() => ({ messageId: "1" }))),
  },
  {
    caughtBy: "file-pace",
    does: "sends files as fast as it is told to",
    ...sending(async (_send, message, wire) => {
      const files = await Promise.all(
        (message.files ?? []).map(async ({ name, mimeType: type, bytes }) => ({
          name,
          type,
          bytes: await bytes(),
        })),
      );
      const { chat, text, deliveryId: key } = message;
      return { messageId: (await wire.post({ chat: chat.id, text, buttons: [], files, key })).id };
    }),
  },
  {
    caughtBy: "file-lost-answer",
    does: "sends again, as another message, what may have arrived",
    wire: (wire) => ({
      ...wire,
      post: (message) => wire.post(message).catch(() => wire.post({ ...message, key: "again" })),
    }),
  },
  {
    caughtBy: "file-withdrawn",
    does: "ignores that it was withdrawn",
    connection: (inner) => ({ send: (message) => inner.send(message) }),
  },
];
