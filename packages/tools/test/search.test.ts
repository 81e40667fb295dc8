import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@clawd/kernel";
import { find, grep, ls, type PlaceContext } from "@clawd/tools";
import type { SandboxReceipt } from "@clawd/sandbox";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => void (world = aWorld()));
afterEach(() => world.end());

const hasRipgrep = !spawnSync("rg", ["--version"]).error;

test("ls shows names in order with what they are, and cuts at the limit", async () => {
  for (const name of ["b", ".hidden", "dir/x", "a"]) world.file(name, "");
  expect((await world.call(ls, {})).text).toBe(".hidden\na\nb\ndir/");
  expect((await world.call(ls, { limit: 2 })).text).toBe(
    ".hidden\na\n\n[There are more than 2 entries: raise the limit, or use find.]",
  );
});

test("names that deceive are shown escaped", async () => {
  world.file("a\nb\u202e", "");
  expect((await world.call(ls, {})).text).toBe(JSON.stringify("a\nb\u202e"));
});

test("grep shows lines with their context", async () => {
  world.file("src/a.ts", "one\ntwo\nthree\nfour\nfive\n");
  expect((await world.call(grep, { pattern: "t(wo|hree)", context: 1 })).text).toBe(
    "src/a.ts-1- one\nsrc/a.ts:2: two\nsrc/a.ts:3: three\nsrc/a.ts-4- four",
  );
});

test("grep takes plain text, any letter case, globs, a path and a limit", async () => {
  world.file("a.ts", "x.y\nX.Y\nxzy\n");
  world.file("sub/b.md", "x.y\n");
  const found = async (input: object) => (await world.call(grep, { pattern: "x.y", ...input })).text;
  expect(await found({})).toBe("a.ts:1: x.y\na.ts:3: xzy\nsub/b.md:1: x.y");
  expect(await found({ literal: true })).toBe("a.ts:1: x.y\nsub/b.md:1: x.y");
  expect(await found({ ignoreCase: true, literal: true, glob: "*.ts" })).toBe("a.ts:1: x.y\na.ts:2: X.Y");
  expect(await found({ glob: "sub/**" })).toBe("sub/b.md:1: x.y");
  expect(await found({ path: "sub/b.md" })).toBe("sub/b.md:1: x.y");
  expect(await found({ limit: 1 })).toBe(
    "a.ts:1: x.y\n\n[1 matches are the limit: narrow the search, or raise it.]",
  );
});

test("a link that stays inside is searched when it is named, and not on the way", async () => {
  world.file("dir/a", "needle\n");
  symlinkSync("dir/a", `${world.workspace}/file-link`);
  symlinkSync("dir", `${world.workspace}/dir-link`);
  const found = async (path: string) => (await world.call(grep, { pattern: "needle", path })).text;
  expect([await found("."), await found("file-link"), await found("dir-link")]).toEqual([
    "dir/a:1: needle",
    "file-link:1: needle",
    "dir-link/a:1: needle",
  ]);
});

test("what .gitignore names is left out, wherever the search begins", async () => {
  world.file(".gitignore", "*.log\n/build/\n!keep.log\n");
  world.file("sub/.gitignore", "secret\n!debug.log\n");
  for (const path of [
    "a.log",
    "keep.log",
    "build/x",
    "sub/build/x",
    "sub/debug.log",
    "sub/secret",
    ".git/config",
    "b",
  ])
    world.file(path, "text");
  expect((await world.call(find, { pattern: "*" })).text).toBe(
    ".gitignore\nb\nkeep.log\nsub/\nsub/.gitignore\nsub/build/\nsub/build/x\nsub/debug.log",
  );
  expect((await world.call(find, { pattern: "*", path: "sub" })).text).toBe(
    "sub/.gitignore\nsub/build/\nsub/build/x\nsub/debug.log",
  );
  expect((await world.call(find, { pattern: "*", path: `${world.place.home}/sub/build` })).text).toBe(
    `${world.place.home}/sub/build/x`,
  );
});

