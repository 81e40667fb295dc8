import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import type { PlannedFailure, SentFile } from "@clawd/emulators/telegram";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { advanceUntil, bench, type Bench } from "../test/harness.ts";

const text = "0123456789";
const plenty = { maxBytes: 50_000_000 };

async function started(): Promise<Bench> {
  const set = await bench();
  await set.connection.start();
  return set;
}

/** Ada sends a document; what it is fetched by. */
async function sentBy(set: Bench, file: Partial<SentFile> = {}): Promise<string> {
  const count = set.ports.events.length;
  set.control.say({ from: set.ada, document: { base64: Buffer.from(text).toString("base64"), ...file } });
  await set.ports.until(() => set.ports.events.length > count);
  return set.ports.events.at(-1)!.attachments[0]!.reference;
}

const fetching = ({ connection }: Bench, reference: string, signal = new AbortController().signal) =>
  connection.fetch!(reference, plenty, signal);

/** The code that it fails with, while time goes on. */
async function codeOf(set: Bench, promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown;
  promise.then(
    () => (outcome = "fetched"),
    (error: unknown) => (outcome = error),
  );
  await advanceUntil(set.ports.clock, 1000, () => outcome !== undefined);
  const said = inspect(outcome, { depth: 20, showHidden: true });
  expect(said).not.toContain(set.emulator.token.split(":")[1]!);
  return (outcome as { readonly code?: unknown }).code ?? outcome;
}

const downloads = ({ control }: Bench) =>
  control.calls.filter(({ method }) => method === "file").map(({ parameters }) => parameters["path"]);

test("a file is found by its id and downloaded from the API's own root", async () => {
  const set = await started();
  const reference = await sentBy(set, { name: "a.txt" });
  const { bytes } = await fetching(set, reference);
  expect(Buffer.from(bytes).toString()).toBe(text);
  expect(downloads(set)).toEqual([expect.stringMatching(/^documents\/file_\d+\.txt$/)]);
});

describe("a path that leads elsewhere is not asked for", () => {
  test.each([
    "../../etc/passwd",
    "documents/../../secret",
    "documents/..%2f..%2fsecret",
    "documents/%2e%2e/secret",
    "/var/lib/telegram-bot-api/file.txt",
    "//evil.example/file",
    "http://evil.example/file",
    "documents\\..\\secret",
    "documents//file",
    "documents/.hidden",
    "documents/file?x=1",
    "documents/file#x",
    "documents/file\r\nHost: evil.example",
    "documents/file\0.txt",
    "documents/@evil.example",
    "",
    "a/".repeat(20) + "file",
    "x".repeat(5000),
  ])("%j", async (filePath) => {
    const set = await started();
    const reference = await sentBy(set);
    set.control.failNext({ method: "getFile", filePath });
    expect(await codeOf(set, fetching(set, reference))).toBe("CLAWD_FILE_UNREACHABLE");
    expect(downloads(set)).toEqual([]);
  });

  test("whatever it is: one that is asked for stays below the root", async () => {
    const set = await started();
    const reference = await sentBy(set);
    const segment = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom("..", ".", "%2e%2e", "a b", "ä", "\u2215", "\uff0f", "."),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { maxLength: 4 }), async (segments) => {
        set.control.failNext({ method: "getFile", filePath: segments.join("/") });
        const count = downloads(set).length;
        await codeOf(set, fetching(set, reference));
        for (const path of downloads(set).slice(count)) expect(path).toBe(segments.join("/"));
      }),
      { numRuns: 60 },
    );
  });
});

