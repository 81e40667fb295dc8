/** Files over the page's routes: what may go up, what comes down, and what a message may name. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@clawd/kernel/testing";
import type { OutboundFile } from "@clawd/provider-kit";
import { fakePorts } from "@clawd/provider-kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { webchat } from "../src/index.ts";

const authorization = "Bearer test-token";
const png = Buffer.from("89504e470d0a1a0a0102", "hex");
const megabyte = 1024 * 1024;

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "webchat-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function aChat(directory = aFolder()) {
  const clock = fakeClock();
  const ports = { ...fakePorts({ clock }), directory };
  const connection = webchat.connect({}, ports);
  onTestFinished(() => connection.stop());
  await connection.start();
  const json = { authorization, "content-type": "application/json" };
  const begin = (announced: unknown, headers: Record<string, string> = json) =>
    ports.request("/webchat/files", { method: "POST", headers, body: JSON.stringify(announced) });
  const put = (id: string, at: number | string, body: Uint8Array, type = "application/octet-stream") =>
    ports.request(`/webchat/files/${id}?at=${at}`, {
      method: "PUT",
      headers: { authorization, "content-type": type },
      body: new Uint8Array(body),
    });
  const get = (id: string) => ports.request(`/webchat/files/${id}`, { headers: { authorization } });
  const post = (message: unknown) =>
    ports.request("/webchat/message", { method: "POST", headers: json, body: JSON.stringify(message) });
  const upload = async (bytes: Uint8Array, name = "a.txt", type = "text/plain") => {
    const { id } = (await (await begin({ name, type, size: bytes.length })).json()) as { id: string };
    await put(id, 0, bytes);
    return id;
  };
  const send = (text: string, ...files: readonly OutboundFile[]) => {
    const chat = { kind: "dm", id: "operator", thread: null } as const;
    return connection.send({ deliveryId: text, chat, text, replyToMessageId: null, files });
  };
  const fetchFile = (reference: string, maxBytes = megabyte, signal = new AbortController().signal) =>
    connection.fetch!(reference, { maxBytes }, signal);
  return { clock, ports, connection, directory, begin, put, get, post, upload, send, fetchFile };
}

const aFile = (bytes: Uint8Array, name = "a.bin", mimeType = "x/y"): OutboundFile => ({
  name,
  mimeType,
  bytes: async () => bytes,
});

describe("an upload", () => {
  test("is begun, sent in parts, and named by a message", async () => {
    const { ports, begin, put, post, fetchFile } = await aChat();
    const begun = await begin({ name: "notes.txt", type: "text/plain; charset=utf-8", size: 5 });
    expect(begun.status).toBe(201);
    const { id } = (await begun.json()) as { id: string };
    expect(await (await put(id, 0, Buffer.from("abc"))).json()).toEqual({ received: 3, size: 5 });
    expect((await post({ id: "m1", text: "", files: [id] })).status).toBe(410);
    expect(await (await put(id, 3, Buffer.from("de"))).json()).toEqual({ received: 5, size: 5 });
    expect((await post({ id: "m1", text: "", files: [id] })).status).toBe(200);
    const facts = { kind: "document", reference: id, name: "notes.txt", mimeType: "text/plain", size: 5 };
    expect(ports.events).toMatchObject([{ text: "", attachments: [facts] }]);
    expect(Buffer.from((await fetchFile(id)).bytes).toString()).toBe("abcde");
  });

  test("whose part comes again is told where to go on, and is not written twice", async () => {
    const { begin, put, fetchFile } = await aChat();
    const { id } = (await (await begin({ name: "a", type: "", size: 4 })).json()) as { id: string };
    await put(id, 0, Buffer.from("ab"));
    const again = await put(id, 0, Buffer.from("ab"));
    expect([again.status, await again.json()]).toEqual([409, { received: 2, size: 4 }]);
    await put(id, 2, Buffer.from("cd"));
    const last = await put(id, 2, Buffer.from("cd"));
    expect(Buffer.from((await fetchFile(id)).bytes).toString()).toBe("abcd");
    expect(last.status).toBe(404);
  });

  test.each([
    [{ name: "a", type: "", size: 20 * megabyte + 1 }, 413, "Send at most 20 MB."],
    [{ name: "a", type: "", size: 0 }, 400, "Send JSON: name, type and size, and nothing else."],
    [{ name: "a", type: "", size: -1 }, 400, expect.any(String)],
    [{ name: "a", type: "", size: 1.5 }, 400, expect.any(String)],
    [{ name: "a", type: "", size: "1" }, 400, expect.any(String)],
    [{ name: "", type: "", size: 1 }, 400, expect.any(String)],
    [{ name: "a".repeat(256), type: "", size: 1 }, 400, expect.any(String)],
    [{ name: "a", size: 1 }, 400, expect.any(String)],
    [{ name: "a", type: "", size: 1, path: "/etc/passwd" }, 400, expect.any(String)],
    [null, 400, expect.any(String)],
    [[], 400, expect.any(String)],
  ])("announced by %j is refused, and says what is right", async (announced, status, hint) => {
    const { begin, directory } = await aChat();
    const response = await begin(announced);
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ hint })]);
    expect(readdirSync(join(directory, "uploads"))).toEqual([]);
  });

  test.each([
    ["more than was announced", 0, 3, 409],
    ["a place that is none", "-1", 1, 400],
    ["a place far away", 1e15, 1, 409],
    ["an overlong place", "1e3", 1, 400],
    ["nothing", 0, 0, 409],
  ])("takes no part that is wrong: %s", async (_what, at, size, status) => {
    const { begin, put } = await aChat();
    const { id } = (await (await begin({ name: "a", type: "", size: 2 })).json()) as { id: string };
    expect((await put(id, at, new Uint8Array(size))).status).toBe(status);
  });

  test("needs the token, and a type that no form of another site can send", async () => {
    const { ports, begin, put } = await aChat();
    expect((await begin({ name: "a", type: "", size: 1 }, {})).status).toBe(401);
    expect((await ports.request("/webchat/files/x")).status).toBe(401);
    const { id } = (await (await begin({ name: "a", type: "", size: 1 })).json()) as { id: string };
    for (const type of ["text/plain", "multipart/form-data; boundary=x"]) {
      expect((await put(id, 0, Buffer.from("x"), type)).status).toBe(415);
    }
  });

  test.each(["..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "0".repeat(31), "__proto__"])(
    "is not found by the name %j, whatever lies there",
    async (name) => {
      const { directory, get, put } = await aChat();
      writeFileSync(join(directory, "secret"), "secret");
      for (const response of [await get(name), await put(name, 0, Buffer.from("x"))]) {
        expect([404, 405]).toContain(response.status);
      }
    },
  );

  test("is kept over a restart, for an event that waits, but not for a new message", async () => {
    const one = await aChat();
    const id = await one.upload(Buffer.from("kept"));
    await one.post({ id: "m1", text: "x", files: [id] });
    await one.connection.stop();
    const next = await aChat(one.directory);
    expect(Buffer.from((await next.fetchFile(id)).bytes).toString()).toBe("kept");
    const late = await next.post({ id: "m2", text: "x", files: [id] });
    expect([late.status, await late.json()]).toEqual([
      410,
      { message: "A file is not there any more.", hint: "The gateway was restarted since: attach it again." },
    ]);
    expect(next.ports.events).toEqual([]);
  });

  test("goes when it is a week old", async () => {
    const { clock, upload, get, fetchFile } = await aChat();
    const id = await upload(Buffer.from("x"));
    await clock.advance(6 * 24 * 60 * 60 * 1000);
    expect((await get(id)).status).toBe(200);
    await clock.advance(25 * 60 * 60 * 1000);
    await expect.poll(async () => (await get(id)).status).toBe(404);
    await expect(fetchFile(id)).rejects.toMatchObject({ code: "CLAWD_FILE_GONE" });
  });
});

describe("a file that is asked for", () => {
  test("is given by a page's own upload only, not by an answer of the agent", async () => {
    const { send, fetchFile, directory } = await aChat();
    await send("here", aFile(Buffer.from("x")));
    const [id] = readdirSync(join(directory, "answers"));
    await expect(fetchFile(id!)).rejects.toMatchObject({ code: "CLAWD_FILE_GONE" });
  });

  test("is refused above the limit, and once it is given up", async () => {
    const { upload, fetchFile } = await aChat();
    const id = await upload(Buffer.from("12345"));
    await expect(fetchFile(id, 4)).rejects.toMatchObject({ code: "CLAWD_FILE_TOO_LARGE" });
    await expect(fetchFile(id, 9, AbortSignal.abort())).rejects.toMatchObject({
      code: "CLAWD_FILE_WITHDRAWN",
    });
  });

  test("and was changed on the disk is not believed", async () => {
    const { upload, fetchFile, directory } = await aChat();
    const id = await upload(Buffer.from("12345"));
    writeFileSync(join(directory, "uploads", id), "1234567890");
    await expect(fetchFile(id)).rejects.toMatchObject({ code: "CLAWD_FILE_UNREACHABLE" });
  });
});

describe("a file that goes down", () => {
  test.each([
    ["<script>alert(1)</script>", "application/octet-stream"],
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "application/octet-stream"],
    ["%PDF-1.7", "application/octet-stream"],
    [png, "image/png"],
    [Buffer.concat([png, Buffer.from("<script>alert(1)</script>")]), "image/png"],
  ])("is bytes to every browser, or a picture by its bytes: %j", async (content, type) => {
    const { send, get, directory } = await aChat();
    await send("here", aFile(Buffer.from(content), "page.html", "text/html"));
    const { headers, status } = await get(readdirSync(join(directory, "answers"))[0]!);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": type,
      "content-disposition": "attachment",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
  });

  test("is announced with its message, in its order, once", async () => {
    const { ports, send } = await aChat();
    await Promise.all([
      send("first", aFile(png, "a\u202eb.png"), aFile(Buffer.from("x"))),
      send("second"),
      send("first"),
    ]);
    const response = await ports.request("/webchat/events", { headers: { authorization } });
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const lines = new TextDecoder().decode(value).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: "hello", files: { maxBytes: 20 * megabyte, maxFiles: 10 } },
      {
        text: "first",
        files: [
          { name: "ab.png", size: 10, image: "image/png" },
          { name: "a.bin", size: 1, image: null },
        ],
      },
      { text: "second" },
    ]);
  });

  test("that cannot be kept fails its message, which is tried again", async () => {
    const { directory, send } = await aChat();
    rmSync(join(directory, "answers"), { recursive: true });
    await expect(send("here", aFile(png))).rejects.toMatchObject({
      code: "CLAWD_WEBCHAT_DISK",
      outcome: "not-sent",
    });
  });
});

test("an agent that sends many files does not push out what people sent", async () => {
  const { upload, send, fetchFile } = await aChat();
  const id = await upload(Buffer.from("mine"));
  for (let count = 0; count < 52; count += 1) {
    await send(`m${count}`, ...Array.from({ length: 10 }, () => aFile(Buffer.from("x"))));
  }
  expect(Buffer.from((await fetchFile(id)).bytes).toString()).toBe("mine");
});

test("without a folder of its own, nothing is left after the stop", async () => {
  const ports = fakePorts();
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith("webchat-")).length;
  const connection = webchat.connect({}, ports);
  await connection.start();
  await connection.stop();
  await connection.start();
  await connection.stop();
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("webchat-")).length).toBeLessThanOrEqual(
    before,
  );
});