test("git leaves out what find leaves out, for rules by chance", { timeout: 120_000 }, async () => {
  const name = fc.constantFrom("a", "b", "ab", "c.x", "d");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
  const rule = fc
    .tuple(
      fc.constantFrom("", "", "!", "/"),
      fc.array(fc.constantFrom("a", "b", "*", "?", "ab", "c.x", "**", "[ab]", "/", "*.x"), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.constantFrom("", "", "/"),
    )
    .map(([before, parts, after]) => before + parts.join("") + after)
    // What git makes of two slashes is an accident of how it compares.
    .filter((line) => !line.includes("//"));
  const rules = fc.array(rule, { maxLength: 4 }).map((all) => `${all.join("\n")}\n`);
  const property = fc.asyncProperty(
    fc.uniqueArray(path, { minLength: 1, maxLength: 8 }),
    rules,
    rules,
    async (paths, above, below) => {
      await world.end();
      world = aWorld();
      const files = paths.filter((each) => !paths.some((other) => other.startsWith(`${each}/`)));
      for (const each of files) world.file(each, "text");
      world.file(".gitignore", above);
      if (files.some((each) => each.startsWith("a/"))) world.file("a/.gitignore", below);
      const git = (...args: string[]) =>
        spawnSync("git", ["-C", world.workspace, ...args], { encoding: "utf8" }).stdout;
      git("init", "-q");
      const theirs = git("ls-files", "-co", "--exclude-standard").split("\n").filter(Boolean).sort();
      const { text } = await world.call(find, { pattern: "**" });
      const ours = text
        .split("\n")
        .filter((each) => each !== "" && !each.endsWith("/") && each !== "No files found")
        .sort();
      expect(ours, `${above}--\n${below}`).toEqual(theirs);
    },
  );
  await fc.assert(property, { numRuns: 80, seed: 1 });
});

/** The host's place, said to be a container, so that ripgrep is asked. */
function asSandbox(world: World): { more: Partial<PlaceContext>; asked: () => number } {
  const receipt: SandboxReceipt = {
    place: "sandbox",
    container: "c",
    image: "i",
    configuration: "x",
    isolation: "standard",
    path: "supervisor",
    transport: "socket",
  };
  let asked = 0;
  const start: typeof world.place.start = (request) => {
    if (request.argv[0] === "rg") asked++;
    return world.place.start(request);
  };
  return { more: { place: () => Promise.resolve({ ...world.place, receipt, start }) }, asked: () => asked };
}

test("T-I7: what begins with - is a pattern or a path, and never an option", async () => {
  const ran = join(world.outside, "ran");
  world.file("run", `#!/bin/sh\ntouch ${ran}\n`);
  chmodSync(join(world.workspace, "run"), 0o755);
  const program = `--pre=${join(world.workspace, "run")}`;
  // A directory whose name is the beginning of an option, and whose content is the rest of it.
  world.file(program, "x");
  const names = ["--pre=run", "-e", "--help", "--files", "-", "--", "-f x"];
  for (const each of names) world.file(`${each}/${each}`, `${each}\n`);
  const { more: sandbox, asked } = asSandbox(world);
  for (const each of names) {
    const shown = `${each}/${each}:1: ${each}`;
    for (const place of [{}, sandbox]) {
      const search = (input: object) => world.call(grep, { literal: true, ...input }, place);
      expect((await search({ pattern: each, path: each })).text).toContain(each);
      expect((await search({ pattern: each })).text).toContain(shown);
      expect((await world.call(find, { pattern: each, path: each }, place)).text).toContain(each);
      expect((await world.call(ls, { path: each }, place)).text).toBe(each);
    }
  }
  for (const place of [{}, sandbox]) await world.call(grep, { pattern: program }, place);
  expect(existsSync(ran)).toBe(false);
  if (hasRipgrep) expect(asked()).toBeGreaterThan(0);
});

test("with ripgrep and without it the same is found", { timeout: 120_000 }, async ({ skip }) => {
  if (!hasRipgrep) {
    expect(process.env["CI"], "ripgrep is needed for this test").toBeUndefined();
    skip("ripgrep is not here: what it finds was not compared");
  }
  const line = fc.string({ unit: fc.constantFrom("a", "b", "A", "é", " ", ".", "-", "\t"), maxLength: 8 });
  const contents = fc.array(
    fc.oneof(
      fc
        .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "\r\n"))
        .map(([lines, end]) => lines.join(end)),
      fc.constant("a\0b\n"),
      fc.constant("\ufeffab\n"),
    ),
    { minLength: 2, maxLength: 6 },
  );
  const pattern = fc.constantFrom(
    "a",
    "^a",
    "a$",
    "b.",
    "[^a]b",
    "(a|é)+ ",
    "\\bab?\\b",
    "\\w-",
    ".",
    "^$",
    "-",
    "é{2}",
    "(?i)É",
  );
  const property = fc.asyncProperty(
    contents,
    pattern,
    fc.record({ ignoreCase: fc.boolean(), literal: fc.boolean(), context: fc.integer({ min: 0, max: 2 }) }),
    async (texts, each, more) => {
      await world.end();
      world = aWorld();
      for (const [index, text] of texts.entries())
        world.file(index % 2 ? `-d/-f${index} x` : `f${index}`, text);
      const sandbox = asSandbox(world);
      const theirs = await world.call(grep, { pattern: each, ...more }, sandbox.more);
      expect(sandbox.asked()).toBe(1);
      expect(theirs.text).toBe((await world.call(grep, { pattern: each, ...more })).text);
    },
  );
  await fc.assert(property, { numRuns: 80 });
});

