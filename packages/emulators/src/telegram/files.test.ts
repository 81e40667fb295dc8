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
