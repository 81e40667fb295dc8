import { fakeClock } from "@clawd/kernel/testing";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aDirectory } from "../test/builders.ts";
import { openMedia } from "./media.ts";

const day = 86_400_000;

function aMedia(options: { readonly maxBytes?: number } = {}) {
  const directory = join(aDirectory(), "media");
  const clock = fakeClock();
  return { directory, clock, media: openMedia({ directory, clock, ...options }) };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");
const nothingNamed = () => false;

test("keeps bytes under their digest, the same ones once, private whatever the umask", async () => {
  const { media, directory } = aMedia();
  const umask = process.umask(0);
  try {
    expect(await media.keep(bytes("one"))).toBe(digestOf("one"));
    expect(await Promise.all([media.keep(bytes("one")), media.keep(bytes("two"))])).toEqual([
      digestOf("one"),
      digestOf("two"),
    ]);
  } finally {
    process.umask(umask);
  }
  expect(readdirSync(directory).sort()).toEqual([digestOf("one"), digestOf("two")].sort());
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, digestOf("one"))).mode & 0o777).toBe(0o600);
  expect(Buffer.from(await media.read(digestOf("one"))).toString()).toBe("one");
});

describe("what is read", () => {
  test.each([
    ["nothing is there", () => {}],
    ["the bytes were changed", (path: string) => writeFileSync(path, "other")],
    ["the file was cut off", (path: string) => writeFileSync(path, "")],
    ["a directory is there", (path: string) => (rmSync(path, { force: true }), mkdirSync(path))],
    ["a link is there", (path: string) => (rmSync(path, { force: true }), symlinkSync("../canary", path))],
  ])("is nothing where %s", async (what, arrange) => {
    const { media, directory } = aMedia();
    if (what !== "nothing is there") await media.keep(bytes("one"));
    writeFileSync(join(directory, "..", "canary"), "one");
    arrange(join(directory, digestOf("one")));
    await expect(media.read(digestOf("one"))).rejects.toMatchObject({ code: "CLAWD_MEDIA_MISSING" });
  });

  test.each(["", "../canary", "/etc/passwd", `${"0".repeat(63)}/`, "a\0b"])(
    "is nothing for %j, which is no digest",
    async (name) => {
      const { media } = aMedia();
      await media.keep(bytes("one"));
      await expect(media.read(name)).rejects.toMatchObject({ code: "CLAWD_MEDIA_MISSING" });
    },
  );
});

test("a file that was damaged is made whole when the same bytes are kept again", async () => {
  const { media, directory } = aMedia();
  await media.keep(bytes("one"));
  writeFileSync(join(directory, digestOf("one")), "two");
  await media.keep(bytes("one"));
  expect(Buffer.from(await media.read(digestOf("one"))).toString()).toBe("one");
});

test("a link in the place of a file is replaced, and what it leads to is left alone", async () => {
  const { media, directory } = aMedia();
  await media.keep(bytes("two"));
  const victim = join(directory, "..", "victim");
  writeFileSync(victim, "mine");
  symlinkSync(victim, join(directory, digestOf("one")));
  await media.keep(bytes("one"));
  expect(readFileSync(victim, "utf8")).toBe("mine");
  expect(Buffer.from(await media.read(digestOf("one"))).toString()).toBe("one");
});

test("a link in the place of the directory is refused", async () => {
  const { media, directory } = aMedia();
  const elsewhere = join(directory, "..", "elsewhere");
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, directory);
  await expect(media.keep(bytes("one"))).rejects.toMatchObject({ code: "CLAWD_FILE_WRITE" });
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("a flood does not fill the disk: beyond the bound nothing more is kept", async () => {
  const { media, directory } = aMedia({ maxBytes: 10_000 });
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => media.keep(randomBytes(1000))));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  const refused = outcomes.filter((one) => one.status === "rejected");
  expect(new Set(refused.map(({ reason }) => (reason as { code: string }).code))).toEqual(
    new Set(["CLAWD_MEDIA_FULL"]),
  );
  expect(readdirSync(directory)).toHaveLength(10);
});

describe("a sweep", () => {
  test("removes what nothing names and is old, and nothing else", async () => {
    const { media, directory, clock } = aMedia();
    await media.keep(bytes("named"));
    await media.keep(bytes("old"));
    await media.keep(bytes("again"));
    await clock.advance(2 * day);
    await media.keep(bytes("new"));
    await media.keep(bytes("again"));
    writeFileSync(join(directory, "README"), "somebody's");
    await media.sweep({ isNamed: (digest) => digest === digestOf("named"), before: clock.now() - day });
    expect(readdirSync(directory).sort()).toEqual(
      [digestOf("named"), digestOf("new"), digestOf("again"), "README"].sort(),
    );
  });

  test("removes what a crash left half-written", async () => {
    const { media, directory, clock } = aMedia();
    await media.keep(bytes("one"));
    writeFileSync(join(directory, `${digestOf("two")}.12.tmp`), "tw");
    await media.sweep({ isNamed: nothingNamed, before: clock.now() - day });
    expect(readdirSync(directory)).toEqual([digestOf("one")]);
  });

  test("of a directory that is not there is none", async () => {
    const { media, directory } = aMedia();
    await media.sweep({ isNamed: nothingNamed, before: 0 });
    expect(existsSync(directory)).toBe(false);
  });
});
