import { InputFile } from "grammy";
import { expect, test } from "vitest";
import { ada, aTelegram, refusalOf } from "../../test/a-telegram.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a person's document is described, found and downloaded", async () => {
  const { telegram, control, api } = await aTelegram();
  const document = { base64: base64("a,b\n1,2\n"), name: "table.csv", mimeType: "text/csv" };
  control.say({ from: ada, text: "look @clawd_test_bot", document });
  const [update] = await api.getUpdates();
  expect(update!.message).toMatchObject({
    caption: "look @clawd_test_bot",
    caption_entities: [{ type: "mention", offset: 5 }],
    document: { file_name: "table.csv", mime_type: "text/csv", file_size: 8 },
  });
  const file = await api.getFile(update!.message!.document!.file_id);
  const response = await fetch(`${telegram.url}/file/bot${telegram.token}/${file.file_path}`);
  expect(await response.text()).toBe("a,b\n1,2\n");
  expect((await fetch(`${telegram.url}/file/bot${telegram.token}/documents/other`)).status).toBe(404);
  expect((await fetch(`${telegram.url}/file/bot1:wrong/${file.file_path}`)).status).toBe(401);
});

test("photos and voice messages come in their own shapes", async () => {
  const { control } = await aTelegram();
  const photo = control.say({ from: ada, photo: { base64: base64("jpeg") }, album: "7" });
  expect(photo.message).toMatchObject({ photo: [{ width: 90, file_size: 4 }], media_group_id: "7" });
  const voice = control.say({
    from: ada,
    voice: { base64: base64("ogg"), duration: 3, mimeType: "audio/ogg" },
  });
  expect(voice.message).toMatchObject({ voice: { duration: 3, mime_type: "audio/ogg" } });
});

test("grammY uploads a document, and sends it again by its id", async () => {
  const { control, api } = await aTelegram();
  const upload = new InputFile(Buffer.from("hello"), "hello.txt");
  const sent = await api.sendDocument(ada, upload, { caption: "<b>Hi</b>", parse_mode: "HTML" });
  expect(sent).toMatchObject({ caption: "Hi", document: { file_name: "hello.txt", file_size: 5 } });
  const again = await api.sendDocument(ada, sent.document.file_id);
  expect(again.document).toEqual(sent.document);
  expect(control.sent.map(({ method }) => method)).toEqual(["sendDocument", "sendDocument"]);
  expect(await api.sendPhoto(ada, new InputFile(Buffer.from("jpeg")))).toMatchObject({
    photo: [{ file_size: 4 }],
  });
});

test("what is no file is refused", async () => {
  const { api } = await aTelegram();
  const refusal = async (call: Promise<unknown>) => (await refusalOf(call)).description;
  expect(await refusal(api.sendDocument(ada, "unknown-id"))).toBe(
    "Bad Request: wrong file identifier/HTTP URL specified",
  );
  expect(await refusal(api.sendDocument(ada, ""))).toBe("Bad Request: there is no document in the request");
  expect(await refusal(api.sendDocument(ada, new InputFile(new Uint8Array())))).toBe(
    "Bad Request: file must be non-empty",
  );
  expect(await refusal(api.getFile("unknown-id"))).toBe(
    "Bad Request: wrong file_id or the file is temporarily unavailable",
  );
  const long = { caption: "x".repeat(1025) };
  expect(await refusal(api.sendDocument(ada, new InputFile(Buffer.from("x")), long))).toBe(
    "Bad Request: message caption is too long",
  );
});

const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

test("an album comes into being whole, each message with its file and its caption", async () => {
  const { control, api } = await aTelegram({ picky: true });
  const photo = (caption: string) =>
    ({ type: "photo", media: new InputFile(picture, "a.png"), caption }) as const;
  const sent = await api.sendMediaGroup(ada, [photo("first"), photo("")]);
  expect(sent).toMatchObject([
    { caption: "first", photo: [{ file_size: 11 }] },
    { photo: [{ file_size: 11 }] },
  ]);
  expect(new Set(sent.map((one) => (one as { media_group_id?: string }).media_group_id)).size).toBe(1);
  expect(control.sent.map(({ method, text }) => [method, text])).toEqual([
    ["sendMediaGroup", "first"],
    ["sendMediaGroup", null],
  ]);
});

