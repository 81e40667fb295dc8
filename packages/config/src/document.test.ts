import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ConfigDocument, readDocument, replaceDocument } from "./document.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "clawd-document-"));
  path = join(directory, "clawdbot.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

function read(): ConfigDocument {
  const document = readDocument(path);
  if (!document.ok) throw new Error(JSON.stringify(document.issues));
  return document.value;
}
const codeOf = (work: () => void) => {
  try {
    work();
    return null;
  } catch (fault) {
    return (fault as { code: string }).code;
  }
};

test("a document is its text, its values as written, and a hash of the text", () => {
  writeFileSync(path, "{ a: '${TOKEN}', $include: './x' }");
  expect(read().value).toEqual(expect.objectContaining({ a: "${TOKEN}", $include: "./x" }));
  const { hash } = read();
  writeFileSync(path, "{ a: '${TOKEN}', $include: './x' } ");
  expect(read().hash).not.toBe(hash);
  rmSync(path);
  expect(read()).toMatchObject({ text: "", value: {} });
});

test("what is no object, no text or no file is an issue", () => {
  for (const text of ["[]", "1", "{ a: 1, a: 2 }", Buffer.from([0xff, 0xfe]), "x".repeat(2 ** 20 + 1)]) {
    writeFileSync(path, text);
    expect(readDocument(path).ok).toBe(false);
  }
});

test("it is replaced whole, 0600, with what was there beside it", () => {
  writeFileSync(path, "{ a: 1 }", { mode: 0o644 });
  replaceDocument(path, read().hash, "{ a: 2 }");
  expect([readFileSync(path, "utf8"), readFileSync(`${path}.bak`, "utf8")]).toEqual(["{ a: 2 }", "{ a: 1 }"]);
  for (const file of [path, `${path}.bak`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).toSorted()).toEqual(["clawdbot.json", "clawdbot.json.bak"]);
});

test("one that was edited meanwhile is left as it is", () => {
  writeFileSync(path, "{ a: 1 }");
  const { hash } = read();
  writeFileSync(path, "{ a: 3 }");
  expect(codeOf(() => replaceDocument(path, hash, "{ a: 2 }"))).toBe("CLAWD_CONFIG_RACE");
  expect([readFileSync(path, "utf8"), readdirSync(directory)]).toEqual(["{ a: 3 }", ["clawdbot.json"]]);
  rmSync(path);
  expect(codeOf(() => replaceDocument(path, hash, "{ a: 2 }"))).toBe("CLAWD_CONFIG_RACE");
});

test("no link is followed", () => {
  const target = join(directory, "elsewhere");
  writeFileSync(target, "{ a: 1 }");
  symlinkSync(target, path);
  const { hash } = read();
  expect(codeOf(() => replaceDocument(path, hash, "{ a: 2 }"))).toBe("CLAWD_CONFIG_LINK");
  expect(readFileSync(target, "utf8")).toBe("{ a: 1 }");
});
