import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { workspaceFiles } from "./workspace-files.ts";

function aWorkspace(): string {
  const directory = mkdtempSync(join(tmpdir(), "clawd-workspace-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("the files of the prompt are read in their order, and again when they change", () => {
  const directory = aWorkspace();
  const read = workspaceFiles(directory);
  expect(read()).toEqual([]);
  writeFileSync(join(directory, "USER.md"), "the user");
  writeFileSync(join(directory, "AGENTS.md"), "the agents");
  writeFileSync(join(directory, "OTHER.md"), "not read");
  const both = [
    { name: "AGENTS.md", content: "the agents" },
    { name: "USER.md", content: "the user" },
  ];
  expect(read()).toEqual(both);
  expect(read()).toBe(read());
  writeFileSync(join(directory, "USER.md"), "somebody else");
  expect(read()[1]).toEqual({ name: "USER.md", content: "somebody else" });
  unlinkSync(join(directory, "AGENTS.md"));
  expect(read()).toHaveLength(1);
});

test("a link, a directory and a missing workspace give nothing", () => {
  const directory = aWorkspace();
  writeFileSync(join(directory, "secret"), "of somebody else");
  symlinkSync(join(directory, "secret"), join(directory, "AGENTS.md"));
  mkdirSync(join(directory, "SOUL.md"));
  expect(workspaceFiles(directory)()).toEqual([]);
  expect(workspaceFiles(join(directory, "absent"))()).toEqual([]);
});