test("on the host ripgrep is not asked, and where it is missing the search is done without it", async () => {
  world.file("a", "x");
  world.file("b", "x");
  const sandbox = asSandbox(world);
  const place = await sandbox.more.place!();
  const without = {
    place: () =>
      Promise.resolve({ ...place, environment: { ...place.environment, base: { PATH: "/nowhere" } } }),
  };
  const plain = {
    place: () =>
      Promise.resolve({ ...world.place, start: () => Promise.reject(new Error("a command was started")) }),
  };
  expect((await world.call(grep, { pattern: "x" }, plain)).text).toBe("a:1: x\nb:1: x");
  expect((await world.call(grep, { pattern: "x" }, without)).isError).toBe(true);
});

test.each(["(", "a**", "(?=a)", "\\1"])(
  "the pattern %s is refused with its reason in every place",
  async (pattern) => {
    world.file("a", "x");
    for (const more of [{}, asSandbox(world).more])
      expect(await world.call(grep, { pattern }, more)).toMatchObject({
        isError: true,
        details: { code: "pattern" },
      });
  },
);

test("binary files, large files and what no pattern can hang on are passed over", async () => {
  world.file("binary", Buffer.from("needle\0needle"));
  world.file("large", Buffer.alloc(10_485_761, "needle\n"));
  world.file("text", `${"a".repeat(90_000)}\nneedle`);
  expect((await world.call(grep, { pattern: "needle" })).text).toBe("text:2: needle");
  expect((await world.call(grep, { pattern: "(a+)+needle" })).text).toBe("No matches found");
});

test("long lines are cut and shown without what is not seen", async () => {
  world.file("a", `x\u202e\u0007${"y".repeat(600)}`);
  const { text } = await world.call(grep, { pattern: "x" });
  expect(text).toBe(`a:1: x${"y".repeat(499)} [line cut]`);
});

test("rules that are made to cost time do not stop the others of the gateway for long", async () => {
  world.file(
    ".gitignore",
    Array.from({ length: 300 }, (_, index) => `${"*a".repeat(100)}${index}`).join("\n"),
  );
  for (let index = 0; index < 100; index++) world.file(`${"ab".repeat(100)}${index}x`, "");
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const { isError } = await world.call(find, { pattern: "nothing" });
  clearInterval(ticking);
  expect(isError).toBe(false);
  expect(turns).toBeGreaterThan(5);
});

test("a search ends when its time is over", async () => {
  for (let index = 0; index < 50; index++) world.file(`f${index}`, "x");
  let now = 0;
  const clock = { ...systemClock, now: () => (now += 2_000) };
  expect((await world.call(grep, { pattern: "x" }, { clock })).text).toContain(
    "ended before everything was looked at",
  );
  expect((await world.call(find, { pattern: "*" }, { clock })).text).toContain(
    "ended before everything was looked at",
  );
});
