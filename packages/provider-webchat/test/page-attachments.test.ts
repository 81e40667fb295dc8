/** What the page does with files before they are sent. */
import { describe, expect, test } from "vitest";
import { createAttachments, sizeText } from "../src/page/attachments.js";

const limits = { maxBytes: 1000, maxFiles: 2 };
const aFile = (name: string, size = 10) => new File([new Uint8Array(size)], name);

function someAttachments() {
  const uploads: {
    resolve: (id: string) => void;
    reject: (fault: Error) => void;
    signal: AbortSignal;
    onProgress: (bytes: number) => void;
    onTrouble: () => void;
  }[] = [];
  let changes = 0;
  const attachments = createAttachments({
    upload: (_file, options) =>
      new Promise((resolve, reject) => void uploads.push({ resolve, reject, ...options })),
    onChange: () => (changes += 1),
  });
  attachments.limit(limits);
  return { attachments, uploads, changes: () => changes };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("a file that is attached", () => {
  test("is uploaded at once, and goes with the message when it is there", async () => {
    const { attachments, uploads } = someAttachments();
    attachments.add([aFile("a"), aFile("b")]);
    expect(attachments.isWaiting()).toBe(true);
    uploads[0]!.onProgress(4);
    expect(attachments.list().map(({ sent, state }) => [sent, state])).toEqual([
      [4, "uploading"],
      [0, "uploading"],
    ]);
    for (const [index, { resolve }] of uploads.entries()) resolve(`id-${index}`);
    await settle();
    expect(attachments.isWaiting()).toBe(false);
    expect(attachments.take().map(({ id }) => id)).toEqual(["id-0", "id-1"]);
    expect(attachments.list()).toEqual([]);
  });

  test("and cannot be uploaded now says that it is tried again, until it goes on", async () => {
    const { attachments, uploads } = someAttachments();
    attachments.add([aFile("a")]);
    uploads[0]!.onTrouble();
    expect(attachments.list()).toMatchObject([
      { state: "uploading", problem: expect.stringMatching(/trying again/) },
    ]);
    uploads[0]!.onProgress(4);
    expect(attachments.list()).toMatchObject([{ problem: "" }]);
  });

  test("and removed is not uploaded any further, and its end is not heard of", async () => {
    const { attachments, uploads } = someAttachments();
    attachments.add([aFile("a")]);
    attachments.remove(attachments.list()[0]!.key);
    expect(uploads[0]!.signal.aborted).toBe(true);
    uploads[0]!.reject(new Error("It was given up."));
    await settle();
    expect([attachments.list(), attachments.problem(), attachments.isWaiting()]).toEqual([[], "", false]);
  });

  test("and not taken by the gateway says why, and holds the message back", async () => {
    const { attachments, uploads } = someAttachments();
    attachments.add([aFile("a")]);
    uploads[0]!.reject(new Error("Send at most 20 MB."));
    await settle();
    expect(attachments.list()).toMatchObject([{ state: "failed", problem: "Send at most 20 MB." }]);
    attachments.remind();
    expect(attachments.problem()).toMatch(/Take out/);
  });
});

describe("a file that is not taken", () => {
  test.each([
    [[aFile("large", 1001)], "large has 1001 bytes, and 1000 bytes is the most: send a part of it."],
    [[aFile("none", 0)], "none is empty, or a folder: choose files."],
    [[aFile("a"), aFile("b"), aFile("c"), aFile("d")], "One message takes 2 files: send these first."],
  ])("%# says what to do, before anything is uploaded", (files, problem) => {
    const { attachments, uploads } = someAttachments();
    attachments.add(files);
    expect(attachments.problem()).toBe(problem);
    expect(uploads.length).toBe(attachments.list().length);
  });

  test("because it is not known yet what the gateway takes", () => {
    const { attachments } = someAttachments();
    attachments.limit({ maxBytes: 0, maxFiles: 0 });
    attachments.add([aFile("a")]);
    expect(attachments.problem()).toMatch(/not connected yet/);
  });
});

test.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1 KB"],
  [1536, "1.5 KB"],
  [15 * 1024, "15 KB"],
  [1023 * 1024, "1 MB"],
  [20 * 1024 * 1024, "20 MB"],
])("%d bytes are %s", (bytes, text) => expect(sizeText(bytes)).toBe(text));
