/** What a provider promises about the files that messages bring. Run where it claims to receive them. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isClawdError } from "@clawd/kernel";
import type { Attachment } from "../event.ts";
import type { FetchedFile } from "../file.ts";
import type { FakePorts } from "../fake-ports.ts";
import type { ProviderConnection } from "../provider.ts";
import type { SentFile } from "./harness.ts";
import type { Case } from "./runner.ts";
import { settled, type World } from "./world.ts";

type FetchingCase = Case<World>;

const note: SentFile = {
  name: "notes.txt",
  mimeType: "text/plain",
  bytes: new TextEncoder().encode("Buy milk. \u{1f99e}\n"),
};
const plenty = 1024 * 1024;

export const fetchingCases: readonly FetchingCase[] = [
  {
    id: "file-facts",
    promise: "a file comes as facts beside its text, and its bytes when they are asked for, not before",
    async run(world) {
      const came = await arrival(world, note, "For later");
      const { attachment } = came;
      assert.equal(came.text, "For later", "what is written beside a file is the text");
      assert.equal(attachment.kind, "document");
      assert.ok(attachment.size === null || attachment.size === note.bytes.length, "size is in bytes");
      await world.settle();
      assert.equal(world.harness.downloads() ?? 0, 0, "nothing is downloaded before it is asked for");
      const { bytes } = await settled(world, fetching(came, plenty));
      assert.deepEqual(new Uint8Array(bytes), note.bytes, "the bytes are those of the file");
      assert.equal(world.harness.downloads() ?? 1, 1, "it is downloaded once");
    },
  },
  {
    id: "file-limit",
    promise: "a file may be as large as the limit, and not by one byte larger",
    async run(world) {
      const exact = await arrival(world, note);
      const { bytes } = await settled(world, fetching(exact, note.bytes.length));
      assert.equal(bytes.byteLength, note.bytes.length);
      await refuses(world, exact, fetching(exact, note.bytes.length - 1), "CLAWD_FILE_TOO_LARGE");
    },
  },
  {
    id: "file-lies",
    promise: "a file that is larger than the network said is cut off while it streams",
    async run(world) {
      const bytes = new Uint8Array(300_000).fill(65);
      const came = await arrival(world, { ...note, bytes, claimedSize: 10 });
      await refuses(world, came, fetching(came, 1000), "CLAWD_FILE_TOO_LARGE");
      // One that is taken whole before it is looked at would never end.
      const endless = await arrival(world, { ...note, bytes, claimedSize: 10, isEndless: true }, "", came);
      await refuses(world, endless, fetching(endless, 1000), "CLAWD_FILE_TOO_LARGE");
    },
  },
  {
    id: "file-foreign",
    promise: "a reference that is none of the network's is refused, and nobody is asked",
    async run(world) {
      const came = await arrival(world, note);
      await withListener(async ({ address, contacts }) => {
        for (const reference of foreign(address)) {
          const attachment = { reference };
          await refuses(world, { attachment }, fetching({ ...came, attachment }, plenty));
        }
        assert.equal(contacts(), 0, "no address of a reference is contacted");
      });
      assert.equal(world.harness.downloads() ?? 0, 0, "no file of the network is downloaded for it");
    },
  },
  {
    id: "file-redirect",
    promise: "only the network's own hosts are contacted, wherever an answer of it leads",
    async run(world) {
      const came = await arrival(world, note);
      await withListener(async ({ address, contacts }) => {
        for (const to of [`${address}/elsewhere`, `//${new URL(address).host}/elsewhere`]) {
          await world.disturb({ kind: "redirect-download", to });
          await refuses(world, came, fetching(came, plenty));
        }
        assert.equal(contacts(), 0, "the address that the network named is not contacted");
      });
      const { bytes } = await settled(world, fetching(came, plenty));
      assert.equal(bytes.byteLength, note.bytes.length, "afterwards the file can be fetched");
    },
  },
  {
    id: "file-abort",
    promise: "a download ends with its signal, and with the connection",
    async run(world) {
      const came = await arrival(world, note);
      await refuses(world, came, fetching(came, plenty, AbortSignal.abort()));
      assert.equal(world.harness.downloads() ?? 0, 0, "what was given up before is not begun");
      await world.disturb({ kind: "stop-download", how: "hang" });
      const abort = new AbortController();
      const given = refuses(world, came, fetching(came, plenty, abort.signal));
      await world.settle();
      abort.abort();
      await given;
      await world.disturb({ kind: "stop-download", how: "hang" });
      const cut = refuses(world, came, fetching(came, plenty));
      await world.settle();
      await came.connection.stop();
      await cut;
    },
  },
  {
    id: "file-broken",
    promise: "a download that breaks off or falls silent fails, and is never half a file",
    async run(world) {
      const came = await arrival(world, note);
      for (const how of ["cut", "hang"] as const) {
        await world.disturb({ kind: "stop-download", how });
        await refuses(world, came, fetching(came, plenty), "CLAWD_FILE_UNREACHABLE");
      }
      await world.disturb({ kind: "down" });
      await refuses(world, came, fetching(came, plenty), "CLAWD_FILE_UNREACHABLE");
    },
  },
  {
    id: "file-not-started",
    promise:
      "fetching before the start fails with CLAWD_PROVIDER_NOT_STARTED, after the stop it fails as well",
    async run(world) {
      const came = await arrival(world, note);
      const early = { ...world.connect(), attachment: came.attachment };
      await refuses(world, early, fetching(early, plenty), "CLAWD_PROVIDER_NOT_STARTED");
      await came.connection.stop();
      await refuses(world, came, fetching(came, plenty));
      assert.equal(world.harness.downloads() ?? 0, 0);
    },
  },
];

interface Came {
  readonly connection: ProviderConnection;
  readonly ports: FakePorts;
  readonly attachment: Pick<Attachment, "reference">;
}

/** A file that a person sent, as the event announced it. */
async function arrival(
  world: World,
  file: SentFile,
  text = "",
  over?: Pick<Came, "connection" | "ports">,
): Promise<Came & { readonly attachment: Attachment; readonly text: string }> {
  const { connection, ports } = over ?? (await world.connected());
  const count = ports.events.length;
  await world.deliver({ file, text });
  const [event] = await world.events(ports, 1, count);
  const [attachment, ...others] = event!.attachments;
  assert.ok(attachment !== undefined && others.length === 0, "the event has one attachment");
  assert.ok(["image", "audio", "video", "document"].includes(attachment.kind), "kind is one of four");
  assert.ok(attachment.reference !== "", "reference is not empty");
  return { connection, ports, attachment, text: event!.text };
}

