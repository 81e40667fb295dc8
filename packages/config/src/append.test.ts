import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { appendToConfig } from "./append.ts";

const owners = ["commands", "ownerAllowFrom"];

function aFile(text?: string): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-append-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "clawdbot.json");
  if (text !== undefined) writeFileSync(path, text);
  return path;
}

test.each([undefined, "", "{}\n", "// mine\n{ commands: {} }\n", "{ commands: { ownerAllowFrom: [] } }"])(
  "an entry is added to %j, once",
  (text) => {
    const path = aFile(text);
    expect(appendToConfig(path, owners, "telegram:42")).toBe(true);
    expect(appendToConfig(path, owners, "telegram:42")).toBe(false);
    expect(appendToConfig(path, owners, "telegram:43")).toBe(true);
    const written = readFileSync(path, "utf8");
    expect(written.match(/telegram:4[23]/g)).toEqual(["telegram:42", "telegram:43"]);
    if (text?.startsWith("//")) expect(written).toContain("// mine");
  },
);

test.each(["{", '{ commands: "x" }', '{ commands: { ownerAllowFrom: "telegram:42" } }', "[]"])(
  "%j is left as it is, and what to do is said",
  (text) => {
    const path = aFile(text);
    expect(() => appendToConfig(path, owners, "telegram:42")).toThrow(
      expect.objectContaining({
        code: "CLAWD_CONFIG_EDIT",
        hint: expect.stringContaining("commands.ownerAllowFrom"),
      }),
    );
    expect(readFileSync(path, "utf8")).toBe(text);
  },
);