test("a redirection is not followed", async () => {
  const set = await started();
  const reference = await sentBy(set);
  let contacts = 0;
  const server = createServer((_request, response) => response.end("not yours"));
  server.on("connection", () => (contacts += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  set.control.failNext({ method: "file", location });
  expect(await codeOf(set, fetching(set, reference))).toBe("CLAWD_FILE_UNREACHABLE");
  expect(contacts).toBe(0);
});

describe("a file that is too large", () => {
  test("for bots is refused without a download", async () => {
    const set = await started();
    const reference = await sentBy(set, { claimedSize: 21 * 1024 * 1024 });
    expect(await codeOf(set, fetching(set, reference))).toBe("CLAWD_FILE_TOO_LARGE");
    expect(downloads(set)).toEqual([]);
  });

  test("for whoever asks is refused without a download, when Telegram knows", async () => {
    const set = await started();
    const reference = await sentBy(set);
    const { signal } = new AbortController();
    const asking = set.connection.fetch!(reference, { maxBytes: 9 }, signal);
    expect(await codeOf(set, asking)).toBe("CLAWD_FILE_TOO_LARGE");
    expect(downloads(set)).toEqual([]);
  });

  test("and says that it is not is cut off, though it never ends", async () => {
    const set = await started();
    const base64 = Buffer.alloc(100_000, 1).toString("base64");
    const reference = await sentBy(set, { base64, claimedSize: 10, isEndless: true });
    // Time stands still: only its size can end it.
    await expect(fetching(set, reference)).rejects.toMatchObject({ code: "CLAWD_FILE_TOO_LARGE" });
  });
});

describe("a server that does not say how long its answer is", () => {
  const me = { id: 1, is_bot: true, first_name: "x", username: "x_bot", can_read_all_group_messages: true };

  /** @param announced what getFile says */
  async function fetched(announced: number | undefined, length: number, maxBytes: number): Promise<unknown> {
    const results: Readonly<Record<string, unknown>> = {
      getMe: me,
      getUpdates: [],
      getFile: { file_id: "f", file_path: "documents/a", file_size: announced },
    };
    const server = createServer((request, response) => {
      const method = request.url!.slice(request.url!.lastIndexOf("/") + 1);
      if (Object.hasOwn(results, method)) response.end(JSON.stringify({ ok: true, result: results[method] }));
      // Written in two, so that it is sent in pieces and without a length.
      else response.write(Buffer.alloc(1), () => response.end(Buffer.alloc(length - 1)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { connection } = await bench({
      apiRoot: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await connection.start();
    return connection.fetch!("f", { maxBytes }, new AbortController().signal).then(
      ({ bytes }) => bytes.length,
      (error: unknown) => (error as { readonly code: string }).code,
    );
  }

  test("gives a file up to the limit, and not by a byte more", async () => {
    expect(await fetched(undefined, 1000, 1000)).toBe(1000);
    expect(await fetched(undefined, 1001, 1000)).toBe("CLAWD_FILE_TOO_LARGE");
    expect(await fetched(10, 1001, 1000)).toBe("CLAWD_FILE_TOO_LARGE");
  });

  test("and gives less than was announced has broken off", async () => {
    expect(await fetched(1000, 999, 2000)).toBe("CLAWD_FILE_UNREACHABLE");
  });
});

test.each<[PlannedFailure, string]>([
  [{ method: "getFile", status: 400, description: "Bad Request: wrong file_id" }, "CLAWD_FILE_GONE"],
  [{ method: "getFile", status: 400, description: "Bad Request: file is too big" }, "CLAWD_FILE_TOO_LARGE"],
  [{ method: "getFile", status: 429, retryAfter: 500 }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "getFile", status: 401 }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "getFile", status: 502 }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "getFile", cutSocket: true }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "getFile", hang: true }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "file", status: 404 }, "CLAWD_FILE_GONE"],
  [{ method: "file", status: 500 }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "file", cutSocket: true }, "CLAWD_FILE_UNREACHABLE"],
  [{ method: "file", hang: true }, "CLAWD_FILE_UNREACHABLE"],
])("%j ends in %s", async (failure, code) => {
  const set = await started();
  const reference = await sentBy(set);
  set.control.failNext(failure);
  expect(await codeOf(set, fetching(set, reference))).toBe(code);
  expect(await codeOf(set, fetching(set, reference))).toBe("fetched");
});

test.each(["", "../x", "a/b", "http://evil.example/x", "a b", "a\n", "x".repeat(257), "ä", "a%2fb"])(
  "the reference %j is asked nobody about",
  async (reference) => {
    const set = await started();
    expect(await codeOf(set, fetching(set, reference))).toBe("CLAWD_FILE_FOREIGN");
    expect(set.control.calls.map(({ method }) => method)).toEqual(["getMe"]);
  },
);