test("an album that cannot be one is refused, and nothing of it is sent", async () => {
  const { control, api } = await aTelegram({ picky: true });
  const upload = (bytes: Buffer = picture) => new InputFile(bytes, "a.png");
  const refusal = async (media: Parameters<typeof api.sendMediaGroup>[1]) =>
    (await refusalOf(api.sendMediaGroup(ada, media))).description;
  const photo = { type: "photo", media: upload() } as const;
  const document = { type: "document", media: upload() } as const;
  expect(await refusal([])).toBe("Bad Request: there are no messages to send");
  expect(await refusal(Array.from({ length: 11 }, () => photo))).toBe(
    "Bad Request: too many messages to send as an album",
  );
  expect(await refusal([photo, document] as never)).toBe(
    "Bad Request: document can't be mixed with other media types",
  );
  expect(await refusal([{ type: "voice", media: upload() } as never])).toBe(
    `Bad Request: can't parse InputMedia: type "voice" can't be used in sendMediaGroup`,
  );
  expect(await refusal([photo, { type: "photo", media: upload(Buffer.from("text")) }])).toBe(
    'Bad Request: failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
  );
  expect(control.sent).toEqual([]);
});

test("a photo has a largest size, and must be a picture where the server is picky", async () => {
  const { api } = await aTelegram({ picky: true });
  const refusal = async (bytes: Buffer) =>
    (await refusalOf(api.sendPhoto(ada, new InputFile(bytes, "a.png")))).description;
  const large = Buffer.concat([picture, Buffer.alloc(10 * 1024 * 1024)]);
  expect(await refusal(large)).toBe(
    `Bad Request: file of size ${large.length} bytes is too big for a photo; the maximum size is 10485760 bytes`,
  );
  expect(await refusal(Buffer.from("no picture"))).toBe("Bad Request: IMAGE_PROCESS_FAILED");
});

test("a photo comes in sizes, an animation as a document too", async () => {
  const { control } = await aTelegram();
  const sizes = [{ width: 10, size: 2 }];
  const { message } = control.say({ from: ada, photo: { base64: base64("jpeg"), sizes, claimedSize: 99 } });
  expect(message.photo).toMatchObject([
    { width: 10, file_size: 2 },
    { width: 90, file_size: 99 },
  ]);
  const animated = control.say({ from: ada, animation: { base64: base64("gif") } }).message;
  expect(animated.document).toEqual(animated.animation);
});

test("downloads go wrong on order, and each is a call", async () => {
  const { telegram, control, api } = await aTelegram();
  const { message } = control.say({ from: ada, document: { base64: base64("0123456789"), name: "a.txt" } });
  const { file_path: path } = await api.getFile(message.document!.file_id);
  const download = () => fetch(`${telegram.url}/file/bot${telegram.token}/${path}`, { redirect: "manual" });
  control.failNext({ method: "file", location: "http://127.0.0.1:1/elsewhere" });
  const moved = await download();
  expect([moved.status, moved.headers.get("location")]).toEqual([302, "http://127.0.0.1:1/elsewhere"]);
  control.failNext({ method: "file", cutSocket: true });
  await expect(download().then((response) => response.text())).rejects.toThrow(/terminated|fetch failed/);
  control.failNext({ method: "file", status: 500 });
  expect((await download()).status).toBe(500);
  expect(await (await download()).text()).toBe("0123456789");
  control.failNext({ method: "getFile", filePath: "../../etc/passwd" });
  expect(await api.getFile(message.document!.file_id)).toMatchObject({ file_path: "../../etc/passwd" });
  const downloads = control.calls.filter(({ method }) => method === "file");
  expect(downloads.map(({ status }) => status)).toEqual([302, null, 500, 200]);
});

test("a file can claim another size, and go on for ever", async () => {
  const { telegram, control, api } = await aTelegram();
  const document = { base64: base64("x".repeat(1000)), claimedSize: 10, isEndless: true };
  const { message } = control.say({ from: ada, document });
  expect(message.document!.file_size).toBe(10);
  const { file_path: path } = await api.getFile(message.document!.file_id);
  const { body } = await fetch(`${telegram.url}/file/bot${telegram.token}/${path}`);
  let size = 0;
  for await (const chunk of body!) if ((size += chunk.length) > 100_000) break;
  expect(size).toBeGreaterThan(100_000);
});