/** What is asked for without a signal of its own ends with the connection. */
function fetching(
  { connection, attachment }: Omit<Came, "ports">,
  maxBytes: number,
  signal = new AbortController().signal,
): Promise<FetchedFile> {
  const begun = connection.fetch?.(attachment.reference, { maxBytes }, signal);
  assert.ok(begun, "The connection has fetch().");
  return begun;
}

async function refuses(
  world: World,
  { attachment }: Pick<Came, "attachment">,
  promise: Promise<unknown>,
  code?: string,
): Promise<void> {
  const error = await settled(world, world.failure(promise));
  assert.ok(isClawdError(error), `It fails with a ClawdError, not with ${String(error)}.`);
  assert.match(error.code, /^CLAWD_(?:FILE_[A-Z_]+|PROVIDER_(?:NOT_STARTED|STOPPED))$/);
  if (code !== undefined) assert.equal(error.code, code);
  const said = world.everythingSaid();
  for (const secret of [...world.harness.secrets, attachment.reference]) {
    assert.ok(secret === "" || !said.includes(secret), "no token, address or reference is said");
  }
}

/** What a hostile message could name. */
function foreign(address: string): readonly string[] {
  const { host } = new URL(address);
  return [
    `${address}/a`,
    `//${host}/a`,
    `http:${host}/a`,
    `https://${host}/a`,
    "file:///etc/passwd",
    "/etc/passwd",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    `x@${host}/`,
    `a?b=${address}`,
    "a\r\nhost: evil.example",
    "a\0b",
    "\u{1f99e}",
    "unknown-file",
    "x".repeat(100_000),
    "",
  ];
}

/** A server that is nobody's network, for the time of `body`. */
async function withListener(
  body: (listener: { readonly address: string; readonly contacts: () => number }) => Promise<void>,
): Promise<void> {
  let contacts = 0;
  const server = createServer((_request, response) => response.end("not yours"));
  server.on("connection", () => (contacts += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await body({ address: `http://127.0.0.1:${port}`, contacts: () => contacts });
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
