import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { locateValue, valueOf } from "./node.ts";
import { readConfig } from "./read.ts";

let outer: string;
let directory: string;

beforeEach(() => {
  outer = mkdtempSync(join(tmpdir(), "config-include-"));
  directory = join(outer, "home");
  mkdirSync(directory);
});
afterEach(() => rmSync(outer, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const read = () => readConfig({ path: join(directory, "clawdbot.json"), environment: {} });

function good() {
  const { result } = read();
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return { value: valueOf(result.value.root), root: result.value.root, warnings: result.warnings };
}

function issues() {
  const { result } = read();
  return result.ok ? [] : result.issues;
}

test("an included file stands where its key stands, and its values know their file", () => {
  put({
    "clawdbot.json": '{ a: 1, agents: { $include: "parts/agents.json5" } }',
    "parts/agents.json5": '{\n  defaults: { $include: "./more.json5" } }',
    "parts/more.json5": "{ x: 2 }",
  });
  const { value, root } = good();
  expect(value).toEqual({ a: 1, agents: { defaults: { x: 2 } } });
  expect(locateValue(root, ["agents", "defaults", "x"])).toEqual({
    file: "parts/more.json5",
    line: 1,
    column: 6,
  });
  expect(locateValue(root, ["a"])?.file).toBe("clawdbot.json");
});

test("later files override earlier ones and the keys beside override all; objects merge", () => {
  put({
    "clawdbot.json": '{ o: { c: 3 }, $include: ["./one.json5", "./two.json5"] }',
    "one.json5": "{ o: { a: 1, b: 1, c: 1 } }",
    "two.json5": "{ o: { b: 2, c: 2 } }",
  });
  expect(good()).toMatchObject({ value: { o: { a: 1, b: 2, c: 3 } }, warnings: [] });
});

test("an include without keys beside it may be a list or a word", () => {
  put({ "clawdbot.json": '{ list: { $include: "./list.json5" } }', "list.json5": '["a"]' });
  expect(good().value).toEqual({ list: ["a"] });
});

test("a list replaces a list, with a warning that names both places; nothing is joined", () => {
  put({ "clawdbot.json": '{ $include: "./base.json5",\n deny: ["b"] }', "base.json5": '{ deny: ["a"] }' });
  expect(good()).toMatchObject({
    value: { deny: ["b"] },
    warnings: [
      {
        code: "include-replaced-list",
        path: "deny",
        file: "clawdbot.json",
        line: 2,
        message: expect.stringContaining("base.json5, line 1"),
      },
    ],
  });
});

test("an object and a list at one key are a conflict", () => {
  put({ "clawdbot.json": '{ $include: "./base.json5", a: { b: 1 } }', "base.json5": "{ a: [1] }" });
  expect(issues()).toMatchObject([{ code: "include-conflict", path: "a", file: "clawdbot.json" }]);
});

test.each([
  "/etc/passwd",
  "../secret.json5",
  "./sub/../../secret.json5",
  "~/x.json5",
  "..\\secret.json5",
  ".",
  "../nothing.json5",
])("nothing outside the config's directory is read: %s", (name) => {
  writeFileSync(join(outer, "secret.json5"), "{ stolen: true }");
  put({ "clawdbot.json": JSON.stringify({ $include: name }) });
  expect(issues()).toMatchObject([{ code: "include-outside", path: "$include", line: 1 }]);
});

test("a link does not lead out, be it the file or a directory on the way", () => {
  writeFileSync(join(outer, "secret.json5"), "{ stolen: true }");
  put({ "clawdbot.json": '{ a: { $include: "./file.json5" }, b: { $include: "./way/secret.json5" } }' });
  symlinkSync(join(outer, "secret.json5"), join(directory, "file.json5"));
  symlinkSync(outer, join(directory, "way"));
  expect(issues()).toMatchObject([
    { code: "include-outside", path: "a.$include" },
    { code: "include-outside", path: "b.$include" },
  ]);
});

test("a link inside the directory is fine, and so is a linked directory as a whole", () => {
  put({ "clawdbot.json": '{ $include: "./link.json5" }', "real.json5": "{ a: 1 }" });
  symlinkSync(join(directory, "real.json5"), join(directory, "link.json5"));
  expect(good().value).toEqual({ a: 1 });
  symlinkSync(directory, join(outer, "alias"));
  const { result } = readConfig({ path: join(outer, "alias", "clawdbot.json"), environment: {} });
  expect(result.ok && valueOf(result.value.root)).toEqual({ a: 1 });
});

test("circles are found, through a link as well and through the config itself", () => {
  put({ "clawdbot.json": '{ $include: "./a.json5" }', "a.json5": '{ $include: "./b.json5" }' });
  symlinkSync(join(directory, "a.json5"), join(directory, "b.json5"));
  expect(issues()).toMatchObject([{ code: "include-cycle", file: "a.json5", line: 1 }]);
  put({ "a.json5": '{ $include: "./clawdbot.json" }' });
  expect(issues()).toMatchObject([{ code: "include-cycle", file: "a.json5" }]);
});

test("ten levels are read and the eleventh is refused", () => {
  const chain = (levels: number) =>
    Object.fromEntries(
      Array.from({ length: levels }, (_, level) => [
        `${level + 1}.json5`,
        level + 1 === levels ? "{ end: true }" : `{ $include: "./${level + 2}.json5" }`,
      ]),
    );
  put({ "clawdbot.json": '{ $include: "./1.json5" }', ...chain(10) });
  expect(good().value).toEqual({ end: true });
  put(chain(11));
  expect(issues()).toMatchObject([{ code: "include-depth", file: "10.json5" }]);
});

test("files that include each other over and over are read a bounded number of times", () => {
  const twice = (level: number) => `{ $include: ["./${level}.json5", "./${level}.json5"] }`;
  put({ "clawdbot.json": twice(1), "10.json5": "{}" });
  for (let level = 1; level < 10; level++) put({ [`${level}.json5`]: twice(level + 1) });
  expect(issues()).toMatchObject([{ code: "include-depth", message: expect.stringContaining("100") }]);
});

test.each([["7"], ["null"], ['""'], ["{}"], ["[[]]"], ['"a\\0b"']])(
  "an include is the name of a file, not %s",
  (name) => {
    put({ "clawdbot.json": `{ $include: ${name} }` });
    expect(issues()).toMatchObject([{ code: "include-name", path: "$include" }]);
  },
);

test("what is wrong with an included file is said of that file", () => {
  put({
    "clawdbot.json":
      '{ a: { $include: "./none.json5" },\n b: { $include: "./broken.json5" }, c: { $include: "./sub" } }',
  });
  put({ "broken.json5": "{ x: ", "sub/x": "" });
  expect(issues()).toMatchObject([
    { code: "include-missing", path: "a.$include", file: "clawdbot.json", line: 1, column: 18 },
    { code: "syntax", file: "broken.json5", line: 1 },
    { code: "include-unreadable", path: "c.$include", file: "clawdbot.json", line: 2 },
  ]);
});

test("all files are listed, broken and missing ones too", () => {
  put({
    "clawdbot.json": '{ a: { $include: "./none.json5" }, b: { $include: "./broken.json5" } }',
    "broken.json5": "{",
  });
  expect(read().files.map((file) => file.slice(directory.length + 1))).toEqual(
    expect.arrayContaining(["clawdbot.json", "none.json5", "broken.json5"]),
  );
});
