import { ClawdError } from "@clawd/kernel";
import { describe, expect, test } from "vitest";
import type { OutboundFile } from "./file.ts";
import { readAtMost } from "./read-at-most.ts";
import { maxFiles, readFiles } from "./read-files.ts";

const limits = { send: true, maxBytes: 4 };

function aFile(size = 3): OutboundFile {
  return { name: "a.bin", mimeType: "x/y", bytes: async () => new Uint8Array(size).fill(7) };
}

describe("files of a message", () => {
  test("are read in their order, up to the limit itself", async () => {
    const files = [aFile(1), aFile(4)];
    expect((await readFiles(files, limits)).map(({ bytes }) => bytes.length)).toEqual([1, 4]);
    expect(await readFiles(undefined, limits)).toEqual([]);
  });

  test.each([
    ["one byte too many", [aFile(), aFile(5)], limits, "CLAWD_FILE_TOO_LARGE"],
    ["nothing in it", [aFile(0)], limits, "CLAWD_FILE_EMPTY"],
    ["too many", Array.from({ length: maxFiles + 1 }, () => aFile()), limits, "CLAWD_FILE_COUNT"],
    ["none can be sent", [aFile()], { send: false, maxBytes: 4 }, "CLAWD_FILE_COUNT"],
  ])("are refused for good: %s", async (_what, files, given, code) => {
    await expect(readFiles(files, given)).rejects.toMatchObject({ code, outcome: "rejected" });
  });

  test("that cannot be read now are tried again, and the reason is not repeated", async () => {
    const bytes = () => Promise.reject(new Error("ENOENT: /home/ada/secret"));
    const error: unknown = await readFiles([{ ...aFile(), bytes }], limits).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "CLAWD_FILE_UNREADABLE", outcome: "not-sent" });
    expect(error).not.toHaveProperty("cause");
    expect(JSON.stringify([String(error), error])).not.toContain("ada");
    const known = new ClawdError("CLAWD_X", "It is gone.", { hint: "Write it again." });
    const lost = readFiles([{ ...aFile(), bytes: () => Promise.reject(known) }], limits);
    await expect(lost).rejects.toMatchObject({ hint: "Write it again." });
  });
});

describe("a body that is read to a limit", () => {
  async function* chunks(sizes: Iterable<number>, closed: () => void) {
    try {
      for (const size of sizes) yield new Uint8Array(size).fill(1);
    } finally {
      closed();
    }
  }
  function* forEver() {
    for (;;) yield 100;
  }

  test("is whole when it is not longer than that", async () => {
    expect(
      await readAtMost(
        chunks([2, 0, 3], () => {}),
        5,
      ),
    ).toEqual(new Uint8Array(5).fill(1));
    expect(
      await readAtMost(
        chunks([], () => {}),
        0,
      ),
    ).toEqual(new Uint8Array());
  });

  test("is closed at the first byte too many, also when it would never end", async () => {
    let isClosed = false;
    const reading = readAtMost(
      chunks(forEver(), () => void (isClosed = true)),
      1000,
    );
    await expect(reading).rejects.toMatchObject({ code: "CLAWD_FILE_TOO_LARGE" });
    expect(isClosed).toBe(true);
  });
});
